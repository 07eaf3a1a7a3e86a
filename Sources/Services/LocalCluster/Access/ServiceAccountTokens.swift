import Crypto
import Documents
import Foundation
import Kubernetes
import WaybillCore

/// Tokens of service accounts: signed claims that name the account and end with it.
struct ServiceAccountTokens: Sendable {
    static let issuer = "https://kubernetes.default.svc"

    private let key: P256.Signing.PrivateKey

    /// A new key where there is none yet.
    init(key pem: String?) throws(WaybillError) {
        guard let pem else {
            key = P256.Signing.PrivateKey()
            return
        }
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw WaybillError(.corrupted, "is no key", subject: "the key of service account tokens", cause: error)
        }
    }

    var pem: String { key.pemRepresentation }

    struct Claims: Sendable {
        var namespace: String
        var name: String
        var uid: String
        var audiences: [String]
        var bound: Value?
    }

    func issue(_ claims: Claims, seconds: Int) throws(APIError) -> String {
        let now = Int(Date().timeIntervalSince1970)
        var scope: Value = [
            "namespace": .string(claims.namespace),
            "serviceaccount": ["name": .string(claims.name), "uid": .string(claims.uid)],
        ]
        if let bound = claims.bound, let kind = bound["kind"]?.string {
            scope[kind.lowercased()] = ["name": bound["name"] ?? "", "uid": bound["uid"] ?? ""]
        }
        let payload: Value = [
            "aud": .array(claims.audiences.map(Value.string)), "exp": .integer(now + seconds), "iat": .integer(now),
            "iss": .string(Self.issuer), "jti": .string(UUID().uuidString.lowercased()), "kubernetes.io": scope,
            "nbf": .integer(now), "sub": .string("system:serviceaccount:\(claims.namespace):\(claims.name)"),
        ]
        let signed = Self.part(["alg": "ES256", "kid": .string(keyID)]) + "." + Self.part(payload)
        do {
            let signature = try key.signature(for: Array(signed.utf8))
            return signed + "." + Self.encode(signature.rawRepresentation)
        } catch {
            throw .internalError("the token cannot be signed")
        }
    }

    private var keyID: String { Self.encode(SHA256.hash(data: key.publicKey.rawRepresentation)) }

    private static func part(_ value: Value) -> String { encode(JSONWriter.bytes(value)) }

    private static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Base64.encode(bytes, alphabet: .urlSafe)
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }

    /// The claims of a token that we signed and that is not over; nil for every other text.
    func claims(of token: String) -> Value? {
        guard token.utf8.count < 16384 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Self.decode(parts[2]),
            let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            key.publicKey.isValidSignature(parsed, for: Array("\(parts[0]).\(parts[1])".utf8)),
            let payload = Self.decode(parts[1]), let claims = try? JSONReader.value(from: payload),
            let end = claims["exp"]?.integer, Int(Date().timeIntervalSince1970) < end,
            claims["iss"]?.string == Self.issuer
        else { return nil }
        return claims
    }

    static func user(namespace: String, name: String, uid: String) -> APIUser {
        APIUser(
            name: "system:serviceaccount:\(namespace):\(name)", uid: uid,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
    }

    /// Whom a token speaks for. The account must still be the one that the token was made for.
    func user(of token: String, _ store: ObjectStore) async -> (user: APIUser, audiences: [String])? {
        guard let claims = claims(of: token), let scope = claims["kubernetes.io"],
            let namespace = scope["namespace"]?.string, let account = scope["serviceaccount"],
            let name = account["name"]?.string, let uid = account["uid"]?.string
        else { return nil }
        guard let found = await store.get(.init(resource: "serviceaccounts", namespace: namespace, name: name)),
            found.uid == uid, !found.isBeingDeleted
        else { return nil }
        for (kind, resource) in [("pod", "pods"), ("secret", "secrets")] {
            guard let bound = scope[kind] else { continue }
            let object = await store.get(
                .init(resource: resource, namespace: namespace, name: bound["name"]?.string ?? ""))
            guard object?.uid == bound["uid"]?.string else { return nil }
        }
        var user = Self.user(namespace: namespace, name: name, uid: uid)
        if let id = claims["jti"]?.string { user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(id)"] }
        return (user, (claims["aud"]?.array ?? []).compactMap(\.string))
    }
}
