public import Documents
public import WaybillCore

/// What is signed to say "this name means this image": the payload that container tools share ("simple signing").
public struct SimpleSigningPayload: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Signed with OpenPGP by skopeo, podman and Kritis.
        case atomic = "atomic container signature"
        /// Signed with bare keys by cosign.
        case cosign = "cosign container image signature"
    }

    /// The media type of the layer that holds it, as cosign stores it.
    public static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    public static let bytesMax = 1 << 20

    public var kind: Kind
    public var reference: String
    public var digest: Digest
    public var optional: Object

    public init(kind: Kind, reference: String, digest: Digest, optional: Object = Object()) {
        self.kind = kind
        self.reference = reference
        self.digest = digest
        self.optional = optional
    }

    /// Members of `critical` that are not known are refused: whoever wrote them wants them obeyed.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "simple signing payload")
        }
        guard bytes.count <= Self.bytesMax else { throw bad("is larger than \(Self.bytesMax) bytes") }
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 32)) } catch {
            throw bad("\(error)")
        }
        let critical = try PredicateReader(value, "payload").requiredObject("critical")
        let identity = try critical.requiredObject("identity")
        let image = try critical.requiredObject("image")
        try Self.expect(["identity", "image", "type"], in: critical)
        try Self.expect(["docker-reference"], in: identity)
        try Self.expect(["docker-manifest-digest"], in: image)
        guard let reference = try identity.string("docker-reference") else {
            throw identity.bad("docker-reference", "a string")
        }
        self.init(
            kind: try critical.word("type"), reference: reference,
            digest: try Digest(parsing: image.requiredString("docker-manifest-digest")),
            optional: value["optional"]?.object ?? Object())
    }

    private static func expect(_ keys: [String], in reader: PredicateReader) throws(WaybillError) {
        for member in reader.value.object?.members ?? []
        where !keys.contains(where: { $0.hasSameBytes(as: member.key) }) {
            throw reader.bad(member.key, "no members but \(keys.joined(separator: ", "))")
        }
    }

    public var value: Value {
        [
            "critical": [
                "identity": ["docker-reference": .string(reference)],
                "image": ["docker-manifest-digest": .string(digest.description)], "type": .string(kind.rawValue),
            ],
            "optional": kind == .cosign && optional.isEmpty ? nil : .object(optional),
        ]
    }

    public var bytes: [UInt8] { JSONWriter.bytes(value, style: .canonical) }
}
