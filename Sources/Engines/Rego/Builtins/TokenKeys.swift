import Crypto
import CryptoExtras
import Documents
import FoundationEssentials
import WaybillCore

/// A key that a web token may be signed with.
enum TokenKey {
    case shared([UInt8])
    case rsa(_RSA.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)

    /// A key as it is handed over, with what a key set says about it.
    struct Offered {
        var identifier: String?
        var algorithm: String?
        let key: TokenKey
    }

    static let algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512",
        "EdDSA",
    ]

    /// Keys of a certificate, a public key or a JWK (set). Keys for algorithms that nobody knows are left out.
    static func keys(_ text: String) throws(BuiltinFailure) -> [Offered] {
        let blocks = PEMBlock.blocks(text)
        if let block = blocks.first {
            guard blocks.count == 1, PEMBlock.endsText(text) else {
                throw BuiltinFailure("extra data after a PEM certificate block")
            }
            switch block.type {
            case "CERTIFICATE":
                guard let key = certificateKey(text) else { throw BuiltinFailure("failed to parse a PEM certificate") }
                return [Offered(key: key)]
            case "PUBLIC KEY":
                guard let key = publicKey(block.bytes) else { throw BuiltinFailure("failed to parse a PEM public key") }
                return [Offered(key: key)]
            default: throw BuiltinFailure("failed to extract a Key from the PEM certificate")
            }
        }
        guard let document = try? JSONReader.value(from: text), document.object != nil else {
            throw BuiltinFailure("failed to parse a JWK key (set)")
        }
        var offered: [Offered] = []
        for fields in document["keys"]?.array ?? [document] {
            let algorithm = fields["alg"]?.string
            if let algorithm, !algorithms.contains(algorithm) { continue }
            guard let key = webKey(fields) else { throw BuiltinFailure("failed to parse a JWK key (set)") }
            offered.append(Offered(identifier: fields["kid"]?.string, algorithm: algorithm, key: key))
        }
        return offered
    }

    /// Whether one of the keys signed the text: the one that the token names, or else any that is for the algorithm.
    static func verifies(
        _ offered: [Offered], _ signature: [UInt8], over text: [UInt8], algorithm: String, stated: String,
        identifier: String?
    ) -> Bool {
        if let identifier, !identifier.isEmpty, let named = offered.first(where: { $0.identifier == identifier }) {
            return named.key.verifies(signature, over: text, algorithm: algorithm)
        }
        return offered.contains { key in
            (key.algorithm == nil || key.algorithm == stated)
                && key.key.verifies(signature, over: text, algorithm: algorithm)
        }
    }

    private static func certificateKey(_ text: String) -> TokenKey? {
        guard let block = PEMBlock.blocks(text).first(where: { $0.type == "CERTIFICATE" }),
            let certificate = try? CertificateDocument(block.bytes)
        else { return nil }
        return publicKey(Array(certificate.keyInfo))
    }

    private static func publicKey(_ text: String) -> TokenKey? {
        PEMBlock.blocks(text).lazy.compactMap { publicKey($0.bytes) }.first
    }

    /// From a SubjectPublicKeyInfo.
    static func publicKey(_ bytes: [UInt8]) -> TokenKey? {
        if let key = try? P256.Signing.PublicKey(derRepresentation: bytes) { return .p256(key) }
        if let key = try? P384.Signing.PublicKey(derRepresentation: bytes) { return .p384(key) }
        if let key = try? P521.Signing.PublicKey(derRepresentation: bytes) { return .p521(key) }
        if let key = try? _RSA.Signing.PublicKey(derRepresentation: bytes) { return .rsa(key) }
        // RFC 8410: a fixed head, then the key.
        let head: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        if bytes.starts(with: head),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes.dropFirst(head.count))
        {
            return .ed25519(key)
        }
        return nil
    }

    private static func webKey(_ fields: Documents.Value) -> TokenKey? {
        func bytes(_ name: String) -> [UInt8]? { fields[name]?.string.flatMap { Base64.decode($0) } }
        switch fields["kty"]?.string {
        case "oct": return bytes("k").map { .shared($0) }
        case "RSA":
            guard let n = bytes("n"), let e = bytes("e"), let key = try? _RSA.Signing.PublicKey(n: n, e: e) else {
                return nil
            }
            return .rsa(key)
        case "EC":
            guard let x = bytes("x"), let y = bytes("y") else { return nil }
            let sizes = ["P-256": 32, "P-384": 48, "P-521": 66]
            guard let curve = fields["crv"]?.string, let size = sizes[curve], x.count <= size, y.count <= size else {
                return nil
            }
            let raw = [x, y].flatMap { Array(repeating: 0, count: size - $0.count) + $0 }
            switch curve {
            case "P-256": return (try? P256.Signing.PublicKey(rawRepresentation: raw)).map { .p256($0) }
            case "P-384": return (try? P384.Signing.PublicKey(rawRepresentation: raw)).map { .p384($0) }
            default: return (try? P521.Signing.PublicKey(rawRepresentation: raw)).map { .p521($0) }
            }
        case "OKP":
            guard fields["crv"]?.string == "Ed25519", let x = bytes("x") else { return nil }
            return (try? Curve25519.Signing.PublicKey(rawRepresentation: x)).map { .ed25519($0) }
        default: return nil
        }
    }

    /// Whether the signature over the text is this key's, by the algorithm and no other.
    func verifies(_ signature: [UInt8], over text: [UInt8], algorithm: String) -> Bool {
        switch (algorithm, self) {
        case ("HS256", .shared(let secret)): return Self.isCode(SHA256.self, signature, text, secret)
        case ("HS384", .shared(let secret)): return Self.isCode(SHA384.self, signature, text, secret)
        case ("HS512", .shared(let secret)): return Self.isCode(SHA512.self, signature, text, secret)
        case ("RS256", .rsa(let key)): return Self.isRSA(key, signature, SHA256.hash(data: text), .insecurePKCS1v1_5)
        case ("RS384", .rsa(let key)): return Self.isRSA(key, signature, SHA384.hash(data: text), .insecurePKCS1v1_5)
        case ("RS512", .rsa(let key)): return Self.isRSA(key, signature, SHA512.hash(data: text), .insecurePKCS1v1_5)
        case ("PS256", .rsa(let key)): return Self.isRSA(key, signature, SHA256.hash(data: text), .PSS)
        case ("PS384", .rsa(let key)): return Self.isRSA(key, signature, SHA384.hash(data: text), .PSS)
        case ("PS512", .rsa(let key)): return Self.isRSA(key, signature, SHA512.hash(data: text), .PSS)
        case ("ES256", .p256(let key)):
            guard let value = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA256.hash(data: text))
        case ("ES384", .p384(let key)):
            guard let value = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA384.hash(data: text))
        case ("ES512", .p521(let key)):
            guard let value = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA512.hash(data: text))
        case ("EdDSA", .ed25519(let key)): return key.isValidSignature(signature, for: text)
        default: return false
        }
    }

    private static func isCode<H: HashFunction>(_ type: H.Type, _ code: [UInt8], _ text: [UInt8], _ secret: [UInt8])
        -> Bool
    {
        HMAC<H>.isValidAuthenticationCode(code, authenticating: text, using: SymmetricKey(data: secret))
    }

    private static func isRSA<D: Crypto.Digest>(
        _ key: _RSA.Signing.PublicKey, _ signature: [UInt8], _ digest: D, _ padding: _RSA.Signing.Padding
    ) -> Bool {
        key.isValidSignature(_RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: padding)
    }
}
