public import WaybillCore

/// Reads a layer as its bytes arrive: unpacks, reads the archive, hashes both, keeps the bytes of chosen files.
///
/// ```swift
/// let reader = LayerReader(digest: descriptor.digest, keeping: { $0.path == "etc/os-release" })
/// for try await piece in blob { try reader.feed(piece) }
/// let layer = try reader.finish()
/// ```
public final class LayerReader {
    private let digest: Digest
    private let unpackedDigest: Digest?
    private let limits: LayerLimits
    private let keeps: (FileEntry) -> Bool
    private let subject: String

    private var hasher: ContentHasher
    private var unpackedHasher: ContentHasher
    private var unpackedSize = 0
    private var start: [UInt8] = []
    private var decompressor: Decompressor?
    private var archive: TarReader

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
        self.unpackedDigest = unpackedDigest
        self.limits = limits
        self.keeps = keeps
        subject = "layer \(digest.short)"
        hasher = ContentHasher(digest.algorithm)
        unpackedHasher = ContentHasher(unpackedDigest?.algorithm ?? .sha256)
        archive = TarReader(subject: subject)
    }

    public func feed(_ bytes: [UInt8]) throws(WaybillError) {
        hasher.update(bytes)
        if let decompressor { return try unpack(bytes, with: decompressor) }
        start += bytes
        if start.count >= Compression.magicLength { try begin() }
    }

    /// The layer, once all bytes were fed. Throws when they are not those that the digests name.
    public func finish() throws(WaybillError) -> Layer {
        if decompressor == nil { try begin() }
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
        return Layer(
            digest: digest, unpackedDigest: found, unpackedSize: unpackedSize, changes: changes,
            missingLinkTargets: missingLinkTargets)
    }

    private func begin() throws(WaybillError) {
        let made = try Decompressor(
            Compression(magic: start), outputBytesMax: limits.unpackedBytesMax, subject: subject)
        decompressor = made
        try unpack(start, with: made)
        start = []
    }

    private func unpack(_ bytes: [UInt8], with decompressor: Decompressor) throws(WaybillError) {
        try decompressor.feed(bytes) { (piece) throws(WaybillError) in
            unpackedHasher.update(piece)
            unpackedSize += piece.count
            // The reader's state and its callback's live in one object: take it out while it runs.
            var reader = archive
            try reader.feed(piece) { (event) throws(WaybillError) in try handle(event) }
            archive = reader
        }
    }

    private func handle(_ event: TarEvent) throws(WaybillError) {
        switch event {
        case .entry(let entry): try open(entry)
        case .content(let bytes): pending?.contents?.append(contentsOf: bytes)
        case .end:
            if let entry = pending { changes.append(.put(entry)) }
            pending = nil
        }
    }

    private func open(_ header: TarEntry) throws(WaybillError) {
        guard changes.count < limits.entriesMax else {
            throw WaybillError(.limitExceeded, "has more than \(limits.entriesMax) entries", subject: subject)
        }
        let components = try LayerPath.components(header.name, limits: limits, subject: subject)
        guard let name = components.last else { return }
        let path = Self.text(components)
        if name.elementsEqual(LayerPath.opaqueMarker) {
            changes.append(.clear(Self.text(components.dropLast())))
        } else if name.starts(with: LayerPath.whiteoutPrefix) {
            try removal(components, name.dropFirst(LayerPath.whiteoutPrefix.count))
        } else {
            pending = try entry(header, path)
        }
    }

    private func removal(_ components: [ArraySlice<UInt8>], _ name: ArraySlice<UInt8>) throws(WaybillError) {
        // `.wh..wh.` marks the bookkeeping of a file system that is no longer used (AUFS); engines skip it.
        guard !name.starts(with: LayerPath.whiteoutPrefix) else { return }
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            throw WaybillError(.invalidInput, "has a whiteout that names nothing", subject: subject)
        }
        changes.append(.remove(Self.text(components.dropLast() + [name])))
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
            let target = Self.text(try LayerPath.components(header.linkName, limits: limits, subject: subject))
            entry.linkTarget = target
            if keeps(entry), !keptPaths.contains(target) { missingLinkTargets.insert(target) }
        case .file where header.size <= limits.fileBytesMax && keeps(entry):
            keptBytes += header.size
            guard keptBytes <= limits.keptBytesMax else {
                throw WaybillError(.limitExceeded, "more than \(limits.keptBytesMax) bytes to keep", subject: subject)
            }
            keptPaths.insert(path)
            entry.contents = []
        default: break
        }
        return entry
    }

    private static func text(_ components: some Sequence<ArraySlice<UInt8>>) -> String {
        LayerPath.text(Array(components.joined(separator: [UInt8(ascii: "/")])))
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
