import Files
import Foundation
import Synchronization
public import WaybillCore

/// The user that the signer's process runs as: one of its own where there is one and root starts it.
public enum SignerUser: Hashable, Sendable {
    /// The process gives root's rights up for those of this user.
    case own(name: String, user: UInt32, group: UInt32)
    /// It stays the user who started it, and why.
    case same(reason: String)

    /// The user that `scripts/setup` makes.
    public static let standardName = "waybill-signer"

    private static let entered = Mutex(false)
    /// Whether this process has become another user.
    public static var hasEntered: Bool { entered.withLock { $0 } }

    /// What is possible here.
    public static func standing(_ name: String = standardName) -> SignerUser {
        guard geteuid() == 0 else { return .same(reason: "only root can start a process of another user") }
        // Inside a namespace of an ordinary user its root owns files that only it can give back. Where the map cannot be
        // read, nobody knows whether this is one, and the signer stays who it is.
        guard let map = try? Files.text("/proc/self/uid_map"),
            map.split(whereSeparator: \.isWhitespace) == ["0", "0", "4294967295"]
        else { return .same(reason: "root of a user namespace is an ordinary user") }
        guard let found = getpwnam(name)?.pointee else { return .same(reason: "there is no user \(name)") }
        guard found.pw_uid != 0 else { return .same(reason: "\(name) is another name of root") }
        return .own(name: name, user: found.pw_uid, group: found.pw_gid)
    }

    /// What people read of it.
    public var description: String {
        switch self {
        case .own(let name, _, _): "the signer is a process of the user \(name)"
        case .same(let reason): "the signer has no user of its own: \(reason)"
        }
    }

    /// Becomes this user for good, in its folder, which is nobody else's from then on. Paths are relative afterwards: the
    /// folder may lie where the user cannot pass.
    ///
    /// To be called while the process has one thread.
    public func enter(_ folder: String, files: [String]) throws(WaybillError) {
        guard case .own(let name, let user, let group) = self else { return }
        func fail(_ what: String) -> WaybillError {
            WaybillError(.failed, "\(what): \(String(cString: strerror(errno)))", subject: "user \(name)")
        }
        try Self.give(folder, to: user, group, mode: 0o700, isFolder: true)
        for file in files where Files.exists("\(folder)/\(file)") {
            try Self.give("\(folder)/\(file)", to: user, group, mode: 0o600, isFolder: false)
        }
        guard chdir(folder) == 0 else { throw fail("its folder cannot be entered") }
        guard setgroups(0, nil) == 0, setgid(group) == 0, setuid(user) == 0 else {
            throw fail("the process cannot become this user")
        }
        guard geteuid() == user, getuid() == user, getegid() == group, setuid(0) != 0, seteuid(0) != 0 else {
            throw WaybillError(.failed, "the process kept root's rights", subject: "user \(name)")
        }
        umask(0o077)
        Self.entered.withLock { $0 = true }
    }

    /// Through a descriptor, and only what it seems to be: the folder was another user's before, who might have put a link
    /// there.
    private static func give(
        _ path: String, to user: UInt32, _ group: UInt32, mode: mode_t, isFolder: Bool
    ) throws(WaybillError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isFolder ? O_DIRECTORY : 0))
        guard descriptor >= 0 else {
            throw WaybillError(.failed, "cannot be opened: \(String(cString: strerror(errno)))", subject: path)
        }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor: descriptor), status.kind == (isFolder ? .folder : .file),
            status.owner == 0 || status.owner == user
        else { throw WaybillError(.forbidden, "is not what a signer left there", subject: path) }
        guard fchown(descriptor, user, group) == 0, fchmod(descriptor, mode) == 0 else {
            throw WaybillError(.failed, "cannot be given away: \(String(cString: strerror(errno)))", subject: path)
        }
    }
}
