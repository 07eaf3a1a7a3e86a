import Crypto
import Documents
import OCI
import WaybillCore

/// A file of the image. Its own properties are those of a link itself, its contents those of what the link leads to.
struct FileSubject: TestSubject {
    private let path: String
    private let tree: FileTree
    private let accounts: Accounts
    private let entry: FileEntry?

    init(_ path: String, _ tree: FileTree, _ accounts: Accounts) {
        var path = path
        // `~name` is that user's home.
        if path.hasPrefix("~") {
            let name = path.dropFirst().prefix { $0 != "/" }
            let home = accounts.user(named: name.isEmpty ? "root" : String(name))?.home ?? "/nonexistent"
            path = home + path.dropFirst(1 + name.count)
        }
        self.path = path
        self.tree = tree
        self.accounts = accounts
        // Links in the folders above are followed, the last component is not.
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let parent = tree.resolve(String(path[..<slash])).map { $0.path + "/" } ?? String(path[..<slash]) + "/"
        entry = tree[path] ?? tree[parent + path[slash...]]
    }

    func value(of property: String) -> Observation {
        // The root folder is there in every image, whether a layer lists it or not.
        guard let entry else {
            let isRoot = path == "/"
            return property == "exists" ? .value(.bool(isRoot)) : .unsupported("the image lists nothing at \(path)")
        }
        switch property {
        case "exists": return .value(.bool(true))
        case "mode":
            let digits = String(entry.mode & 0o7777, radix: 8)
            return .value(.string(String(repeating: "0", count: max(0, 4 - digits.count)) + digits))
        case "owner": return .value(.string(accounts.userName(entry.userID)))
        case "uid": return .value(.integer(entry.userID))
        case "group": return .value(.string(accounts.groupName(entry.groupID)))
        case "gid": return .value(.integer(entry.groupID))
        case "filetype": return .value(.string(entry.kind.gossName))
        case "linked-to": return .value(.string(entry.kind == .symbolicLink ? entry.linkTarget ?? "" : ""))
        case "size": return .value(.integer((tree.resolve(path) ?? entry).size))
        default: return contents(property)
        }
    }

    private func contents(_ property: String) -> Observation {
        guard let file = tree.resolve(path) else { return .unsupported("the link \(path) leads nowhere") }
        guard file.kind == .file || file.kind == .hardLink else { return .unsupported("\(path) is no regular file") }
        let target = file.kind == .hardLink ? file.linkTarget.flatMap { tree.resolve($0) } ?? file : file
        guard let bytes = target.contents else { return .unsupported("the contents of \(path) were not kept") }
        switch property {
        case "md5": return .value(.string(Hex.encode(Insecure.MD5.hash(data: bytes))))
        case "sha256": return .value(.string(Hex.encode(SHA256.hash(data: bytes))))
        case "sha512": return .value(.string(Hex.encode(SHA512.hash(data: bytes))))
        default: return .found(Actual(.string(String(decoding: bytes, as: UTF8.self)), isReader: true))
        }
    }
}

extension FileEntry.Kind {
    fileprivate var gossName: String {
        switch self {
        case .file, .hardLink: "file"
        case .folder: "directory"
        case .symbolicLink: "symlink"
        case .characterDevice: "character-device"
        case .blockDevice: "block-device"
        case .fifo: "pipe"
        }
    }
}
