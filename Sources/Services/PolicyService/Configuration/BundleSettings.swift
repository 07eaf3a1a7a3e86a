import Documents
import PolicyTools

/// A bundle to poll.
public struct BundleSettings: Sendable {
    public struct Signing: Sendable {
        public var keyIdentifier: String?
        public var scope: String?
        public var excluded: [String]
    }

    public var name: String
    public var service: String?
    /// The path at the service, the artifact's name, or a `file://` address.
    public var resource: String
    /// The last good bundle is kept on disk and used until the service answers.
    public var isPersisted: Bool
    public var polling: PollingSettings
    public var signing: Signing?
    public var bytesMax: Int

    init(_ node: Node, name: String) throws(DocumentError) {
        var fields = try Fields(node, of: "bundles.\(name)")
        self.name = name
        // The name is a folder on disk.
        guard !name.isEmpty, name.utf8.count <= 200, name != ".", name != "..", !name.contains("/"),
            !name.utf8.contains(0)
        else { throw DocumentError(at: node.position, "bundles.\(name): not a bundle's name") }
        service = try fields.string("service")
        resource = try fields.string("resource") ?? "bundles/\(name)"
        isPersisted = try fields.bool("persist") ?? false
        polling = try PollingSettings(
            fields.node("polling"), of: "bundles.\(name).polling", minimum: 60, maximum: 120)
        if let trigger = try fields.string("trigger"), trigger != "periodic" {
            throw DocumentError(
                at: node["trigger"]?.position ?? node.position, "bundles.\(name).trigger: only periodic is supported")
        }
        bytesMax = try fields.integer("size_limit_bytes", in: 1...Int.max) ?? 1 << 30
        if let node = fields.node("signing") {
            var signing = try Fields(node, of: "bundles.\(name).signing")
            self.signing = Signing(
                keyIdentifier: try signing.string("keyid"), scope: try signing.string("scope"),
                excluded: try signing.strings("exclude_files") ?? [])
            try signing.finish()
        }
        try fields.finish()
    }
}

/// Where decisions are logged.
public struct DecisionLogSettings: Sendable {
    public var service: String?
    public var isConsole: Bool
    /// At the service.
    public var resource: String
    public var reporting: PollingSettings
    /// Unsent decisions beyond this are dropped, the oldest first.
    public var bufferBytesMax: Int
    /// Of one upload, before it is packed.
    public var uploadBytesMax: Int
    public var decisionsPerSecondMax: Int?
    public var maskPath: [String]
    public var dropPath: [String]

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "decision_logs")
        service = try fields.string("service")
        isConsole = try fields.bool("console") ?? false
        let partition = try fields.string("partition_name") ?? ""
        resource = try fields.string("resource") ?? (partition.isEmpty ? "/logs" : "/logs/\(partition)")
        if let found = fields.node("plugin") {
            throw DocumentError(at: found.position, "decision_logs.plugin is not supported")
        }
        maskPath = PolicyServerConfiguration.path(try fields.string("mask_decision") ?? "system/log/mask")
        dropPath = PolicyServerConfiguration.path(try fields.string("drop_decision") ?? "system/log/drop")
        let node = fields.node("reporting")
        var bounds = try node.map { (found) throws(DocumentError) in try Fields(found, of: "decision_logs.reporting") }
        bufferBytesMax = try bounds?.integer("buffer_size_limit_bytes", in: 0...Int.max) ?? 64 << 20
        uploadBytesMax = try bounds?.integer("upload_size_limit_bytes", in: 90...(4 << 30)) ?? 32 << 10
        decisionsPerSecondMax = try bounds?.integer("max_decisions_per_second", in: 1...Int.max)
        reporting = try PollingSettings(
            node, of: "decision_logs.reporting", minimum: 300, maximum: 600,
            ignoring: ["buffer_size_limit_bytes", "upload_size_limit_bytes", "max_decisions_per_second"])
        try fields.finish()
    }
}

/// Where the state of the plugins is reported.
public struct StatusSettings: Sendable {
    public var service: String?
    public var isConsole: Bool
    public var resource: String

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "status")
        service = try fields.string("service")
        isConsole = try fields.bool("console") ?? false
        _ = try fields.bool("prometheus")
        let partition = try fields.string("partition_name") ?? ""
        resource = partition.isEmpty ? "/status" : "/status/\(partition)"
        try fields.finish()
    }
}
