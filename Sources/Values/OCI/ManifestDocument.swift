import Documents
public import WaybillCore

/// What a registry serves under `/manifests/`: an image manifest or an index.
public enum ManifestDocument: Hashable, Sendable {
    case image(Manifest)
    case index(Index)

    static let limits = DocumentLimits(depthMax: 64, bytesMax: Manifest.bytesMax * 2)

    /// Reads either. A document that could be taken for both is refused: two readers would see two images
    /// (CVE-2021-41190).
    public init(parsing bytes: [UInt8], mediaType stated: MediaType? = nil) throws(WaybillError) {
        do {
            let node = try JSONReader.node(from: bytes, limits: Self.limits)
            var fields = try Fields(node, of: "manifest")
            let type = try Self.mediaType(&fields, stated: stated)
            if type.isIndex {
                self = .index(try Index(&fields, bytes: bytes, mediaType: type))
            } else {
                self = .image(try Manifest(&fields, bytes: bytes, mediaType: type))
            }
        } catch {
            throw error.inFile("manifest sha256:\(Digest.sha256(of: bytes).short)")
        }
    }

    private static func mediaType(_ fields: inout Fields, stated: MediaType?) throws(DocumentError) -> MediaType {
        let position = fields.node.position
        guard try fields.integer("schemaVersion", in: 0...Int.max) == 2 else {
            throw DocumentError(at: position, "manifest.schemaVersion: only 2 is supported")
        }
        let hasManifests = fields.node["manifests"] != nil
        let hasParts = fields.node["layers"] != nil || fields.node["config"] != nil
        guard hasManifests != hasParts else {
            throw DocumentError(at: position, "manifest: must have either “manifests” or “config” and “layers”")
        }
        let own = try fields.string("mediaType").map { MediaType($0) }
        if let own, let stated, own != stated {
            throw DocumentError(
                at: position,
                "manifest.mediaType: is \(Redaction.excerpt(own.rawValue)), sent as \(Redaction.excerpt(stated.rawValue))"
            )
        }
        let type = own ?? stated ?? (hasManifests ? .imageIndex : .imageManifest)
        guard hasManifests ? type.isIndex : type.isImageManifest else {
            throw DocumentError(
                at: position, "manifest.mediaType: \(Redaction.excerpt(type.rawValue)) does not fit the members")
        }
        return type
    }

    public var bytes: [UInt8] {
        switch self {
        case .image(let manifest): manifest.bytes;
        case .index(let index): index.bytes
        }
    }
    public var digest: Digest {
        switch self {
        case .image(let manifest): manifest.digest;
        case .index(let index): index.digest
        }
    }
    public var mediaType: MediaType {
        switch self {
        case .image(let manifest): manifest.mediaType;
        case .index(let index): index.mediaType
        }
    }
    public var subject: Descriptor? {
        switch self {
        case .image(let manifest): manifest.subject;
        case .index(let index): index.subject
        }
    }
    public var annotations: [String: String] {
        switch self {
        case .image(let manifest): manifest.annotations;
        case .index(let index): index.annotations
        }
    }
    /// Describes the document as a referrer list does.
    public var descriptor: Descriptor {
        switch self {
        case .image(let manifest): manifest.descriptor;
        case .index(let index): index.descriptor
        }
    }
}
