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
                return [token.header, token.payload, .string(Hex.encode(token.signature))]
            },
            Builtin("io.jwt.decode_verify", 2, decodeAndVerify), Builtin("io.jwt.encode_sign", 3, encode),
            Builtin("io.jwt.encode_sign_raw", 3, encodeRaw),
        ]
        + ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"].map { algorithm in
            Builtin("io.jwt.verify_\(algorithm.lowercased())", 2) { (a) throws(BuiltinFailure) in
                let token = try WebToken.Sections(try a.string(0))
                let keys = try TokenKey.keys(try a.string(1))
                return .bool(
                    keys.contains { $0.key.verifies(token.signature, over: token.signed, algorithm: algorithm) })
            }
        }
        + ["HS256", "HS384", "HS512"].map { algorithm in
            Builtin("io.jwt.verify_\(algorithm.lowercased())", 2) { (a) throws(BuiltinFailure) in
                let token = try WebToken.Sections(try a.string(0))
                let key = TokenKey.shared(Array(try a.string(1).utf8))
                return .bool(key.verifies(token.signature, over: token.signed, algorithm: algorithm))
            }
        }

    /// What a token must be to be taken.
    private struct Constraints {
        var keys: [(identifier: String?, key: TokenKey)] = []
        var algorithm: String?
        var issuer: String?
        var audience: String?
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
                case "cert": keys += try TokenKey.keys(try text())
                case "secret": keys.append((nil, .shared(Array(try text().utf8))))
                case "alg": algorithm = try text()
                case "iss": issuer = try text()
                case "aud": audience = try text()
                case "time":
                    guard let number = member.value.number else {
                        throw BuiltinFailure("time constraint: must be a number")
                    }
                    time = number
                default: throw BuiltinFailure("unknown token validation constraint: \(name)")
                }
            }
            guard !keys.isEmpty else { throw BuiltinFailure("no verification key available in constraints") }
        }
    }

    private static let refused: RegoValue = [false, .object(RegoObject([])), .object(RegoObject([]))]

    @Sendable static func decodeAndVerify(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let constraints = try Constraints(a)
        var token = try WebToken(try a.string(0))
        for _ in 0..<WebToken.nestingMax {
            let algorithm = token.header["alg"]?.string ?? ""
            let identifier = token.header["kid"]?.string
            // An extension that must be understood is not understood here.
            guard token.header["crit"] == nil, constraints.algorithm == nil || constraints.algorithm == algorithm else {
                return refused
            }
            let named = constraints.keys.filter { identifier != nil && $0.identifier == identifier }
            guard
                (named.isEmpty ? constraints.keys : named).contains(where: {
                    $0.key.verifies(token.sections.signature, over: token.sections.signed, algorithm: algorithm)
                })
            else { return refused }
            guard let inner = try token.inner() else { break }
            token = inner
        }
        let payload = token.payload
        if let issuer = constraints.issuer, payload["iss"] != .string(issuer) { return refused }
        switch (constraints.audience, payload["aud"]) {
        case (let wanted?, .string(let audience)?): guard audience.hasSameBytes(as: wanted) else { return refused }
        case (let wanted?, .array(let audiences)?): guard audiences.contains(.string(wanted)) else { return refused }
        case (nil, nil): break
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
        return [true, token.header, payload]
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

/// A token taken apart.
struct WebToken {
    /// The three parts, of which the first two are signed.
    struct Sections {
        let signed: [UInt8]
        let parts: [String]
        let signature: [UInt8]

        init(_ token: String) throws(BuiltinFailure) {
            parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else { throw BuiltinFailure("encoded JWT had no period separators") }
            guard parts.count == 3 else {
                throw BuiltinFailure("encoded JWT must have 3 sections, found \(parts.count)")
            }
            signed = Array("\(parts[0]).\(parts[1])".utf8)
            signature = try WebToken.decode(parts[2], "signature")
        }
    }

    /// Tokens within tokens, so deep.
    static let nestingMax = 8

    let sections: Sections
    let header: RegoValue
    private let body: [UInt8]

    var signature: [UInt8] { sections.signature }

    init(_ token: String) throws(BuiltinFailure) {
        sections = try Sections(token)
        header = try Self.object(try Self.decode(sections.parts[0], "header"), "header")
        body = try Self.decode(sections.parts[1], "payload")
    }

    var payload: RegoValue { (try? Self.object(body, "payload")) ?? .object(RegoObject([])) }

    /// The token that is this one's payload.
    func inner() throws(BuiltinFailure) -> WebToken? {
        guard header["cty"]?.string?.uppercased() == "JWT" else {
            _ = try Self.object(body, "payload")
            return nil
        }
        let text = String(decoding: body, as: UTF8.self)
        let quoted = try? JSONReader.value(from: text)
        return try WebToken(quoted?.string ?? text)
    }

    func innermost() throws(BuiltinFailure) -> WebToken {
        var token = self
        for _ in 0..<Self.nestingMax {
            guard let inner = try token.inner() else { return token }
            token = inner
        }
        throw BuiltinFailure("tokens nested deeper than \(Self.nestingMax) levels")
    }

    static func decode(_ text: String, _ part: String) throws(BuiltinFailure) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        let letters = Array(text.utf8)
        let bad = letters.firstIndex { byte in
            !((48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-_=".utf8.contains(byte))
        }
        guard bad == nil, let bytes = Base64.decode(letters) else {
            throw BuiltinFailure(
                "JWT \(part) had invalid encoding: illegal base64 data at input byte \(bad ?? letters.count - 1)")
        }
        return bytes
    }

    /// Of members with the same name the last one counts, as in the tokens that other programs read.
    private static func object(_ bytes: [UInt8], _ part: String) throws(BuiltinFailure) -> RegoValue {
        let document: RegoValue
        guard let value = LenientJSON.value(bytes) else { throw BuiltinFailure("JWT \(part) is not JSON") }
        document = value
        guard case .object = document else { throw BuiltinFailure("JWT \(part) is not an object") }
        return document
    }
}
