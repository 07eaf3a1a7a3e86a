public import Documents
public import WaybillCore

/// How a container of an image is run and of which layers it is made (OCI image spec, "Image Configuration").
public struct ImageConfiguration: Hashable, Sendable {
    /// What a container starts with unless it is told otherwise.
    public struct Process: Hashable, Sendable {
        public var user: String?
        /// As written: `8080/tcp`.
        public var exposedPorts: [String] = []
        /// `NAME=value`, in order.
        public var environment: [String] = []
        public var entrypoint: [String]?
        public var command: [String]?
        public var volumes: [String] = []
        public var workingDirectory: String?
        public var labels: [String: String] = [:]
        public var stopSignal: String?
        /// Docker's health check as it is written; nil where there is none.
        public var healthCheck: Value?

        public init() {}
    }

    /// One step that made the image.
    public struct Step: Hashable, Sendable {
        public var created: String?
        public var createdBy: String?
        public var author: String?
        public var comment: String?
        /// Whether the step made no layer.
        public var isEmptyLayer: Bool

        public init(
            created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
            isEmptyLayer: Bool = false
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.isEmptyLayer = isEmptyLayer
        }
    }

    /// As they came or were written; the digest is that of these bytes.
    public let bytes: [UInt8]
    public let digest: Digest
    public let platform: Platform
    public let created: String?
    public let author: String?
    public let process: Process
    /// The digests of the uncompressed layers, lowest first.
    public let layerDigests: [Digest]
    public let history: [Step]

    static let limits = DocumentLimits(depthMax: 64, bytesMax: 16 << 20)

    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        do {
            let node = try JSONReader.node(from: bytes, limits: Self.limits)
            var fields = try Fields(node, of: "image configuration")
            self.bytes = bytes
            digest = .sha256(of: bytes)
            platform = try Platform(node, of: "image configuration")
            created = try fields.string("created")
            author = try fields.string("author")
            process = try fields.node("config").map { found throws(DocumentError) in try Process(found) } ?? Process()
            layerDigests = try Self.layerDigests(fields.required("rootfs"))
            var steps: [Step] = []
            for element in try fields.elements("history") ?? [] { steps.append(try Step(element)) }
            history = steps
        } catch {
            throw error.inFile("image configuration sha256:\(Digest.sha256(of: bytes).short)")
        }
    }

    private static func layerDigests(_ node: Node) throws(DocumentError) -> [Digest] {
        var fields = try Fields(node, of: "rootfs")
        guard try fields.requiredString("type") == "layers" else {
            throw DocumentError(at: node.position, "rootfs.type: only “layers” is known")
        }
        var digests: [Digest] = []
        for text in try fields.strings("diff_ids") ?? [] {
            guard let digest = Digest(text) else {
                throw DocumentError(at: node.position, "rootfs.diff_ids[\(digests.count)]: not a digest")
            }
            digests.append(digest)
        }
        return digests
    }

    /// The value of an environment variable; the last one counts, as in a real environment.
    public func environmentValue(_ name: String) -> String? {
        process.environment.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}

extension ImageConfiguration {
    /// Writes a configuration; equal parts give equal bytes.
    public init(
        platform: Platform, process: Process = Process(), layerDigests: [Digest], history: [Step] = [],
        created: String? = nil, author: String? = nil
    ) {
        var object = Object()
        if let created { object["created"] = .string(created) }
        if let author { object["author"] = .string(author) }
        object["architecture"] = .string(platform.architecture)
        if let variant = platform.variant { object["variant"] = .string(variant) }
        object["os"] = .string(platform.operatingSystem)
        object["config"] = process.value
        object["rootfs"] = ["type": "layers", "diff_ids": .array(layerDigests.map { .string($0.description) })]
        if !history.isEmpty { object["history"] = .array(history.map(\.value)) }
        bytes = JSONWriter.bytes(.object(object))
        digest = .sha256(of: bytes)
        self.platform = platform
        self.process = process
        self.layerDigests = layerDigests
        self.history = history
        self.created = created
        self.author = author
    }
}

extension ImageConfiguration.Process {
    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "config")
        user = try fields.string("User").flatMap { $0.isEmpty ? nil : $0 }
        exposedPorts = try fields.members("ExposedPorts")?.map(\.key) ?? []
        environment = try fields.strings("Env") ?? []
        entrypoint = try Self.commandLine(&fields, "Entrypoint")
        command = try Self.commandLine(&fields, "Cmd")
        volumes = try fields.members("Volumes")?.map(\.key) ?? []
        workingDirectory = try fields.string("WorkingDir").flatMap { $0.isEmpty ? nil : $0 }
        labels = try fields.texts("Labels")
        stopSignal = try fields.string("StopSignal")
        healthCheck = fields.node("Healthcheck")?.value
    }

    private static func commandLine(_ fields: inout Fields, _ key: String) throws(DocumentError) -> [String]? {
        // Docker writes both an empty list and null for "none".
        try fields.strings(key).flatMap { $0.isEmpty ? nil : $0 }
    }

    var value: Value {
        var object = Object()
        let empty = Value.object(Object())
        if let user { object["User"] = .string(user) }
        if !exposedPorts.isEmpty {
            object["ExposedPorts"] = .object(Object(exposedPorts.map { (key: $0, value: empty) }))
        }
        if !environment.isEmpty { object["Env"] = .array(environment.map(Value.string)) }
        if let entrypoint { object["Entrypoint"] = .array(entrypoint.map(Value.string)) }
        if let command { object["Cmd"] = .array(command.map(Value.string)) }
        if !volumes.isEmpty { object["Volumes"] = .object(Object(volumes.map { (key: $0, value: empty) })) }
        if let workingDirectory { object["WorkingDir"] = .string(workingDirectory) }
        if !labels.isEmpty { object["Labels"] = labels.sortedValue }
        if let stopSignal { object["StopSignal"] = .string(stopSignal) }
        if let healthCheck { object["Healthcheck"] = healthCheck }
        return .object(object)
    }
}

extension ImageConfiguration.Step {
    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "history")
        created = try fields.string("created")
        createdBy = try fields.string("created_by")
        author = try fields.string("author")
        comment = try fields.string("comment")
        isEmptyLayer = try fields.bool("empty_layer") ?? false
    }

    var value: Value {
        var object = Object()
        if let created { object["created"] = .string(created) }
        if let createdBy { object["created_by"] = .string(createdBy) }
        if let author { object["author"] = .string(author) }
        if let comment { object["comment"] = .string(comment) }
        if isEmptyLayer { object["empty_layer"] = true }
        return .object(object)
    }
}
