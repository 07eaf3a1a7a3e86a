public import WaybillCore

/// What one layer of an image changes, in the order of its archive. A value of its own: what is learnt from a layer
/// holds for every image that has it.
public struct Layer: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
        case put(FileEntry)
        /// A whiteout: what lower layers brought under the path is gone.
        case remove(String)
        /// An opaque whiteout: what lower layers brought into the folder is gone.
        case clear(String)
    }

    /// Of the bytes as they are stored, packed or not.
    public let digest: Digest
    /// Of the unpacked archive, as image configurations name it (`diff_ids`).
    public let unpackedDigest: Digest
    public let unpackedSize: Int
    public let changes: [Change]
    /// Paths without kept bytes that a hard link with kept bytes points to. Reading again and keeping them too gives
    /// the link its bytes.
    public let missingLinkTargets: Set<String>

    public init(
        digest: Digest, unpackedDigest: Digest, unpackedSize: Int = 0, changes: [Change],
        missingLinkTargets: Set<String> = []
    ) {
        self.digest = digest
        self.unpackedDigest = unpackedDigest
        self.unpackedSize = unpackedSize
        self.changes = changes
        self.missingLinkTargets = missingLinkTargets
    }

    /// The entries that the layer brings.
    public var entries: [FileEntry] {
        changes.compactMap { change in if case .put(let entry) = change { entry } else { nil } }
    }
}
