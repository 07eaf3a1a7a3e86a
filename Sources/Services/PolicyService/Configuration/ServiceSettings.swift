import Documents
public import PolicyTools
import WaybillCore

/// Another server: where it is and how to log in.
public struct ServiceSettings: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case http = "", oci }

    public var name: String
    /// Without a slash at its end.
    public var url: String
    public var kind = Kind.http
    public var headers: [(name: String, value: String)] = []
    public var bearerToken: String?
    public var bearerTokenPath: String?
    public var bearerScheme = "Bearer"
    /// The certificate that we show, where the service asks for one.
    public var clientCertificate: ClientCertificateSettings?
    /// Where tokens are fetched.
    public var grant: ClientCredentialsSettings?
    /// A file of authorities to trust beside those of the machine.
    public var authorityPath: String?
    public var allowsInsecureTLS = false
    public var timeoutSeconds = 10

    init(_ node: Node, name: String) throws(DocumentError) {
        var fields = try Fields(node, of: "services.\(name)")
        _ = try fields.string("name")
        self.name = name
        let url = try fields.requiredString("url")
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains("@") else {
            throw DocumentError(
                at: node["url"]?.position ?? node.position,
                "services.\(name).url: expected http:// or https:// without credentials")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        kind = try fields.word("type", as: Kind.self) ?? .http
        for member in try fields.members("headers") ?? [] {
            guard let text = member.node.string, Self.isHeader(member.key, text) else {
                throw DocumentError(
                    at: member.node.position, "services.\(name).headers.\(member.key): not a header's value")
            }
            headers.append((member.key, text))
        }
        if let node = fields.node("credentials") { try readCredentials(node) }
        if let node = fields.node("tls") {
            var tls = try Fields(node, of: "services.\(name).tls")
            authorityPath = try tls.string("ca_cert")
            try tls.finish()
        }
        allowsInsecureTLS = try fields.bool("allow_insecure_tls") ?? false
        timeoutSeconds = try fields.integer("response_header_timeout_seconds", in: 1...3600) ?? 10
        try fields.finish()
    }

    private mutating func readCredentials(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "services.\(name).credentials")
        for kind in ["s3_signing", "gcp_metadata", "azure_managed_identity", "plugin"] {
            if let found = fields.node(kind) {
                throw DocumentError(at: found.position, "services.\(name).credentials.\(kind) is not supported")
            }
        }
        if let node = fields.node("bearer") {
            var bearer = try Fields(node, of: "services.\(name).credentials.bearer")
            bearerToken = try bearer.string("token")
            bearerTokenPath = try bearer.string("token_path")
            bearerScheme = try bearer.string("scheme") ?? "Bearer"
            try bearer.finish()
            guard (bearerToken == nil) != (bearerTokenPath == nil) else {
                throw DocumentError(
                    at: node.position, "services.\(name).credentials.bearer: give token or token_path, not both")
            }
            guard Self.isHeader("Authorization", bearerScheme + (bearerToken ?? "")) else {
                throw DocumentError(at: node.position, "services.\(name).credentials.bearer: not a token")
            }
        }
        let place = "services.\(name).credentials"
        if let node = fields.node("client_tls") {
            clientCertificate = try ClientCertificateSettings(node, of: "\(place).client_tls")
        }
        if let node = fields.node("oauth2") {
            grant = try ClientCredentialsSettings(node, of: "\(place).oauth2")
            guard bearerToken == nil, bearerTokenPath == nil else {
                throw DocumentError(at: node.position, "\(place): give bearer or oauth2, not both")
            }
        }
        try fields.finish()
    }

    static func isHeader(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

/// A key that bundles are checked with.
public struct KeySettings: Sendable {
    public var key: VerificationKey
    public var scope: String?

    init(_ node: Node, name: String) throws(DocumentError) {
        var fields = try Fields(node, of: "keys.\(name)")
        let text = try fields.requiredString("key")
        let word = try fields.string("algorithm") ?? "RS256"
        scope = try fields.string("scope")
        try fields.finish()
        do {
            key = try VerificationKey(text, algorithm: SigningAlgorithm(parsing: word))
        } catch {
            throw DocumentError(at: node.position, "keys.\(name): \(error.message)")
        }
    }
}

/// How often something is asked for, in seconds.
public struct PollingSettings: Sendable, Hashable {
    public var minimumSeconds: Int
    public var maximumSeconds: Int
    /// The server may let us wait so long for something new.
    public var longPollingSeconds: Int?

    init(_ node: Node?, of name: String, minimum: Int, maximum: Int, ignoring others: [String] = [])
        throws(DocumentError)
    {
        minimumSeconds = minimum
        maximumSeconds = maximum
        guard let node else { return }
        var fields = try Fields(node, of: name)
        for key in others { _ = fields.node(key) }
        let range = 0...(365 * 86400)
        let low = try fields.integer("min_delay_seconds", in: range)
        let high = try fields.integer("max_delay_seconds", in: range)
        longPollingSeconds = try fields.integer("long_polling_timeout_seconds", in: 1...3600)
        try fields.finish()
        guard (low == nil) == (high == nil) else {
            throw DocumentError(at: node.position, "\(name): give both min_delay_seconds and max_delay_seconds")
        }
        minimumSeconds = low ?? minimum
        maximumSeconds = high ?? maximum
        guard minimumSeconds <= maximumSeconds else {
            throw DocumentError(at: node.position, "\(name): min_delay_seconds is more than max_delay_seconds")
        }
    }
}
