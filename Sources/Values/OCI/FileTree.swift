public import WaybillCore

/// One file, folder or link of a file system that an image or a folder holds.
public struct FileEntry: Hashable, Sendable {
    public enum Kind: String, Sendable { case file, folder, symbolicLink, hardLink, characterDevice, blockDevice, fifo }

    /// Without a leading slash, components separated by one slash: `etc/os-release`.
    public var path: String
    public var kind: Kind
    /// Permission bits with set-user-id, set-group-id and sticky: `0o755`.
    public var mode: UInt32
    public var userID: Int
    public var groupID: Int
    /// In bytes.
    public var size: Int
    /// What a link points to, as it is written.
    public var linkTarget: String?
    /// Seconds since 1970.
    public var modified: Int
    /// The layer that brought the entry, nil for a folder on disk.
    public var layer: Digest?
    /// The bytes, where they were kept.
    public var contents: [UInt8]?

    public init(
        path: String, kind: Kind, mode: UInt32 = 0o644, userID: Int = 0, groupID: Int = 0, size: Int = 0,
        linkTarget: String? = nil, modified: Int = 0, layer: Digest? = nil, contents: [UInt8]? = nil
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.size = size
        self.linkTarget = linkTarget
        self.modified = modified
        self.layer = layer
        self.contents = contents
    }
}

/// A whole file system by path, as it stands after all layers are applied.
public struct FileTree: Sendable {
    public private(set) var entries: [String: FileEntry]

    /// Links followed when a path is resolved; more is taken for a loop.
    static let linksMax = 40

    public init(_ entries: some Sequence<FileEntry> = []) {
        self.entries = [:]
        for entry in entries { insert(entry) }
    }

    /// Takes entries whose paths are in the tree's own form, as `entries(applying:)` gives them.
    public init(normal entries: some Sequence<FileEntry>) {
        self.entries = Dictionary(entries.lazy.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    }

    public mutating func insert(_ entry: FileEntry) { entries[Self.normal(entry.path)] = entry }
    public mutating func remove(_ path: String) { entries[Self.normal(path)] = nil }

    /// Everything, ordered by the bytes of the path.
    public var sorted: [FileEntry] {
        entries.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The entry itself, links not followed.
    public subscript(path: String) -> FileEntry? { entries[Self.normal(path)] }

    /// The entry after following links in every component; nil where there is none or the links run in a circle.
    public func resolve(_ path: String) -> FileEntry? {
        var pending = Array(Self.components(path).reversed())
        var done: [Substring] = []
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                _ = done.popLast()
                continue
            }
            let here = (done + [component]).joined(separator: "/")
            if let entry = entries[here], entry.kind == .symbolicLink, let target = entry.linkTarget {
                links += 1
                guard links <= Self.linksMax else { return nil }
                if target.hasPrefix("/") { done = [] }
                pending += Self.components(target).reversed()
            } else {
                done.append(component)
            }
        }
        return entries[done.joined(separator: "/")]
    }

    /// The bytes of a file after following links; nil where there is no file or its bytes were not kept.
    public func contents(of path: String) -> [UInt8]? { resolve(path)?.contents }

    static func normal(_ path: String) -> String { components(path).joined(separator: "/") }

    private static func components(_ path: String) -> [Substring] {
        // By bytes: a combining mark after a slash would make another character of it.
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
    }
}
