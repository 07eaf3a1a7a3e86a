import Documents
public import WaybillCore

/// An image manifest (OCI or Docker schema 2), or an artifact in its shape: a signature, an attestation, an SBOM.
///
/// The bytes are kept as they came: a manifest's digest is that of its bytes, and no other spelling has it.
public struct Manifest: Hashable, Sendable {
    public let bytes: [UInt8]
    public let digest: Digest
    public let mediaType: MediaType
    public let configuration: Descriptor
    public let layers: [Descriptor]
    /// What the artifact is, where it is one: `application/vnd.in-toto+json`.
    public let artifactType: String?
    /// The manifest that this one is about. It need not exist yet.
    public let subject: Descriptor?
    public let annotations: [String: String]

    /// Registries should take manifests of 4 MiB (distribution spec, "Pushing Manifests").
    public static let bytesMax = 4 << 20
    static let descriptorsMax = 4096

    /// Reads a manifest. `mediaType` is what the transport said; it must agree with what the manifest says itself.
    public init(parsing bytes: [UInt8], mediaType: MediaType? = nil) throws(WaybillError) {
        guard case .image(let manifest) = try ManifestDocument(parsing: bytes, mediaType: mediaType) else {
            throw WaybillError(
                .invalidInput, "is an index, expected an image manifest",
                subject: "manifest \(Digest.sha256(of: bytes).short)")
        }
        self = manifest
    }

    init(_ fields: inout Fields, bytes: [UInt8], mediaType: MediaType) throws(DocumentError) {
        self.bytes = bytes
        self.mediaType = mediaType
        digest = .sha256(of: bytes)
        guard let configuration = try fields.descriptor("config") else {
            throw DocumentError(at: fields.node.position, "manifest: the key “config” is missing")
        }
        self.configuration = configuration
        layers = try fields.descriptors("layers") ?? []
        subject = try fields.descriptor("subject")
        annotations = try fields.texts("annotations")
        artifactType = try fields.string("artifactType")
    }

    /// Writes a manifest; equal parts give equal bytes.
    public init(
        configuration: Descriptor, layers: [Descriptor], mediaType: MediaType = .imageManifest,
        artifactType: String? = nil, subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        var object: Object = ["schemaVersion": 2, "mediaType": .string(mediaType.rawValue)]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["config"] = configuration.value
        object["layers"] = .array(layers.map(\.value))
        if let subject { object["subject"] = subject.value }
        if !annotations.isEmpty { object["annotations"] = annotations.sortedValue }
        bytes = JSONWriter.bytes(.object(object))
        digest = .sha256(of: bytes)
        self.mediaType = mediaType
        self.configuration = configuration
        self.layers = layers
        self.artifactType = artifactType
        self.subject = subject
        self.annotations = annotations
    }

    /// Describes this manifest.
    public var descriptor: Descriptor {
        Descriptor(
            mediaType: mediaType, digest: digest, size: bytes.count, artifactType: effectiveArtifactType,
            annotations: annotations)
    }

    /// The artifact's type; for a manifest without one, its configuration's media type (distribution spec, "Listing
    /// Referrers"). Nil for a container image.
    public var effectiveArtifactType: String? {
        if let artifactType, !artifactType.isEmpty { return artifactType }
        let type = configuration.mediaType
        return type == .imageConfiguration || type == .dockerConfiguration ? nil : type.rawValue
    }

    /// Whether a container can be started from it: its configuration is an image's.
    public var isContainerImage: Bool {
        configuration.mediaType == .imageConfiguration || configuration.mediaType == .dockerConfiguration
    }
}
