import Attestations
import Documents
public import WaybillCore

/// The keys that a verifier trusts, as a file that people keep in Git: who signs with which key, from when to when, for
/// which papers.
public struct TrustedKeyFile: Hashable, Sendable {
    /// The largest file that is read, and the most keys in it.
    public static let bytesMax = 4 << 20
    public static let keysMax = 1000

    public var keys: [TrustedKey]

    public init(_ keys: [TrustedKey]) { self.keys = keys }

    /// Reads YAML or JSON with a list `keys`. A member that is not known is an error: a misspelt limit must not vanish.
    public init(parsing bytes: [UInt8], file: String = "keys.yaml") throws(WaybillError) {
        guard bytes.count <= Self.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bytesMax) bytes", subject: file)
        }
        do throws(DocumentError) {
            var fields = try Fields(YAMLReader.node(from: bytes), of: "trusted keys")
            var keys: [TrustedKey] = []
            for node in try fields.elements("keys") ?? [] {
                guard keys.count < Self.keysMax else {
                    throw DocumentError(at: node.position, "more than \(Self.keysMax) keys")
                }
                keys.append(try Self.key(node))
            }
            try fields.finish()
            guard !keys.isEmpty else { throw DocumentError(at: fields.node.position, "“keys” is missing or empty") }
            self.keys = keys
        } catch {
            throw error.inFile(file)
        }
    }

    private static func key(_ node: Node) throws(DocumentError) -> TrustedKey {
        var fields = try Fields(node, of: "key")
        let name = try fields.requiredString("name")
        let text = try fields.requiredString("key")
        let encoding: PublicKey.SignatureEncoding = try fields.word("signatures") ?? .standard
        let hash: PublicKey.HashAlgorithm? = try fields.word("hash")
        let types = try fields.strings("predicateTypes")
        let validAfter = try time("validAfter", &fields)
        let validBefore = try time("validBefore", &fields)
        let revoked = try time("revoked", &fields)
        try fields.finish()
        var key: PublicKey
        let isSSH = !text.utf8.starts(with: "-----BEGIN".utf8)
        do throws(WaybillError) { key = try isSSH ? PublicKey(openSSH: text) : PublicKey(pem: text) } catch {
            throw DocumentError(at: node["key"]?.position ?? node.position, error.message)
        }
        key.encoding = encoding
        key.hash = hash
        if let validAfter, let validBefore, validAfter >= validBefore {
            throw DocumentError(at: node.position, "the key is valid at no time: validAfter is not before validBefore")
        }
        return TrustedKey(
            key, name: name, scheme: isSSH ? .ssh(namespace: TrustedKey.sshNamespace) : .plain,
            predicateTypes: types.map(Set.init), validAfter: validAfter, validBefore: validBefore, revoked: revoked)
    }

    private static func time(_ name: String, _ fields: inout Fields) throws(DocumentError) -> Timestamp? {
        guard let node = fields.node(name) else { return nil }
        guard let time = node.string.flatMap({ Timestamp($0) }) else {
            throw DocumentError(at: node.position, "“\(name)” is no time; write it as 2026-11-21T12:00:00Z")
        }
        return time
    }
}
