public import WaybillCore

/// An annotated tag, read from the bytes that Git hashes.
public struct GitTag: Hashable, Sendable {
    public var object: String
    /// The type of what is tagged, mostly `commit`.
    public var objectType: String
    public var name: String
    public var tagger: GitPerson
    public var message: String
    /// The armoured signature that stands after the message; nil for an unsigned tag.
    public var signature: [UInt8]?
    /// The bytes that the signature is over: everything before it.
    public var signedPayload: [UInt8]

    /// Reads the object's bytes, without the `tag 123` frame before them.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        let parsed = try GitObject(parsing: bytes, subject: "tag object")
        guard parsed.headers.prefix(4).map(\.name) == ["object", "type", "tag", "tagger"] else {
            throw parsed.bad("the headers object, type, tag, tagger are not in order")
        }
        guard !parsed.headers.contains(where: { $0.name.utf8.starts(with: "gpgsig".utf8) }) else {
            throw WaybillError(.unsupported, "signatures in a tag's header are not supported", subject: "tag object")
        }
        object = try parsed.objectName(parsed.required("object"), "object")
        objectType = String(decoding: try parsed.required("type"), as: UTF8.self)
        guard ["commit", "tree", "blob", "tag"].contains(objectType) else {
            throw parsed.bad("tags an unknown type of object")
        }
        name = String(decoding: try parsed.required("tag"), as: UTF8.self)
        guard let tagger = GitPerson(parsing: try parsed.required("tagger")) else {
            throw parsed.bad("the header “tagger” is not: name <email> seconds zone")
        }
        self.tagger = tagger
        let end = Self.signatureStart(bytes, from: parsed.messageStart)
        signature = end.map { Array(bytes[$0...]) }
        signedPayload = end.map { Array(bytes[..<$0]) } ?? bytes
        message = String(decoding: bytes[parsed.messageStart..<(end ?? bytes.count)], as: UTF8.self)
    }

    /// The beginning of the last line that opens a signature, as Git looks for it.
    private static func signatureStart(_ bytes: [UInt8], from start: Int) -> Int? {
        let openings = [
            "-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----",
            "-----BEGIN SIGNED MESSAGE-----",
        ]
        var found: Int?
        var index = start
        while index < bytes.count {
            if openings.contains(where: { bytes[index...].starts(with: $0.utf8) }) { found = index }
            guard let end = bytes[index...].firstIndex(of: 0x0A) else { break }
            index = end + 1
        }
        return found
    }
}
