import Foundation
import Trust
import WaybillCore

/// The real `git` and `ssh-keygen`, in a folder that is gone afterwards.
struct RealTools {
    static let areThere = ["git", "ssh-keygen"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    static let reason = "git or ssh-keygen is not installed in /usr/bin"

    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "trust-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func clean() { try? FileManager.default.removeItem(atPath: folder) }

    struct Failure: Error, CustomStringConvertible { var description: String }

    @discardableResult
    func run(_ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC",
        ].merging(environment) { $1 }
        let source = folder + "/stdin-\(UInt64.random(in: 0 ... .max))"
        try Data(input).write(to: URL(fileURLWithPath: source))
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: source))
        let output = Pipe(), errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) \(arguments): \(String(decoding: message, as: UTF8.self))")
        }
        return [UInt8](bytes)
    }

    /// Makes a key pair; returns the public key's line.
    func key(_ name: String, type: String = "ed25519", bits: Int? = nil) throws -> String {
        try run(
            "ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", name] + (bits.map { ["-b", "\($0)"] } ?? []))
        return try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8)
    }

    /// Signs a message as `ssh-keygen -Y sign` does; the armoured signature.
    func sign(_ message: [UInt8], with key: String, namespace: String, hash: String = "sha512") throws -> [UInt8] {
        try run("ssh-keygen", ["-Y", "sign", "-O", "hashalg=\(hash)", "-n", namespace, "-f", key], input: message)
    }

    /// Makes a repository with one commit in it, signed with the key where one is named; the commit's name and bytes.
    func commit(
        key: String?, author: String = "author@shop.example", committer: String = "author@shop.example", message: String = "Add the cart\n\nWith a body."
    ) throws -> (id: String, bytes: [UInt8]) {
        if !FileManager.default.fileExists(atPath: folder + "/.git") { try run("git", ["init", "-q", "-b", "main"]) }
        let environment = [
            "GIT_AUTHOR_NAME": "Ann Author", "GIT_AUTHOR_EMAIL": author, "GIT_COMMITTER_NAME": "Ann Author",
            "GIT_COMMITTER_EMAIL": committer, "GIT_AUTHOR_DATE": "1790000000 +0200", "GIT_COMMITTER_DATE": "1790000000 +0200",
        ]
        let signing = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(folder)/\($0)"] } ?? []
        try run(
            "git", signing + ["commit", "-q", "--allow-empty", "-m", message] + (key == nil ? ["--no-gpg-sign"] : ["-S"]),
            environment: environment)
        let id = String(decoding: try run("git", ["rev-parse", "HEAD"]), as: UTF8.self).trimmingCharacters(in: .newlines)
        return (id, try run("git", ["cat-file", "commit", id]))
    }

    /// The name of a commit object with these bytes.
    func hash(_ bytes: [UInt8], type: String = "commit") throws -> String {
        String(decoding: try run("git", ["hash-object", "-t", type, "-w", "--literally", "--stdin"], input: bytes), as: UTF8.self)
            .trimmingCharacters(in: .newlines)
    }
}

/// A generator whose numbers follow from its seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A copy with a few bytes changed, removed, doubled or cut off.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !result.isEmpty {
            let index = Int.random(in: 0..<result.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: result[index] = UInt8.random(in: 0...255, using: &self)
            case 1: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: result.remove(at: index)
            case 3: result.insert(UInt8.random(in: 0...255, using: &self), at: index)
            case 4: result.removeSubrange(index...)
            default:
                let end = Int.random(in: index..<min(result.count, index + 64), using: &self)
                result.insert(contentsOf: result[index...end], at: index)
            }
        }
        return result
    }
}
