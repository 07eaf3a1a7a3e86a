public import Documents
public import WaybillCore

/// The operating system and processor that an image is made for.
public struct Platform: Hashable, Sendable, CustomStringConvertible {
    /// In the Go language's words: `amd64`, `arm64`.
    public var architecture: String
    public var operatingSystem: String
    /// Of the processor: `v8`.
    public var variant: String?

    public init(architecture: String, operatingSystem: String = "linux", variant: String? = nil) {
        self.architecture = architecture
        self.operatingSystem = operatingSystem
        self.variant = variant
    }

    public var description: String {
        ([operatingSystem, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
    }
}

/// Names some content by digest, size and kind (OCI image spec, "Content Descriptors").
public struct Descriptor: Hashable, Sendable {
    public var mediaType: MediaType
    public var digest: Digest
    /// In bytes.
    public var size: Int
    public var artifactType: String?
    public var annotations: [String: String]
    public var platform: Platform?
    /// Other places that hold the content.
    public var urls: [String]
    /// The content itself, where it is small and was put in.
    public var data: [UInt8]?

    public init(
        mediaType: MediaType, digest: Digest, size: Int, artifactType: String? = nil,
        annotations: [String: String] = [:], platform: Platform? = nil, urls: [String] = [], data: [UInt8]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.artifactType = artifactType
        self.annotations = annotations
        self.platform = platform
        self.urls = urls
        self.data = data
    }

    /// Describes bytes that are at hand.
    public init(
        of bytes: [UInt8], mediaType: MediaType, artifactType: String? = nil, annotations: [String: String] = [:]
    ) {
        self.init(
            mediaType: mediaType, digest: .sha256(of: bytes), size: bytes.count, artifactType: artifactType,
            annotations: annotations)
    }
}

extension Descriptor {
    /// Reads a descriptor; members that this module does not know are left to those who do.
    public init(_ node: Node, of name: String = "descriptor") throws(DocumentError) {
        var fields = try Fields(node, of: name)
        mediaType = MediaType(try fields.requiredString("mediaType"))
        digest = try fields.digest("digest")
        guard let size = try fields.integer("size", in: 0...Int.max) else {
            throw DocumentError(at: node.position, "\(name): the key “size” is missing")
        }
        self.size = size
        artifactType = try fields.string("artifactType")
        annotations = try fields.texts("annotations")
        urls = try fields.strings("urls") ?? []
        platform = try fields.node("platform").map { found throws(DocumentError) in
            try Platform(found, of: "\(name).platform")
        }
        data = nil
        if let text = try fields.string("data") {
            guard let bytes = Base64.decode(text), bytes.count == size, digest.matches(bytes) else {
                throw DocumentError(at: node.position, "\(name).data: not the content that size and digest name")
            }
            data = bytes
        }
    }

    public var value: Value {
        var object: Object = ["mediaType": .string(mediaType.rawValue), "digest": .string(digest.description)]
        object["size"] = .integer(size)
        if !urls.isEmpty { object["urls"] = .array(urls.map(Value.string)) }
        if !annotations.isEmpty { object["annotations"] = annotations.sortedValue }
        if let data { object["data"] = .string(Base64.encode(data)) }
        if let artifactType { object["artifactType"] = .string(artifactType) }
        if let platform { object["platform"] = platform.value }
        return .object(object)
    }
}

extension Platform {
    init(_ node: Node, of name: String) throws(DocumentError) {
        var fields = try Fields(node, of: name)
        architecture = try fields.requiredString("architecture")
        operatingSystem = try fields.requiredString("os")
        variant = try fields.string("variant").flatMap { $0.isEmpty ? nil : $0 }
    }

    var value: Value {
        var object: Object = ["architecture": .string(architecture), "os": .string(operatingSystem)]
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }
}

extension Fields {
    mutating func digest(_ key: String) throws(DocumentError) -> Digest {
        let found = try required(key)
        guard let text = found.string, let digest = Digest(text) else {
            throw DocumentError(at: found.position, "\(name).\(key): not a digest")
        }
        return digest
    }

    /// An object whose members are all texts, as annotations and labels are.
    mutating func texts(_ key: String) throws(DocumentError) -> [String: String] {
        var result: [String: String] = [:]
        for member in try members(key) ?? [] {
            guard let text = member.node.string else {
                throw DocumentError(at: member.keyPosition, "\(name).\(key).\(member.key): expected a string")
            }
            result[member.key] = text
        }
        return result
    }

    mutating func descriptor(_ key: String) throws(DocumentError) -> Descriptor? {
        try node(key).map { found throws(DocumentError) in try Descriptor(found, of: "\(name).\(key)") }
    }

    mutating func descriptors(_ key: String) throws(DocumentError) -> [Descriptor]? {
        guard let elements = try elements(key) else { return nil }
        guard elements.count <= Manifest.descriptorsMax else {
            throw DocumentError(at: node.position, "\(name).\(key): more than \(Manifest.descriptorsMax) descriptors")
        }
        var result: [Descriptor] = []
        for element in elements { result.append(try Descriptor(element, of: "\(name).\(key)[\(result.count)]")) }
        return result
    }
}

extension [String: String] {
    /// An object with its members ordered by bytes, so that equal annotations give equal bytes.
    var sortedValue: Documents.Value {
        let members = sorted { $0.key.precedesByBytes($1.key) }
        return .object(Object(members.map { (key: $0.key, value: Documents.Value.string($0.value)) }))
    }
}
