import Documents
import WaybillCore

/// A certificate of ours, in PEM.
public struct ClientCertificateSettings: Sendable {
    public var certificatePath: String
    public var keyPath: String
    public var passphrase: String?

    init(_ node: Node, of name: String) throws(DocumentError) {
        var fields = try Fields(node, of: name)
        certificatePath = try fields.requiredString("cert")
        keyPath = try fields.requiredString("private_key")
        passphrase = try fields.string("private_key_passphrase")
        if let found = fields.node("cert_reread_interval_seconds") {
            throw DocumentError(at: found.position, "\(name).cert_reread_interval_seconds is not supported")
        }
        try fields.finish()
    }
}

/// OAuth 2.0's client credentials (RFC 6749 section 4.4).
public struct ClientCredentialsSettings: Sendable {
    public var tokenURL: String
    public var clientIdentifier: String
    public var clientSecret: String
    public var scopes: [String]
    /// Further parameters of the request.
    public var parameters: [(name: String, value: String)] = []
    public var headers: [(name: String, value: String)] = []

    init(_ node: Node, of name: String) throws(DocumentError) {
        var fields = try Fields(node, of: name)
        if let grant = try fields.string("grant_type"), grant != "client_credentials" {
            throw DocumentError(
                at: node["grant_type"]?.position ?? node.position,
                "\(name).grant_type: only client_credentials is supported")
        }
        tokenURL = try fields.requiredString("token_url")
        // The secret goes there: nobody may read it on the way.
        guard tokenURL.hasPrefix("https://") || Self.isLoopback(tokenURL), !tokenURL.contains("@") else {
            throw DocumentError(
                at: node["token_url"]?.position ?? node.position, "\(name).token_url: expected https://")
        }
        clientIdentifier = try fields.requiredString("client_id")
        clientSecret = try fields.requiredString("client_secret")
        scopes = try fields.strings("scopes") ?? []
        for (key, isHeader) in [("additional_parameters", false), ("additional_headers", true)] {
            for member in try fields.members(key) ?? [] {
                guard let text = member.node.string, !isHeader || ServiceSettings.isHeader(member.key, text) else {
                    throw DocumentError(at: member.node.position, "\(name).\(key).\(member.key): expected a string")
                }
                if isHeader { headers.append((member.key, text)) } else { parameters.append((member.key, text)) }
            }
        }
        try fields.finish()
    }

    private static func isLoopback(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]"]
            .contains { url.hasPrefix($0) }
    }

    /// The request's body; identifier and secret go into the Authorization header.
    var form: String {
        var pairs = [("grant_type", "client_credentials")]
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined(separator: " "))) }
        pairs += parameters.map { ($0.name, $0.value) }
        return pairs.map { "\(FormEncoding.encode($0.0))=\(FormEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// RFC 6749 section 2.3.1: both are encoded before they are put together.
    var authorization: String {
        let pair = "\(FormEncoding.encode(clientIdentifier)):\(FormEncoding.encode(clientSecret))"
        return "Basic " + Base64.encode(Array(pair.utf8))
    }
}

/// `application/x-www-form-urlencoded`
enum FormEncoding {
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20: result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return result
    }
}
