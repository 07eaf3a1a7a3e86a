public import WaybillCore

/// What a layer holds, piece by piece, in the order of its archive.
public enum LayerEvent {
    /// A file, folder or link, without contents; a file's follow in pieces.
    case begin(FileEntry)
    /// Some of the last entry's bytes.
    case content(ArraySlice<UInt8>)
    /// The last entry is complete.
    case end
    /// A whiteout: what lower layers brought under the path is gone.
    case remove(String)
    /// An opaque whiteout: what lower layers brought into the folder is gone.
    case clear(String)
}

/// Reads a layer as its bytes arrive: unpacks, reads the archive, hashes both. It keeps nothing, so that the memory it
/// needs does not depend on the layer's size.
///
/// ```swift
/// let stream = LayerStream(digest: descriptor.digest)
/// for try await piece in blob { try stream.feed(piece) { event in … } }
/// let facts = try stream.finish()
/// ```
public final class LayerStream {
    /// What is known about a layer once all of it was read.
    public struct Facts: Sendable, Hashable {
        public var unpackedDigest: Digest
        public var unpackedSize: Int
        public var entries: Int
    }

    private let digest: Digest
    private let unpackedDigest: Digest?
    private let limits: LayerLimits
    private let subject: String

    private var hasher: ContentHasher
    private var unpackedHasher: ContentHasher
    private var unpackedSize = 0
    private var start: [UInt8] = []
    private var decompressor: Decompressor?
    private var archive: TarReader
    private var entries = 0
    private var isOpen = false

    /// `unpackedDigest` is what the image's configuration says; without it only the stored bytes are checked.
    public init(digest: Digest, unpackedDigest: Digest? = nil, limits: LayerLimits = .standard) {
        self.digest = digest
        self.unpackedDigest = unpackedDigest
        self.limits = limits
        subject = "layer \(digest.short)"
        hasher = ContentHasher(digest.algorithm)
        unpackedHasher = ContentHasher(unpackedDigest?.algorithm ?? .sha256)
        archive = TarReader(subject: subject)
    }

    public func feed(
        _ bytes: [UInt8], _ handle: (LayerEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        hasher.update(bytes)
        if let decompressor { return try unpack(bytes, with: decompressor, handle) }
        start += bytes
        if start.count >= Compression.magicLength { try begin(handle) }
    }

    /// Must be called after the last piece. Throws when the bytes are not those that the digests name.
    public func finish(
        _ handle: (LayerEvent) throws(WaybillError) -> Void = { (_) throws(WaybillError) in }
    ) throws(WaybillError) -> Facts {
        if decompressor == nil { try begin(handle) }
        guard hasher.finish() == digest else {
            throw WaybillError(.corrupted, "the bytes do not have the digest \(digest)", subject: subject)
        }
        try decompressor?.finish()
        try archive.finish()
        let found = unpackedHasher.finish()
        guard unpackedDigest == nil || unpackedDigest == found else {
            throw WaybillError(
                .corrupted, "unpacks to \(found), the image's configuration says otherwise", subject: subject)
        }
        return Facts(unpackedDigest: found, unpackedSize: unpackedSize, entries: entries)
    }

    private func begin(_ handle: (LayerEvent) throws(WaybillError) -> Void) throws(WaybillError) {
        let made = try Decompressor(
            Compression(magic: start), outputBytesMax: limits.unpackedBytesMax, subject: subject)
        decompressor = made
        try unpack(start, with: made, handle)
        start = []
    }

    private func unpack(
        _ bytes: [UInt8], with decompressor: Decompressor, _ handle: (LayerEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        try decompressor.feed(bytes) { (piece) throws(WaybillError) in
            unpackedHasher.update(piece)
            unpackedSize += piece.count
            // The reader's state and its callback's live in one object: take it out while it runs.
            var reader = archive
            try reader.feed(piece) { (event) throws(WaybillError) in try pass(event, handle) }
            archive = reader
        }
    }

    private func pass(
        _ event: TarEvent, _ handle: (LayerEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        switch event {
        case .entry(let entry): try open(entry, handle)
        case .content(let bytes): if isOpen { try handle(.content(bytes)) }
        case .end:
            if isOpen { try handle(.end) }
            isOpen = false
        }
    }

    private func open(
        _ header: TarEntry, _ handle: (LayerEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        guard entries < limits.entriesMax else {
            throw WaybillError(.limitExceeded, "has more than \(limits.entriesMax) entries", subject: subject)
        }
        let components = try LayerPath.components(header.name, limits: limits, subject: subject)
        guard let name = components.last else { return }
        if name.elementsEqual(LayerPath.opaqueMarker) {
            entries += 1
            try handle(.clear(Self.text(components.dropLast())))
        } else if name.starts(with: LayerPath.whiteoutPrefix) {
            try removal(components, name.dropFirst(LayerPath.whiteoutPrefix.count), handle)
        } else {
            entries += 1
            isOpen = true
            try handle(.begin(try entry(header, Self.text(components))))
        }
    }

    private func removal(
        _ components: [ArraySlice<UInt8>], _ name: ArraySlice<UInt8>,
        _ handle: (LayerEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        // `.wh..wh.` marks the bookkeeping of a file system that is no longer used (AUFS); engines skip it.
        guard !name.starts(with: LayerPath.whiteoutPrefix) else { return }
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            throw WaybillError(.invalidInput, "has a whiteout that names nothing", subject: subject)
        }
        entries += 1
        try handle(.remove(Self.text(components.dropLast() + [name])))
    }

    private func entry(_ header: TarEntry, _ path: String) throws(WaybillError) -> FileEntry {
        var entry = FileEntry(
            path: path, kind: header.kind, mode: header.mode, userID: header.userID, groupID: header.groupID,
            size: header.size, modified: header.modified, layer: digest)
        switch header.kind {
        case .symbolicLink:
            guard header.linkName.count <= limits.pathBytesMax else {
                throw WaybillError(
                    .limitExceeded, "a link is longer than \(limits.pathBytesMax) bytes", subject: subject)
            }
            entry.linkTarget = LayerPath.text(header.linkName)
        case .hardLink:
            entry.linkTarget = Self.text(try LayerPath.components(header.linkName, limits: limits, subject: subject))
        default: break
        }
        return entry
    }

    private static func text(_ components: some Collection<ArraySlice<UInt8>>) -> String {
        LayerPath.text(Array(components.joined(separator: [UInt8(ascii: "/")])))
    }
}
