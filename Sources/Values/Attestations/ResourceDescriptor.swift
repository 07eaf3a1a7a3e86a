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
    /// The thing itself, where it is small.
    public var content: [UInt8]?
    public var downloadLocation: String?

    public init(
        uri: String? = nil, name: String? = nil, digest: [String: String] = [:], mediaType: String? = nil,
        annotations: Value? = nil, content: [UInt8]? = nil, downloadLocation: String? = nil
    ) {
        self.uri = uri
        self.name = name
        self.digest = digest
        self.mediaType = mediaType
        self.annotations = annotations
        self.content = content
        self.downloadLocation = downloadLocation
    }

    init(_ reader: PredicateReader) throws(WaybillError) {
        self.init(
            uri: try reader.string("uri"), name: try reader.string("name"), digest: try reader.digests("digest"),
            mediaType: try reader.string("mediaType"), annotations: reader.member("annotations"),
            content: try reader.bytes("content"), downloadLocation: try reader.string("downloadLocation"))
    }

    static func list(_ key: String, in reader: PredicateReader) throws(WaybillError) -> [ResourceDescriptor] {
        var result: [ResourceDescriptor] = []
        for element in try reader.objects(key) { result.append(try ResourceDescriptor(element)) }
        return result
    }

    public var value: Value {
        .members(
            ("uri", uri.map(Value.string)), ("name", name.map(Value.string)),
            ("digest", digest.isEmpty ? nil : .digests(digest)),
            ("content", content.map { .string(Base64.encode($0)) }),
            ("downloadLocation", downloadLocation.map(Value.string)),
            ("mediaType", mediaType.map(Value.string)), ("annotations", annotations))
    }
}
