import Foundation

/// What the file system says about a path: stat(2) for modules that shall not meet its C types.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: Sendable { case file, folder, symbolicLink, socket, other }

    public var kind: Kind
    /// The permission bits with set-user-id, set-group-id and sticky.
    public var mode: UInt32
    public var owner: UInt32
    public var group: UInt32
    /// In bytes.
    public var size: Int
    /// When the content was changed last: seconds since 1970.
    public var modified: Int

    /// Nil where nothing is there or it may not be asked for. A link stands for what it names when `followingLinks`.
    public init?(of path: String, followingLinks: Bool = false) {
        var status = stat()
        guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    /// Of what an open descriptor stands for; nil where it is not open.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            case S_IFSOCK: .socket
            default: .other
            }
        mode = UInt32(status.st_mode & 0o7777)
        owner = status.st_uid
        group = status.st_gid
        size = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec)
    }

    /// Whether everybody may pass through the folder.
    public var isOpenToAll: Bool { mode & 0o001 != 0 }
}
