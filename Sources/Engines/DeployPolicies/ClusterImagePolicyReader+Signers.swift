import Documents
import RegularExpressions
import Signatures
import Trust
import WaybillCore

extension ClusterImagePolicyReader {
    static func fixed(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        enum Action: String, CaseIterable { case pass, fail }
        var fields = try Fields(node, of: "static")
        let action: Action? = try fields.word("action")
        let message = try fields.string("message")
        try fields.finish()
        guard let action else { throw DocumentError(at: node.position, "static: the key “action” is missing") }
        return action == .pass ? .pass : .fail(message ?? "the policy denies it")
    }

    static func keys(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        var fields = try Fields(node, of: "key")
        let data = try fields.string("data")
        let kms = try fields.string("kms")
        let secret = fields.node("secretRef")
        let hash = try fields.string("hashAlgorithm")
        try fields.finish()
        guard [data != nil, kms != nil, secret != nil].filter({ $0 }).count == 1 else {
            throw DocumentError(at: node.position, "a key needs exactly one of data, kms and secretRef")
        }
        var algorithm: PublicKey.HashAlgorithm?
        if let hash {
            guard let known = PublicKey.HashAlgorithm(rawValue: hash.lowercased()) else {
                throw DocumentError(
                    at: node["hashAlgorithm"]?.position ?? node.position,
                    "hashAlgorithm: \(Redaction.excerpt(hash)) is not one of sha256, sha384, sha512")
            }
            algorithm = known
        }
        if let kms {
            try checkKeyService(kms, at: node["kms"]?.position ?? node.position)
            return .unreachable("the key lies in a key management service")
        }
        if let secret {
            var reference = try Fields(secret, of: "secretRef")
            _ = try reference.requiredString("name")
            _ = try reference.string("namespace")
            try reference.finish()
            return .unreachable("the key lies in a secret of the cluster")
        }
        return .keys(try publicKeys(data ?? "", hash: algorithm, at: node["data"]?.position ?? node.position))
    }

    private static func publicKeys(
        _ text: String, hash: PublicKey.HashAlgorithm?, at position: Position
    ) throws(DocumentError) -> [PublicKey] {
        var keys: [PublicKey] = []
        var block = ""
        for line in text.utf8.split(separator: 0x0A).map({ String(decoding: $0, as: UTF8.self) }) {
            block += line + "\n"
            guard line.utf8.starts(with: "-----END ".utf8) else { continue }
            do throws(WaybillError) {
                var key = try PublicKey(pem: block)
                if key.algorithm != .ed25519 { key.hash = hash }
                keys.append(key)
            } catch { throw DocumentError(at: position, "key.data: \(error.message)") }
            block = ""
        }
        guard !keys.isEmpty, !block.utf8.contains(where: { $0 > 0x20 }) else {
            throw DocumentError(at: position, "key.data holds no public key")
        }
        return keys
    }

    /// AWS keys must be named by ARN: a short name means another key in another account.
    private static func checkKeyService(_ text: String, at position: Position) throws(DocumentError) {
        let schemes = ["awskms://", "gcpkms://", "azurekms://", "hashivault://", "k8s://", "gitlab://"]
        guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else {
            throw DocumentError(at: position, "kms: expected one of \(schemes.joined(separator: ", "))")
        }
        guard scheme == "awskms://" else { return }
        let rest = text.dropFirst(scheme.count)
        let path = rest.firstIndex(of: "/").map { rest[rest.index(after: $0)...] } ?? ""
        let host = rest.prefix { $0 != "/" }
        let port = host.split(separator: ":", omittingEmptySubsequences: false)
        guard host.isEmpty || port.count == 2 && !port[0].isEmpty && UInt16(port[1]) != nil else {
            throw DocumentError(at: position, "kms: an endpoint is written as HOST:PORT")
        }
        let parts = path.split(separator: ":", omittingEmptySubsequences: false)
        let isNamed =
            parts.count == 6 && parts[0] == "arn" && parts[2] == "kms" && !parts[3].isEmpty && !parts[4].isEmpty
            && (parts[5].hasPrefix("key/") || parts[5].hasPrefix("alias/")) && !parts[5].hasSuffix("/")
        guard isNamed else {
            throw DocumentError(
                at: position, "kms: an AWS key must be named by ARN: awskms://[HOST]/arn:aws:kms:…:key/…")
        }
    }

    static func keyless(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        var fields = try Fields(node, of: "keyless")
        let url = try fields.string("url")
        let certificate = fields.node("ca-cert")
        let root = try fields.string("trustRootRef")
        let ignoresLog = try fields.bool("insecureIgnoreSCT") ?? false
        let identities = try fields.elements("identities") ?? []
        try fields.finish()
        guard url == nil || certificate == nil else {
            throw DocumentError(at: node.position, "keyless: expected exactly one of url and ca-cert, got both")
        }
        if let url { try checkAddress(url, at: node["url"]?.position ?? node.position) }
        guard !identities.isEmpty else {
            throw DocumentError(at: node.position, "keyless.identities is missing or empty: anybody could have signed")
        }
        var patterns: [IdentityPattern] = []
        for identity in identities { patterns.append(try self.identity(identity)) }
        if let certificate {
            // The same places as for keys; none of them is within reach.
            _ = try keys(certificate)
            return .unreachable("the certificate authority lies in a secret or key management service")
        }
        return .keyless(patterns, root: root, needsCertificateLog: !ignoresLog)
    }

    private static func identity(_ node: Node) throws(DocumentError) -> IdentityPattern {
        var fields = try Fields(node, of: "identities")
        func text(_ exact: String, _ pattern: String) throws(DocumentError) -> IdentityPattern.Text {
            let plain = try fields.string(exact)
            let expression = try fields.string(pattern)
            switch (plain, expression) {
            case (let plain?, nil) where !plain.isEmpty: return .exact(plain)
            case (nil, let expression?) where !expression.isEmpty:
                do throws(WaybillError) { return .matching(try RegularExpression(expression)) } catch {
                    throw DocumentError(at: node[pattern]?.position ?? node.position, "\(pattern): \(error.message)")
                }
            default: throw DocumentError(at: node.position, "an identity needs exactly one of \(exact) and \(pattern)")
            }
        }
        let pattern = IdentityPattern(
            subject: try text("subject", "subjectRegExp"), issuer: try text("issuer", "issuerRegExp"))
        try fields.finish()
        return pattern
    }
}
