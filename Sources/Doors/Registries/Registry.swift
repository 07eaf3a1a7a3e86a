public import OCI
public import WaybillCore

/// A registry of images, seen as the few verbs that a pipeline needs. Everything that is read is checked against its
/// digest before it is handed on.
public protocol Registry: Sendable {
    /// What a tag or a digest stands for. Throws `.notFound` where there is nothing.
    func resolve(_ version: String, in repository: String) async throws(WaybillError) -> Descriptor

    /// A manifest or an index by its digest.
    func manifest(_ digest: Digest, in repository: String) async throws(WaybillError) -> ManifestDocument

    /// A blob, piece by piece into `consume`; at its end the digest was checked. Throws `.corrupted` otherwise, and then
    /// nothing that was consumed may be used.
    func readBlob(
        _ descriptor: Descriptor, in repository: String,
        consume: ([UInt8]) throws(WaybillError) -> Void
    ) async throws(WaybillError)

    func hasBlob(_ digest: Digest, in repository: String) async throws(WaybillError) -> Bool

    /// Stores a blob unless it is there already.
    func push(blob bytes: [UInt8], as digest: Digest, to repository: String) async throws(WaybillError)

    /// Stores a manifest under its digest and, where one is given, a tag.
    func push(_ document: ManifestDocument, tag: String?, to repository: String) async throws(WaybillError)

    /// What refers to the digest as its subject; with `artifactType` only what has that type.
    func referrers(
        of digest: Digest, artifactType: String?, in repository: String
    ) async throws(WaybillError) -> [Descriptor]

    /// All tags, ordered.
    func tags(in repository: String) async throws(WaybillError) -> [String]

    /// OpenPGP signatures that the registry keeps beside the image.
    func signatures(of image: Digest, in repository: String) async throws(WaybillError) -> [[UInt8]]

    /// Adds an OpenPGP signature beside the image. Throws `.unsupported` where the registry has no place for it.
    func add(signature: [UInt8], to image: Digest, in repository: String) async throws(WaybillError)
}

/// Bounds on what a registry may send.
public enum RegistryLimits {
    /// A blob that is read whole into memory.
    public static let wholeBlobBytesMax = 512 << 20
    /// Tags and referrers of one repository.
    public static let entriesMax = 100_000
    static let pagesMax = 1000
    static let errorBytesMax = 64 << 10
}

/// The tag scheme for registries without a referrers API: `sha256-<hex>` (distribution spec, "Referrers Tag Schema").
enum ReferrersTag {
    static func name(of digest: Digest) -> String { String("\(digest.algorithm.rawValue)-\(digest.hex)".prefix(128)) }
}

extension Registry {
    /// A whole blob, for what is small.
    public func blob(_ descriptor: Descriptor, in repository: String) async throws(WaybillError) -> [UInt8] {
        guard descriptor.size <= RegistryLimits.wholeBlobBytesMax else {
            throw WaybillError(
                .limitExceeded, "is larger than \(RegistryLimits.wholeBlobBytesMax) bytes",
                subject: descriptor.digest.description)
        }
        if let data = descriptor.data { return data }
        var bytes: [UInt8] = []
        try await readBlob(descriptor, in: repository) { (piece) throws(WaybillError) in bytes += piece }
        return bytes
    }

    /// The image manifest of a tag or digest; of an index the one for the platform.
    public func image(
        _ version: String, in repository: String, platform: Platform = Platform(architecture: "amd64")
    ) async throws(WaybillError) -> Manifest {
        let found = try await resolve(version, in: repository)
        switch try await manifest(found.digest, in: repository) {
        case .image(let manifest): return manifest
        case .index(let index):
            guard let chosen = index.manifest(for: platform) else {
                throw WaybillError(
                    .notFound, "has no manifest for \(platform)", subject: "\(repository)@\(index.digest)")
            }
            guard case .image(let manifest) = try await manifest(chosen.digest, in: repository) else {
                throw WaybillError(.unsupported, "an index within an index", subject: "\(repository)@\(index.digest)")
            }
            return manifest
        }
    }

