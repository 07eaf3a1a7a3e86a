/// Bounds on what is read of one layer.
public struct LayerLimits: Sendable, Hashable {
    /// Bytes after unpacking.
    public var unpackedBytesMax: Int
    public var entriesMax: Int
    /// Bytes of one path.
    public var pathBytesMax: Int
    /// Folders above an entry.
    public var depthMax: Int
    /// Bytes of one file whose contents are kept; of a larger one only the entry is.
    public var fileBytesMax: Int
    /// Bytes of all kept contents.
    public var keptBytesMax: Int

    public init(
        unpackedBytesMax: Int = 16 << 30, entriesMax: Int = 1_000_000, pathBytesMax: Int = 4096, depthMax: Int = 256,
        fileBytesMax: Int = 64 << 20, keptBytesMax: Int = 1 << 30
    ) {
        self.unpackedBytesMax = unpackedBytesMax
        self.entriesMax = entriesMax
        self.pathBytesMax = pathBytesMax
        self.depthMax = depthMax
        self.fileBytesMax = fileBytesMax
        self.keptBytesMax = keptBytesMax
    }

    public static let standard = LayerLimits()
}
