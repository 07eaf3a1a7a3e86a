import Documents
public import WaybillCore

/// A list of manifests: the same image for several platforms, or the referrers of a subject.
public struct Index: Hashable, Sendable {
    public let bytes: [UInt8]
    public let digest: Digest
    public let mediaType: MediaType
    public let manifests: [Descriptor]
    public let artifactType: String?
    public let subject: Descriptor?
    public let annotations: [String: String]

    public init(parsing bytes: [UInt8], mediaType: MediaType? = nil) throws(WaybillError) {
        guard case .index(let index) = try ManifestDocument(parsing: bytes, mediaType: mediaType) else {
            throw WaybillError(
                .invalidInput, "is an image manifest, expected an index",
                subject: "index \(Digest.sha256(of: bytes).short)")
        }
        self = index
    }

    init(_ fields: inout Fields, bytes: [UInt8], mediaType: MediaType) throws(DocumentError) {
        self.bytes = bytes
        self.mediaType = mediaType
        digest = .sha256(of: bytes)
        manifests = try fields.descriptors("manifests") ?? []
        subject = try fields.descriptor("subject")
        annotations = try fields.texts("annotations")
        artifactType = try fields.string("artifactType")
    }

    public init(
        manifests: [Descriptor], mediaType: MediaType = .imageIndex, artifactType: String? = nil,
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        var object: Object = ["schemaVersion": 2, "mediaType": .string(mediaType.rawValue)]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["manifests"] = .array(manifests.map(\.value))
        if let subject { object["subject"] = subject.value }
        if !annotations.isEmpty { object["annotations"] = annotations.sortedValue }
        bytes = JSONWriter.bytes(.object(object))
        digest = .sha256(of: bytes)
        self.mediaType = mediaType
        self.manifests = manifests
        self.artifactType = artifactType
        self.subject = subject
        self.annotations = annotations
    }

    public var descriptor: Descriptor {
        Descriptor(
            mediaType: mediaType, digest: digest, size: bytes.count, artifactType: artifactType,
            annotations: annotations)
    }

    /// The first manifest for the platform; an entry without a variant serves every variant.
    public func manifest(for platform: Platform) -> Descriptor? {
        manifests.first { descriptor in
            guard let offered = descriptor.platform else { return false }
            return offered.operatingSystem == platform.operatingSystem && offered.architecture == platform.architecture
                && (offered.variant == nil || platform.variant == nil || offered.variant == platform.variant)
        }
    }
}
