public import Documents
public import WaybillCore

/// The configuration file of the policy server, in OPA's shape. Keys that nobody knows are errors.
public struct PolicyServerConfiguration: Sendable {
    public var services: [String: ServiceSettings] = [:]
    public var labels: [String: String] = [:]
    /// Ordered by name.
    public var bundles: [BundleSettings] = []
    public var keys: [String: KeySettings] = [:]
    public var decisionLogs: DecisionLogSettings?
    public var status: StatusSettings?
    /// What a POST to `/` asks for.
    public var defaultDecision = ["system", "main"]
    public var defaultAuthorization = ["system", "authz", "allow"]
    /// Where bundles are kept; nil keeps them below the working folder.
    public var persistenceFolder: String?
    /// As it was read, without secrets: what `/v1/config` shows.
    public var shown: Value = [:]

    public init() {}

    /// Reads YAML or JSON. `environment` fills `${NAME}`; a name that is not set becomes nothing, as in OPA.
    public init(parsing bytes: [UInt8], environment: [String: String], subject: String) throws(WaybillError) {
        do {
            let text = Self.expanded(bytes, environment)
            self = try Self.read(try YAMLReader.node(from: text, schema: .core))
        } catch {
            throw error.inFile(subject)
        }
        try check(subject)
    }

    private static func expanded(_ bytes: [UInt8], _ environment: [String: String]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{"),
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")), end - index < 256
            {
                let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                result += Array((environment[name] ?? "").utf8)
                index = end + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// Known in OPA, not here.
    private static let unsupported = [
        "discovery", "plugins", "distributed_tracing", "server", "storage", "caching", "nd_builtin_cache",
    ]

    private static func read(_ node: Node) throws(DocumentError) -> PolicyServerConfiguration {
        var result = PolicyServerConfiguration()
        // An empty file is an empty configuration.
        if node.scalar == .null { return result }
        var fields = try Fields(node, of: "configuration")
        for key in unsupported {
            if let found = fields.node(key) {
                throw DocumentError(at: found.position, "configuration.\(key) is not supported")
            }
        }
        for (name, node) in try named(&fields, "services", allowsList: true) {
            result.services[name] = try ServiceSettings(node, name: name)
        }
        for member in try fields.members("labels") ?? [] {
            guard let text = member.node.string else {
                throw DocumentError(at: member.node.position, "configuration.labels.\(member.key): expected a string")
            }
            result.labels[member.key] = text
        }
        for (name, node) in try named(&fields, "bundles", allowsList: false) {
            result.bundles.append(try BundleSettings(node, name: name))
        }
        result.bundles.sort { $0.name.precedesByBytes($1.name) }
        for (name, node) in try named(&fields, "keys", allowsList: false) {
            result.keys[name] = try KeySettings(node, name: name)
        }
        if let node = fields.node("decision_logs") { result.decisionLogs = try DecisionLogSettings(node) }
        if let node = fields.node("status") { result.status = try StatusSettings(node) }
        if let text = try fields.string("default_decision") { result.defaultDecision = path(text) }
        if let text = try fields.string("default_authorization_decision") { result.defaultAuthorization = path(text) }
        result.persistenceFolder = try fields.string("persistence_directory")
        try fields.finish()
        result.shown = shown(node.value)
        return result
    }

    static func path(_ text: String) -> [String] { text.split(separator: "/").map(String.init) }

    private static func named(
        _ fields: inout Fields, _ key: String, allowsList: Bool
    ) throws(DocumentError) -> [(String, Node)] {
        guard let node = fields.node(key) else { return [] }
        if let members = node.members { return members.map { ($0.key, $0.node) } }
        guard allowsList, let elements = node.elements else {
            throw DocumentError(at: node.position, "configuration.\(key): expected an object, found \(node.typeName)")
        }
        var result: [(String, Node)] = []
        for element in elements {
            guard let name = element["name"]?.string else {
                throw DocumentError(
                    at: element.position, "configuration.\(key)[\(result.count)]: the key “name” is missing")
            }
            result.append((name, element))
        }
        return result
    }

    /// Credentials, headers and private keys are left out.
    private static func shown(_ value: Value) -> Value {
        var value = value
        func cleaned(_ service: Value) -> Value {
            var service = service
            service["credentials"] = nil
            service["headers"] = nil
            return service
        }
        if let services = value["services"]?.object {
            value["services"] = .object(Object(services.members.map { (key: $0.key, value: cleaned($0.value)) }))
        } else if let services = value["services"]?.array {
            value["services"] = .array(services.map(cleaned))
        }
        if let keys = value["keys"]?.object {
            value["keys"] = .object(
                Object(
                    keys.members.map { member in
                        var key = member.value
                        for secret in ["key", "private_key"] { key[secret] = nil }
                        return (key: member.key, value: key)
                    }))
        }
        return value
    }

    private func check(_ subject: String) throws(WaybillError) {
        func need(_ service: String?, _ what: String) throws(WaybillError) {
            guard let service, services[service] == nil else { return }
            let hint = Spelling.nearest(to: service, among: Array(services.keys)).map { "did you mean \($0)?" }
            throw WaybillError(
                .invalidInput, "\(what) names the service “\(service)”, which is not configured", subject: subject,
                remedy: hint)
        }
        for bundle in bundles {
            try need(bundle.service, "bundles.\(bundle.name)")
            if bundle.service == nil, !bundle.resource.hasPrefix("file://") {
                throw WaybillError(
                    .invalidInput, "bundles.\(bundle.name) needs a service, or a resource that begins with file://",
                    subject: subject)
            }
            if let identifier = bundle.signing?.keyIdentifier, keys[identifier] == nil {
                throw WaybillError(
                    .invalidInput,
                    "bundles.\(bundle.name).signing names the key “\(identifier)”, which is not configured",
                    subject: subject)
            }
        }
        try need(decisionLogs?.service, "decision_logs")
        try need(status?.service, "status")
    }
}
