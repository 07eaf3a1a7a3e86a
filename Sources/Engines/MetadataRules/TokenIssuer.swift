public import Attestations
import Documents
public import Trust
public import WaybillCore

/// Somebody whose signed tokens (JSON Web Tokens, RFC 7519) say who a caller is.
public struct TokenIssuer: Hashable, Sendable {
    public struct Key: Hashable, Sendable {
        public var id: String
        /// The signature algorithm (RFC 7518); it belongs to the key, never to the token.
        public var algorithm: String
        public var key: PublicKey
    }

    /// Bytes of a token; keys of an issuer.
    public static let tokenBytesMax = 16 << 10
    public static let keysMax = 50
    /// By how much clocks may differ.
    static let leewaySeconds: Int64 = 60

    public var issuer: String
    public var audience: String
    public var keys: [Key]
    /// The claim that names the caller.
    public var identityClaim: String

    public init(issuer: String, audience: String, keys: [Key], identityClaim: String = "sub") {
        self.issuer = issuer
        self.audience = audience
        self.keys = keys
        self.identityClaim = identityClaim
    }

    /// The caller that a token names. Throws `.unauthenticated` for every token that is not in order.
    public static func identity(
        of token: String, among issuers: [TokenIssuer], at moment: Timestamp
    ) throws(WaybillError) -> Identity {
        guard token.utf8.count <= tokenBytesMax else { throw refused("is too long") }
        let parsed: CompactSignature
        do { parsed = try CompactSignature(parsing: token) } catch { throw refused(error.reason) }
        let header = parsed.header
        let claims = parsed.claims
        guard let name = claims["iss"]?.string, let issuer = issuers.first(where: { same($0.issuer, name) }) else {
            throw refused("is of an issuer that is not trusted")
        }
        let keyID = header["kid"]?.string
        let candidates = issuer.keys.filter { key in
            header["alg"]?.string.map { same($0, key.algorithm) } ?? false
                && (keyID.map { same($0, key.id) } ?? true)
        }
        guard candidates.contains(where: { $0.key.isValid(signature: parsed.signature, of: parsed.message) }) else {
            throw refused("is not signed by a key of its issuer")
        }
        return try issuer.identity(claims, at: moment)
    }

    private func identity(_ claims: Object, at moment: Timestamp) throws(WaybillError) -> Identity {
        let audiences = claims["aud"]?.array?.compactMap(\.string) ?? claims["aud"]?.string.map { [$0] } ?? []
        guard audiences.contains(where: { Self.same($0, audience) }) else { throw Self.refused("is for somebody else") }
        // A token without an end would be a password.
        guard let expiry = claims["exp"]?.number?.double, expiry.isFinite else { throw Self.refused("has no end") }
        let now = Double(moment.seconds)
        let leeway = Double(Self.leewaySeconds)
        guard now < expiry + leeway else { throw Self.refused("has expired") }
        if let begin = claims["nbf"] {
            guard let begin = begin.number?.double, now + leeway >= begin else {
                throw Self.refused("is not valid yet")
            }
        }
        guard let name = claims[identityClaim]?.string, !name.isEmpty, name.utf8.count <= 320 else {
            throw Self.refused("does not name its bearer (claim “\(identityClaim)”)")
        }
        if identityClaim == "email", claims["email_verified"]?.bool == false {
            throw Self.refused("names an address that its issuer has not verified")
        }
        return Identity(name)
    }

    private static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    private static func refused(_ message: String) -> WaybillError {
        WaybillError(.unauthenticated, "the token \(message)", subject: "token")
    }
}
