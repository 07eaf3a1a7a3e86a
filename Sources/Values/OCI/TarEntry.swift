/// One header of a tar archive, extension headers already applied.
public struct TarEntry: Hashable, Sendable {
    /// As written, as bytes: names in archives need not be UTF-8.
    public var name: [UInt8]
    public var linkName: [UInt8]
    public var kind: FileEntry.Kind
    public var mode: UInt32
    public var userID: Int
    public var groupID: Int
    /// Bytes of content that follow; zero for all but files.
    public var size: Int
    /// Seconds since 1970.
    public var modified: Int
    public var deviceMajor: Int
    public var deviceMinor: Int
    /// From `SCHILY.xattr.` records: `security.capability` is one that matters.
    public var extendedAttributes: [String: [UInt8]]

    public init(
        name: String, kind: FileEntry.Kind = .file, mode: UInt32 = 0o644, userID: Int = 0, groupID: Int = 0,
        size: Int = 0, linkName: String = "", modified: Int = 0, deviceMajor: Int = 0, deviceMinor: Int = 0,
        extendedAttributes: [String: [UInt8]] = [:]
    ) {
        self.name = Array(name.utf8)
        self.linkName = Array(linkName.utf8)
        self.kind = kind
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.size = size
        self.modified = modified
        self.deviceMajor = deviceMajor
        self.deviceMinor = deviceMinor
        self.extendedAttributes = extendedAttributes
    }
}
