import Foundation
import GitRepositories
import Processes

/// A folder that is removed with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("waybill-git-\(UInt64.random(in: .min ... .max))").resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A fresh SSH key; returns the private key's path.
    func key(_ name: String) async throws -> String {
        try await ProcessRunner.output(
            of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", "\(path)/\(name)"]))
        return "\(path)/\(name)"
    }

    func author(_ name: String) async throws -> WorkingTree.Author {
        WorkingTree.Author(name: name, email: "\(name)@shop.example", signingKey: try await key(name))
    }
}

enum Programs {
    static func isInstalled(_ name: String) -> Bool {
        ["/usr/bin", "/usr/local/bin", "/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
    }
    static let git = isInstalled("git") && isInstalled("ssh-keygen")
}
