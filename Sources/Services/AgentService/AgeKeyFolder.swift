import Files
import Foundation
public import Secrets
public import WaybillCore

/// The folder that holds an agent's keys of age, one or more in each file. Only who runs the agent may look into it.
public struct AgeKeyFolder: Sendable {
    private static let filesMax = 100
    private static let bytesMax = 1 << 20

    public let path: String

    public init(_ path: String) { self.path = path }

    /// Every key; none where the folder is not there. Throws where others could read a key: what is shared is no key.
    public func identities() throws(WaybillError) -> [AgeIdentity] {
        guard Files.exists(path) else { return [] }
        try check(path, as: .folder, mode: "0700")
        let names = try Files.names(in: path).filter { !$0.hasPrefix(".") }.sorted()
        guard names.count <= Self.filesMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.filesMax) files of keys", subject: path)
        }
        var identities: [AgeIdentity] = []
        for name in names {
            let file = "\(path)/\(name)"
            try check(file, as: .file, mode: "0600")
            identities += try AgeIdentity.identities(in: try Files.read(file, bytesMax: Self.bytesMax), file: file)
        }
        return identities
    }

    /// A link is followed by nobody: where it leads may change after it was looked at.
    private func check(_ place: String, as kind: FileStatus.Kind, mode: String) throws(WaybillError) {
        guard let status = FileStatus(of: place) else {
            throw WaybillError(.notFound, "cannot be looked at", subject: place)
        }
        guard status.kind == kind else {
            throw WaybillError(.forbidden, "is not a \(kind == .folder ? "folder" : "file") of its own", subject: place)
        }
        guard status.owner == getuid() || status.owner == 0 else {
            throw WaybillError(.forbidden, "belongs to another user", subject: place, remedy: "chown it")
        }
        guard status.mode & 0o077 == 0 else {
            throw WaybillError(
                .forbidden, "is open to other users", subject: place, remedy: "chmod \(mode) \(place)")
        }
    }
}
