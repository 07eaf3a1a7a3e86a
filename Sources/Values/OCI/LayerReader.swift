public import WaybillCore

/// Reads a layer as its bytes arrive and keeps the bytes of chosen files.
///
/// ```swift
/// let reader = LayerReader(digest: descriptor.digest, keeping: { $0.path == "etc/os-release" })
/// for try await piece in blob { try reader.feed(piece) }
/// let layer = try reader.finish()
/// ```
public final class LayerReader {
    private let digest: Digest
    private let limits: LayerLimits
    private let keeps: (FileEntry) -> Bool
    private let stream: LayerStream

    private var changes: [Layer.Change] = []
    private var pending: FileEntry?
    private var keptBytes = 0
    private var keptPaths: Set<String> = []
    private var missingLinkTargets: Set<String> = []

    /// `unpackedDigest` is what the image's configuration says; without it only the stored bytes are checked.
    public init(
        digest: Digest, unpackedDigest: Digest? = nil, limits: LayerLimits = .standard,
        keeping keeps: @escaping (FileEntry) -> Bool
    ) {
        self.digest = digest
        self.limits = limits
        self.keeps = keeps
        stream = LayerStream(digest: digest, unpackedDigest: unpackedDigest, limits: limits)
    }

    public func feed(_ bytes: [UInt8]) throws(WaybillError) {
        try stream.feed(bytes) { (event) throws(WaybillError) in try handle(event) }
    }

    /// The layer, once all bytes were fed. Throws when they are not those that the digests name.
    public func finish() throws(WaybillError) -> Layer {
        let facts = try stream.finish { (event) throws(WaybillError) in try handle(event) }
        return Layer(
            digest: digest, unpackedDigest: facts.unpackedDigest, unpackedSize: facts.unpackedSize, changes: changes,
            missingLinkTargets: missingLinkTargets)
    }

    private func handle(_ event: LayerEvent) throws(WaybillError) {
        switch event {
        case .begin(let entry): pending = try opened(entry)
        case .content(let bytes): pending?.contents?.append(contentsOf: bytes)
        case .end:
            if let entry = pending { changes.append(.put(entry)) }
            pending = nil
        case .remove(let path): changes.append(.remove(path))
        case .clear(let path): changes.append(.clear(path))
        }
    }

    private func opened(_ entry: FileEntry) throws(WaybillError) -> FileEntry {
        var entry = entry
        switch entry.kind {
        case .hardLink:
            if keeps(entry), let target = entry.linkTarget, !keptPaths.contains(target) {
                missingLinkTargets.insert(target)
            }
        case .file where entry.size <= limits.fileBytesMax && keeps(entry):
            keptBytes += entry.size
            guard keptBytes <= limits.keptBytesMax else {
                throw WaybillError(
                    .limitExceeded, "more than \(limits.keptBytesMax) bytes to keep", subject: "layer \(digest.short)")
            }
            keptPaths.insert(entry.path)
            entry.contents = []
        default: break
        }
        return entry
    }
}

extension Layer {
    /// Reads a layer that is in memory.
    public static func read(
        _ bytes: [UInt8], digest: Digest, unpackedDigest: Digest? = nil, limits: LayerLimits = .standard,
        keeping keeps: @escaping (FileEntry) -> Bool
    ) throws(WaybillError) -> Layer {
        let reader = LayerReader(digest: digest, unpackedDigest: unpackedDigest, limits: limits, keeping: keeps)
        try reader.feed(bytes)
        let layer = try reader.finish()
        guard !layer.missingLinkTargets.isEmpty else { return layer }
        let wanted = layer.missingLinkTargets
        let again = LayerReader(digest: digest, unpackedDigest: unpackedDigest, limits: limits) { entry in
            wanted.contains(entry.path) || keeps(entry)
        }
        try again.feed(bytes)
        return try again.finish()
    }
}
