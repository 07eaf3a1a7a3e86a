public import Attestations
import Documents
public import OCI
public import Registries
public import Signatures
public import WaybillCore

/// Signatures of images, kept in the image's own repository in the forms that other tools look for.
public struct RegistrySignatures: Sendable {
    public let registry: any Registry
    public let repository: String

    public init(registry: any Registry, repository: String) {
        self.registry = registry
        self.repository = repository
    }

    /// All that stands beside the image: under cosign's tags, and as referrers.
    public func all(of image: Digest) async throws(WaybillError) -> StoredSignatures {
        var items: [StoredSignatures.Item] = []
        for suffix in ["sig", "att"] {
            for (layer, digest) in try await layers(of: image, suffix: suffix) {
                items.append(.init(digest: digest, content: .layer(layer)))
            }
        }
        for referrer in try await registry.referrers(of: image, artifactType: nil, in: repository) {
            guard items.count < StoredSignatures.itemsMax else {
                throw WaybillError(
                    .limitExceeded, "has more than \(StoredSignatures.itemsMax) signatures", subject: image.description)
            }
            guard case .image(let manifest) = try await registry.manifest(referrer.digest, in: repository),
                let layer = manifest.layers.first, layer.size <= SigstoreBundle.bytesMax
            else { continue }
            let type = layer.mediaType.rawValue
            let isBundle = type.utf8.starts(with: "application/vnd.dev.sigstore.bundle".utf8)
            // Manifests of OCI 1.0 name their artifact's type by their configuration, and notation still writes those.
            let isNotation =
                manifest.artifactType == NotationSignature.artifactType
                || manifest.configuration.mediaType.rawValue == NotationSignature.artifactType
            guard isBundle || type == Envelope.mediaType || isNotation else { continue }
            let bytes = try await registry.blob(layer, in: repository)
            let content: StoredSignatures.Item.Content =
                isBundle ? .bundle(bytes) : type == Envelope.mediaType ? .envelope(bytes) : .notation(bytes)
            items.append(.init(digest: layer.digest, content: content))
        }
        return StoredSignatures(items)
    }

    private func layers(of image: Digest, suffix: String) async throws(WaybillError) -> [(CosignLayer, Digest)] {
        guard let manifest = try await taggedManifest(of: image, suffix: suffix) else { return [] }
        var layers: [(CosignLayer, Digest)] = []
        for descriptor in manifest.layers.prefix(StoredSignatures.itemsMax)
        where descriptor.size <= SigstoreBundle.bytesMax {
            layers.append(
                (
                    CosignLayer(
                        mediaType: descriptor.mediaType.rawValue,
                        content: try await registry.blob(descriptor, in: repository),
                        annotations: descriptor.annotations), descriptor.digest
                ))
        }
        return layers
    }

    private func taggedManifest(of image: Digest, suffix: String) async throws(WaybillError) -> Manifest? {
        let found: Descriptor
        do throws(WaybillError) {
            found = try await registry.resolve(CosignLayer.tag(of: image, suffix: suffix), in: repository)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        guard case .image(let manifest) = try await registry.manifest(found.digest, in: repository) else { return nil }
        return manifest
    }

    /// Adds a signature (`sig`) or attestation (`att`) under cosign's tag, beside those that are there.
    public func add(_ layer: CosignLayer, to image: Digest, suffix: String) async throws(WaybillError) {
        var parts = try await taggedManifest(of: image, suffix: suffix)?.layers ?? []
        var part = Descriptor(of: layer.content, mediaType: MediaType(layer.mediaType))
        part.annotations = layer.annotations
        guard !parts.contains(part) else { return }
        parts.append(part)
        let configuration: Value = [
            "architecture": "", "config": Value.object(Object()), "created": "0001-01-01T00:00:00Z",
            "history": .array(parts.map { _ in ["created": "0001-01-01T00:00:00Z"] }), "os": "",
            "rootfs": ["type": "layers", "diff_ids": .array(parts.map { .string($0.digest.description) })],
        ]
        let bytes = JSONWriter.bytes(configuration)
        let descriptor = Descriptor(of: bytes, mediaType: .imageConfiguration)
        try await registry.push(blob: layer.content, as: part.digest, to: repository)
        try await registry.push(blob: bytes, as: descriptor.digest, to: repository)
        try await registry.push(
            .image(Manifest(configuration: descriptor, layers: parts)), tag: CosignLayer.tag(of: image, suffix: suffix),
            to: repository)
    }

    /// Attaches a bundle as a referrer of the image.
    public func add(_ bundle: SigstoreBundle, to image: Descriptor, at moment: Timestamp) async throws(WaybillError) {
        var annotations = ["org.opencontainers.image.created": moment.description]
        if case .envelope(let envelope) = bundle.content {
            annotations["dev.sigstore.bundle.content"] = "dsse-envelope"
            annotations["dev.sigstore.bundle.predicateType"] = try Statement(parsing: envelope.payload).predicateType
        } else {
            annotations["dev.sigstore.bundle.content"] = "message-signature"
        }
        try await registry.attach(
            bundle.bytes, mediaType: MediaType(SigstoreBundle.mediaType), artifactType: SigstoreBundle.mediaType,
            to: image,
            in: repository, annotations: annotations)
    }

    /// Attaches a Notation signature as a referrer of the image.
    public func add(
        notation bytes: [UInt8], thumbprints: [String], to image: Descriptor, at moment: Timestamp
    ) async throws(WaybillError) {
        let list = JSONWriter.string(.array(thumbprints.map(Value.string)))
        try await registry.attach(
            bytes, mediaType: MediaType(NotationSignature.mediaType), artifactType: NotationSignature.artifactType,
            to: image, in: repository,
            annotations: [
                "io.cncf.notary.x509chain.thumbprint#S256": list,
                "org.opencontainers.image.created": moment.description,
            ])
    }
}
