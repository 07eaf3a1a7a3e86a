import Crypto
import CryptoExtras
import Documents
import WaybillCore

/// JSON web tokens (RFC 7519).
enum TokenBuiltins {
    static let all: [Builtin] =
        [
            Builtin("io.jwt.decode", 1) { (a) throws(BuiltinFailure) in
                let token = try WebToken(try a.string(0)).innermost()
                let payload = try token.payload()
                return [
                    token.header.fields, payload, .string(Hex.encode(try token.sections.signature("JWT signature"))),
                ]
            },
            Builtin("io.jwt.decode_verify", 2, decodeAndVerify), Builtin("io.jwt.encode_sign", 3, encode),
            Builtin("io.jwt.encode_sign_raw", 3, encodeRaw),
        ]
        + ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"].map { algorithm in
            Builtin("io.jwt.verify_\(algorithm.lowercased())", 2) { (a) throws(BuiltinFailure) in
                let sections = try WebToken.Sections(try a.string(0))
                let keys = try TokenKey.keys(try a.string(1))
                let signature = try sections.signature()
                let header = try WebToken.Header(sections.parts[0])
                return .bool(
                    TokenKey.verifies(
                        keys, signature, over: sections.signed, algorithm: algorithm, stated: header.algorithm,
                        identifier: header.identifier))
            }
        }
        + ["HS256", "HS384", "HS512"].map { algorithm in
            Builtin("io.jwt.verify_\(algorithm.lowercased())", 2) { (a) throws(BuiltinFailure) in
                let token = try WebToken.Sections(try a.string(0))
                let key = TokenKey.shared(Array(try a.string(1).utf8))
                return .bool(key.verifies(try token.signature(), over: token.signed, algorithm: algorithm))
            }
        }

    /// What a token must be to be taken.
    private struct Constraints {
        var keys: [TokenKey.Offered]?
        var secret = ""
        var algorithm = ""
        var issuer = ""
        var audience = ""
        /// Nanoseconds since 1970.
        var time: RegoNumber

        init(_ a: Arguments) throws(BuiltinFailure) {
            time = RegoNumber(a.host.surroundings.nowNanoseconds)
            for member in try a.object(1) {
                let name = member.key.string ?? ""
                func text() throws(BuiltinFailure) -> String {
                    guard let text = member.value.string else {
                        throw BuiltinFailure("\(name) constraint: must be a string")
                    }
                    return text
                }
                switch name {
                case "cert": keys = try TokenKey.keys(try text())
                case "secret": secret = try text()
                case "alg": algorithm = try text()
                case "iss": issuer = try text()
                case "aud": audience = try text()
                case "time":
                    guard let number = member.value.number else {
                        throw BuiltinFailure("token time constraint: must be a number")
                    }
                    guard !number.isNegative else {
                        throw BuiltinFailure("token time constraint: must not be negative")
                    }
                    time = number
                default: throw BuiltinFailure("unknown token validation constraint: \(name)")
                }
            }
            guard keys == nil || secret.isEmpty else { throw BuiltinFailure("duplicate key constraints") }
            guard keys != nil || !secret.isEmpty else { throw BuiltinFailure("no key constraint") }
        }

        /// Whether the keys that are trusted made the signature, by the algorithm that the token states.
        func verifies(_ token: WebToken) throws(BuiltinFailure) -> Bool {
            let signature = try token.sections.signature()
            let stated = token.header.algorithm
            guard let keys else {
                return TokenKey.shared(Array(secret.utf8)).verifies(
                    signature, over: token.sections.signed, algorithm: stated)
            }
            return TokenKey.verifies(
                keys, signature, over: token.sections.signed, algorithm: stated, stated: stated,
                identifier: token.header.identifier)
        }
    }

    private static let refused: RegoValue = [false, .object(RegoObject([])), .object(RegoObject([]))]

    @Sendable static func decodeAndVerify(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let constraints = try Constraints(a)
        var token = try WebToken(try a.string(0))
        for _ in 0..<WebToken.nestingMax {
            guard token.header.isUnderstood,
                constraints.algorithm.isEmpty || constraints.algorithm.hasSameBytes(as: token.header.algorithm),
                try constraints.verifies(token)
            else { return refused }
            guard let inner = try token.inner() else { break }
            token = inner
        }
        let payload = try token.payload()
        if !constraints.issuer.isEmpty, payload["iss"] != .string(constraints.issuer) { return refused }
        switch payload["aud"] {
        case .string(let audience)?:
            guard audience.hasSameBytes(as: constraints.audience) else { return refused }
        case .array(let audiences)?:
            guard audiences.contains(.string(constraints.audience)) else { return refused }
        case nil: guard constraints.audience.isEmpty else { return refused }
        default: return refused
        }
        let billion = RegoNumber(1_000_000_000)
        if let expiry = payload["exp"] {
            guard let seconds = expiry.number else { throw BuiltinFailure("exp value must be a number") }
            guard RegoNumber.compare(constraints.time, seconds * billion) < 0 else { return refused }
        }
        if let start = payload["nbf"] {
            guard let seconds = start.number else { throw BuiltinFailure("nbf value must be a number") }
            guard RegoNumber.compare(constraints.time, seconds * billion) >= 0 else { return refused }
        }
        return [true, token.header.fields, payload]
    }

    @Sendable static func encode(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        _ = (try a.object(0), try a.object(1), try a.object(2))
        return .string(try sign(header: a[0].json, payload: a[1].json, key: a[2]))
    }

    @Sendable static func encodeRaw(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (header, payload) = (try a.string(0), try a.string(1))
        guard let key = try? JSONReader.value(from: try a.string(2)) else {
            throw BuiltinFailure("failed to parse a JWK key")
        }
        return .string(try sign(header: header, payload: payload, key: RegoValue(key)))
    }

    private static func sign(header: String, payload: String, key: RegoValue) throws(BuiltinFailure) -> String {
        let invalid = "missing or invalid 'alg' header"
        guard !header.isEmpty else { throw BuiltinFailure("\(invalid): cannot parse JSON: cannot parse empty string") }
        guard let fields = try? JSONReader.value(from: header) else {
            throw BuiltinFailure("\(invalid): cannot parse JSON")
        }
        guard let algorithm = fields["alg"]?.string else { throw BuiltinFailure(invalid) }
        guard TokenKey.algorithms.contains(algorithm) else {
            throw BuiltinFailure("unknown JWS algorithm: \(algorithm)")
        }
        let type = fields["typ"]?.string
        if type == nil || type == "JWT", (try? JSONReader.value(from: payload)) == nil {
            throw BuiltinFailure("type is JWT but payload is not JSON")
        }
        let text =
            Base64.encode(header.utf8, alphabet: .urlSafe) + "." + Base64.encode(payload.utf8, alphabet: .urlSafe)
        guard let signature = try signature(Array(text.utf8), algorithm, key) else {
            throw BuiltinFailure("unsupported signature algorithm or key: \(algorithm)")
        }
        return text + "." + Base64.encode(signature, alphabet: .urlSafe)
    }

    private static func signature(_ text: [UInt8], _ algorithm: String, _ key: RegoValue) throws(BuiltinFailure)
        -> [UInt8]?
    {
        func bytes(_ name: String) -> [UInt8]? { key[name]?.string.flatMap { Base64.decode($0) } }
        switch (algorithm, key["kty"]?.string) {
        case ("HS256", "oct"):
            return bytes("k").map { Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: $0))) }
        case ("HS384", "oct"):
            return bytes("k").map { Array(HMAC<SHA384>.authenticationCode(for: text, using: SymmetricKey(data: $0))) }
        case ("HS512", "oct"):
            return bytes("k").map { Array(HMAC<SHA512>.authenticationCode(for: text, using: SymmetricKey(data: $0))) }
        case ("EdDSA", "OKP"):
            guard let seed = bytes("d"), let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
                return nil
            }
            return (try? key.signature(for: text)).map { Array($0) }
        case ("ES256", "EC"):
            guard let key = bytes("d").flatMap({ try? P256.Signing.PrivateKey(rawRepresentation: padded($0, 32)) })
            else { return nil }
            return (try? key.signature(for: SHA256.hash(data: text))).map { Array($0.rawRepresentation) }
        case ("ES384", "EC"):
            guard let key = bytes("d").flatMap({ try? P384.Signing.PrivateKey(rawRepresentation: padded($0, 48)) })
            else { return nil }
            return (try? key.signature(for: SHA384.hash(data: text))).map { Array($0.rawRepresentation) }
        case ("ES512", "EC"):
            guard let key = bytes("d").flatMap({ try? P521.Signing.PrivateKey(rawRepresentation: padded($0, 66)) })
            else { return nil }
            return (try? key.signature(for: SHA512.hash(data: text))).map { Array($0.rawRepresentation) }
        case ("RS256", "RSA"): return rsa(SHA256.hash(data: text), .insecurePKCS1v1_5, key)
        case ("RS384", "RSA"): return rsa(SHA384.hash(data: text), .insecurePKCS1v1_5, key)
        case ("RS512", "RSA"): return rsa(SHA512.hash(data: text), .insecurePKCS1v1_5, key)
        case ("PS256", "RSA"): return rsa(SHA256.hash(data: text), .PSS, key)
        case ("PS384", "RSA"): return rsa(SHA384.hash(data: text), .PSS, key)
        case ("PS512", "RSA"): return rsa(SHA512.hash(data: text), .PSS, key)
        default: return nil
        }
    }

    private static func padded(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeating: 0, count: max(0, count - bytes.count)) + bytes
    }

    /// A signature by a web key with all of its numbers.
    private static func rsa<D: Crypto.Digest>(
        _ digest: D, _ padding: _RSA.Signing.Padding, _ key: RegoValue
    ) -> [UInt8]? {
        var numbers: [[UInt8]] = [DERWriter.integer([0])]
        for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
            guard let bytes = key[name]?.string.flatMap({ Base64.decode($0) }) else { return nil }
            numbers.append(DERWriter.integer(bytes))
        }
        guard let secret = try? _RSA.Signing.PrivateKey(derRepresentation: DERWriter.sequence(numbers)) else {
            return nil
        }
        return (try? secret.signature(for: digest, padding: padding)).map { Array($0.rawRepresentation) }
    }
}