    /// The whole image, layer by layer as streams. The bytes of the files that `keeps` names are kept.
    public func fileSystem(
        of manifest: Manifest, in repository: String, limits: LayerLimits = .standard,
        keeping keeps: @escaping @Sendable (FileEntry) -> Bool
    ) async throws(WaybillError) -> ImageFileSystem {
        try ImageFileSystem.check(manifest)
        let configuration = try ImageConfiguration(parsing: try await blob(manifest.configuration, in: repository))
        try ImageFileSystem.check(manifest, configuration)
        var layers: [Layer] = []
        for (descriptor, unpacked) in zip(manifest.layers, configuration.layerDigests) {
            layers.append(
                try await layer(descriptor, unpackedDigest: unpacked, in: repository, limits: limits, keeping: keeps))
        }
        return try ImageFileSystem(manifest: manifest, configuration: configuration, layers: layers, limits: limits)
    }

    /// One layer, read as a stream.
    public func layer(
        _ descriptor: Descriptor, unpackedDigest: Digest? = nil, in repository: String,
        limits: LayerLimits = .standard, keeping keeps: @escaping @Sendable (FileEntry) -> Bool
    ) async throws(WaybillError) -> Layer {
        let first = try await layerOnce(descriptor, unpackedDigest, repository, limits, keeps)
        guard !first.missingLinkTargets.isEmpty else { return first }
        // A hard link's bytes stand under another name, which is known only now.
        let wanted = first.missingLinkTargets
        return try await layerOnce(descriptor, unpackedDigest, repository, limits) {
            wanted.contains($0.path) || keeps($0)
        }
    }

    private func layerOnce(
        _ descriptor: Descriptor, _ unpackedDigest: Digest?, _ repository: String, _ limits: LayerLimits,
        _ keeps: @escaping @Sendable (FileEntry) -> Bool
    ) async throws(WaybillError) -> Layer {
        let reader = LayerReader(
            digest: descriptor.digest, unpackedDigest: unpackedDigest, limits: limits, keeping: keeps)
        try await readBlob(descriptor, in: repository) { (piece) throws(WaybillError) in try reader.feed(piece) }
        return try reader.finish()
    }

    /// Pushes an image that is in memory and returns its digest.
    @discardableResult
    public func push(_ image: BuiltImage, tag: String? = nil, to repository: String) async throws(WaybillError)
        -> Digest
    {
        for (digest, bytes) in image.blobs.sorted(by: { $0.key < $1.key }) {
            try await push(blob: bytes, as: digest, to: repository)
        }
        try await push(.image(image.manifest), tag: tag, to: repository)
        return image.digest
    }

    /// Pushes what a layout holds under a tag, an index with all its manifests, and returns the digest.
    @discardableResult
    public func push(
        _ layout: ImageLayout, from layoutTag: String? = nil, tag: String?, to repository: String
    ) async throws(WaybillError) -> Digest {
        let descriptor = try layout.descriptor(tag: layoutTag)
        try await push(descriptor, of: layout, tag: tag, to: repository, depth: 0)
        return descriptor.digest
    }

    private func push(
        _ descriptor: Descriptor, of layout: ImageLayout, tag: String?, to repository: String, depth: Int
    ) async throws(WaybillError) {
        guard depth < 4 else {
            throw WaybillError(.limitExceeded, "indexes within indexes", subject: descriptor.digest.description)
        }
        let document = try layout.document(descriptor)
        switch document {
        case .image(let manifest):
            for part in [manifest.configuration] + manifest.layers where !part.mediaType.isNonDistributable {
                if try await hasBlob(part.digest, in: repository) { continue }
                try await push(blob: try layout.blob(part.digest), as: part.digest, to: repository)
            }
        case .index(let index):
            for part in index.manifests {
                try await push(part, of: layout, tag: nil, to: repository, depth: depth + 1)
            }
        }
        try await push(document, tag: tag, to: repository)
    }

    /// Attaches a document to a subject as an artifact: a signature, an attestation, an SBOM. Returns the artifact's
    /// manifest.
    @discardableResult
    public func attach(
        _ bytes: [UInt8], mediaType: MediaType, artifactType: String, to subject: Descriptor, in repository: String,
        annotations: [String: String] = [:]
    ) async throws(WaybillError) -> Manifest {
        let empty = Descriptor(of: Array("{}".utf8), mediaType: .empty)
        let part = Descriptor(of: bytes, mediaType: mediaType)
        var plain = subject
        plain.annotations = [:]
        plain.artifactType = nil
        let manifest = Manifest(
            configuration: empty, layers: [part], artifactType: artifactType, subject: plain, annotations: annotations)
        try await push(blob: Array("{}".utf8), as: empty.digest, to: repository)
        try await push(blob: bytes, as: part.digest, to: repository)
        try await push(.image(manifest), tag: nil, to: repository)
        return manifest
    }
}
