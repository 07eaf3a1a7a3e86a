import Documents
public import WaybillCore

/// A way in which people are told what an advisory means for what they run.
public struct NotificationChannel: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// CloudEvents over HTTP, signed with a secret that both sides know.
        case webhook(url: String, secret: String)
        /// A text in the shape that Slack and its relatives take.
        case slack(url: String)
        /// E-mail by SMTP. The owner is the address where `to` is empty.
        case email(server: MailServer, from: String, to: [String])
    }

    public var name: String
    public var kind: Kind
    /// Whose messages go here; empty for everybody's.
    public var owners: [String]
    /// Less severe ones are not told; those whose severity is not known are.
    public var severityMin: Severity

    public init(name: String, kind: Kind, owners: [String] = [], severityMin: Severity = .unknown) {
        self.name = name
        self.kind = kind
        self.owners = owners
        self.severityMin = severityMin
    }

    func isFor(_ owner: String) -> Bool { owners.isEmpty || owners.contains(owner) }
}

extension NotificationChannel {
    /// Reads `channels: [{name, type, url, …}]` from YAML or JSON. A field that is not known is an error.
    public static func channels(from bytes: [UInt8], file: String) throws(WaybillError) -> [NotificationChannel] {
        do throws(DocumentError) {
            var fields = try Fields(try YAMLReader.node(from: bytes, schema: .core), of: "notifications")
            var channels: [NotificationChannel] = []
            for node in try fields.elements("channels") ?? [] { channels.append(try channel(node)) }
            try fields.finish()
            let names = Set(channels.map(\.name))
            guard names.count == channels.count else {
                throw DocumentError(at: .start, "two channels have the same name")
            }
            return channels
        } catch {
            throw error.inFile(file, remedy: "see docs/advisories.md, “Being told”")
        }
    }

    private static func channel(_ node: Node) throws(DocumentError) -> NotificationChannel {
        var fields = try Fields(node, of: "channel")
        let name = try fields.requiredString("name")
        let owners = try fields.strings("owners") ?? []
        let type = try fields.requiredString("type")
        var severity = Severity.unknown
        if let word = try fields.string("severity") {
            guard let known = Severity(spelling: word) else {
                throw DocumentError(at: node.position, "\(Redaction.excerpt(word)) is no severity")
            }
            severity = known
        }
        let kind: Kind
        switch type {
        case "webhook":
            kind = .webhook(url: try fields.requiredString("url"), secret: try fields.requiredString("secret"))
        case "slack": kind = .slack(url: try fields.requiredString("url"))
        case "email":
            kind = .email(
                server: try mailServer(&fields, node), from: try fields.requiredString("from"),
                to: try fields.strings("to") ?? [])
        default:
            throw DocumentError(
                at: node.position, "\(Redaction.excerpt(type)) is no kind of channel: webhook, slack, email")
        }
        try fields.finish()
        return NotificationChannel(name: name, kind: kind, owners: owners, severityMin: severity)
    }

    private static func mailServer(_ fields: inout Fields, _ node: Node) throws(DocumentError) -> MailServer {
        var security: MailServer.Security?
        if let word = try fields.string("security") {
            guard let known = MailServer.Security(rawValue: word) else {
                throw DocumentError(
                    at: node.position, "\(Redaction.excerpt(word)) is no way of encryption: none, starttls, tls")
            }
            security = known
        }
        let server = MailServer(
            host: try fields.requiredString("server"), port: try fields.integer("port", in: 1...65535) ?? 25,
            security: security, user: try fields.string("user"), passwordFile: try fields.string("passwordFile"),
            authorityFile: try fields.string("authorityFile"))
        if let contradiction = server.contradiction { throw DocumentError(at: node.position, contradiction) }
        return server
    }
}
