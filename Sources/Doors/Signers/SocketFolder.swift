import Files
import Foundation
import WaybillCore

/// The folder of a Unix socket, which nobody but its owner may enter.
struct SocketFolder {
    /// `sun_path` holds 108 bytes with the zero at its end (unix(7)).
    static let pathBytesMax = 107

    let socketPath: String

    /// Makes the folder with mode 0700, or checks the one that is there.
    init(of socketPath: String) throws(WaybillError) {
        guard socketPath.utf8.count <= Self.pathBytesMax else {
            throw WaybillError(
                .invalidInput, "the socket's path has more than \(Self.pathBytesMax) bytes", subject: socketPath,
                remedy: "choose a state folder with a shorter path")
        }
        self.socketPath = socketPath
        let folder = Self.parent(of: socketPath)
        if !Files.exists(folder) {
            try Files.makeFolder(folder, mode: 0o700)
            // The mode that was asked for went through the umask and, in some versions, to the last folder only.
            chmod(folder, 0o700)
        }
        guard let status = FileStatus(of: folder), status.kind == .folder else {
            throw WaybillError(.invalidInput, "the socket's folder is not a folder", subject: folder)
        }
        guard status.owner == geteuid(), status.mode & 0o077 == 0 else {
            throw WaybillError(
                .forbidden, "others may enter the socket's folder", subject: folder, remedy: "chmod 700 \(folder)")
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
