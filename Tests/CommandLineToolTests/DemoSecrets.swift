import Files
import Foundation
import OCI
import Processes
import WaybillCore

/// The secrets of a demo's folder, in the spellings in which they could leak, and a search for them everywhere else.
struct DemoSecrets {
    let folder: String
    /// What each is, and its bytes.
    private(set) var sought: [(name: String, bytes: Data)] = []

    /// Where secrets stand by right, below the folder.
    private var homes: [String] {
        ["state/secrets/", "state/signer/key.pem"] + ["author", "reviewer", "impostor"].map { "home/\($0)/.ssh/" }
    }

    init(folder: String) throws {
        self.folder = folder
        for file in try Files.names(in: folder + "/state/secrets") where file.hasSuffix(".token") {
            let token = try Files.text("\(folder)/state/secrets/\(file)").trimmingCharacters(
                in: .whitespacesAndNewlines)
            sought.append((file, Data(token.utf8)))
            let user = file == "registry.token" ? "pipeline" : String(file.dropLast(".token".count))
            sought.append(("\(file) as a basic credential", Data(Base64.encode("\(user):\(token)".utf8).utf8)))
        }
        try addPEM("state/signer/key.pem", keyBytes: 32)
        for person in ["author", "reviewer", "impostor"] { try addPEM("home/\(person)/.ssh/id_ed25519", keyBytes: nil) }
    }

    /// The lines of a key file that no other key file shares, and for a plain Ed25519 key the key itself.
    private mutating func addPEM(_ path: String, keyBytes: Int?) throws {
        let lines = try Files.text("\(folder)/\(path)").split(separator: "\n").filter { !$0.hasPrefix("-----") }
        for (number, line) in lines.enumerated() where line.utf8.count >= 40 && (number > 0 || lines.count == 1) {
            sought.append(("\(path) line \(number + 1)", Data(line.utf8)))
        }
        if let keyBytes, let bytes = Base64.decode(lines.joined()) {
            sought.append(("\(path) as bytes", Data(bytes.suffix(keyBytes))))
            sought.append(("\(path) in hexadecimal", Data(Hex.encode(bytes.suffix(keyBytes)).utf8)))
        }
    }

    /// Where a secret stands that should not: in a file, in a compressed layer, in a Git object, in what was printed.
    func places(alsoIn printed: [UInt8]) async throws -> [String] {
        var found = hits(in: Data(printed)).map { "\($0) was printed" }
        var files = 0
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard FileStatus(of: "\(folder)/\(path)")?.kind == .file,
                !homes.contains(where: { path.hasPrefix($0) })
            else { continue }
            files += 1
            let bytes = try Files.read("\(folder)/\(path)")
            found += hits(in: Data(bytes)).map { "\($0) stands in \(path)" }
            if bytes.starts(with: [0x1f, 0x8b]) {
                let plain = try Compression.unpack(bytes, bytesMax: 1 << 30, subject: path)
                found += hits(in: Data(plain)).map { "\($0) stands packed in \(path)" }
            }
        }
        // The ledger, the registry and the logs alone are more than this.
        if files < 50 { found.append("only \(files) files were looked at") }
        for name in try Files.names(in: folder + "/state/git/repositories") {
            let objects = try await ProcessRunner.output(
                of: Command(
                    "git", ["cat-file", "--batch-all-objects", "--batch"],
                    in: "\(folder)/state/git/repositories/\(name)"))
            found += hits(in: Data(objects.output)).map { "\($0) stands in the Git repository \(name)" }
        }
        return found
    }

    private func hits(in bytes: Data) -> [String] {
        sought.filter { bytes.range(of: $0.bytes) != nil }.map(\.name)
    }
}
