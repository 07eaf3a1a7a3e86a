public import Documents
import WaybillCore

/// Something that went into or came out of an act (in-toto `ResourceDescriptor`): a commit, a base image, a tool.
public struct ResourceDescriptor: Hashable, Sendable {
    public var uri: String?
    public var name: String?
    /// Algorithm to hash: `sha256`, `gitCommit`.
    public var digest: [String: String]
    public var mediaType: String?
    public var annotations: Value?

    public init(
        uri: String? = nil, name: String? = nil, digest: [String: String] = [:], mediaType: String? = nil, annotations: Value? = nil
    ) {
        self.uri = uri
        self.name = name
        self.digest = digest
        self.mediaType = mediaType
        self.annotations = annotations
    }

    init(_ reader: PredicateReader) throws(WaybillError) {
        self.init(
            uri: try reader.string("uri"), name: try reader.string("name"), digest: try reader.digests("digest"),
            mediaType: try reader.string("mediaType"), annotations: reader.member("annotations"))
    }

    static func list(_ key: String, in reader: PredicateReader) throws(WaybillError) -> [ResourceDescriptor] {
        var result: [ResourceDescriptor] = []
        for element in try reader.objects(key) { result.append(try ResourceDescriptor(element)) }
        return result
    }

    public var value: Value {
        .members(
            ("uri", uri.map(Value.string)), ("name", name.map(Value.string)), ("digest", digest.isEmpty ? nil : .digests(digest)),
            ("mediaType", mediaType.map(Value.string)), ("annotations", annotations))
    }
}
