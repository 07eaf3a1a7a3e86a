import Files
import GitRepositories
import Trust
import WaybillCore

/// A bare repository that the forge keeps, with the signers that its owner registered.
struct HostedRepository: Sendable {
    static let trunk = "refs/heads/main"
    static let nameBytesMax = 64
    private static let rootSignersFile = "waybill-root-signers"

    let name: String
    let path: String
    let git: GitExecutable
    /// Who may sign before the repository itself says so.
    let rootSigners: AllowedSigners

    /// Names become folders and parts of URLs: letters, digits and `-_.`, nothing hidden, nothing Git has a meaning for.
    static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...nameBytesMax).contains(bytes.count), let first = bytes.first, isWord(first) else { return false }
        return bytes.allSatisfy { isWord($0) || "-_.".utf8.contains($0) } && !name.contains("..")
            && !name.hasSuffix(".") && !name.hasSuffix(".git") && !name.hasSuffix(".lock")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func check(_ name: String) throws(WaybillError) {
        guard isName(name) else {
            throw WaybillError(
                .invalidInput, "not a repository's name: \(Redaction.excerpt(name))", subject: "repository",
                remedy: "use lower-case letters, digits, “-”, “_” and “.”, at most \(nameBytesMax)")
        }
    }

    /// Opens a repository that `create` made.
    init(_ name: String, in folder: String) throws(WaybillError) {
        try Self.check(name)
        path = "\(folder)/\(name).git"
        guard Files.isFolder(path) else {
            throw WaybillError(.notFound, "there is no such repository", subject: name)
        }
        self.name = name
        git = try GitExecutable(path)
        let file = "\(path)/\(Self.rootSignersFile)"
        rootSigners = try AllowedSigners(parsing: Files.read(file, bytesMax: AllowedSigners.bytesMax), file: file)
    }

    /// Makes the repository aside and puts it in place as one step: after a crash it is there whole or not at all.
    static func create(_ name: String, signers: [UInt8], in folder: String) async throws(WaybillError) -> HostedRepository {
        try check(name)
        let parsed = try AllowedSigners(parsing: signers, file: "signers")
        guard !parsed.entries.isEmpty else {
            throw WaybillError(
                .invalidInput, "no signer is named, so nothing could ever be pushed", subject: name,
                remedy: "name at least one as: name@example.org ssh-ed25519 AAAA…")
        }
        let path = "\(folder)/\(name).git"
        guard !Files.exists(path) else {
            throw WaybillError(.conflict, "there is a repository of this name", subject: name)
        }
        let temporary = "\(folder)/.new-\(UInt64.random(in: .min ... .max))"
        do throws(WaybillError) {
            _ = try await GitExecutable.initializeBare(temporary)
            try Files.write(signers, to: "\(temporary)/\(rootSignersFile)")
            try Files.moveFolder(temporary, to: path)
        } catch {
            try Files.remove(temporary)
            throw error
        }
        return try HostedRepository(name, in: folder)
    }

    static func names(in folder: String) throws(WaybillError) -> [String] {
        try Files.names(in: folder).filter { $0.hasSuffix(".git") }.map { String($0.dropLast(4)) }.filter(isName)
    }
}
