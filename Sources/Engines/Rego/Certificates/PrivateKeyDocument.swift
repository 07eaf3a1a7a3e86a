import Crypto
import CryptoExtras
import WaybillCore

/// A private key from PEM, as a web key and in the parts that Go's keys have.
enum PrivateKeyDocument {
    case rsa(RSA)
    case curve(name: String, x: [UInt8], y: [UInt8], d: [UInt8])
    case ed25519(seed: [UInt8], publicKey: [UInt8])

    struct RSA {
        var n, e, d, p, q, dp, dq, qi: [UInt8]
    }

    /// Every key in PEM, or in base 64 of it.
    static func all(_ text: String) throws(BuiltinFailure) -> [PrivateKeyDocument] {
        var content = text
        if let decoded = Base64.decode(text) { content = String(decoding: decoded, as: UTF8.self) }
        var result: [PrivateKeyDocument] = []
        do throws(DERValue.Malformed) {
            for block in PEMBlock.blocks(content) {
                switch block.type {
                case "RSA PRIVATE KEY": result.append(.rsa(try rsa(block.bytes[...])))
                case "EC PRIVATE KEY": result.append(try curve(block.bytes[...], parameters: nil))
                case "PRIVATE KEY": result.append(try pkcs8(block.bytes[...]))
                default: break
                }
            }
        } catch {
            throw BuiltinFailure("x509: failed to parse private key: \(error.message)")
        }
        return result
    }

    private static func rsa(_ bytes: ArraySlice<UInt8>) throws(DERValue.Malformed) -> RSA {
        let numbers = try DERValue(bytes).expect(DERValue.sequence).members().map(\.magnitude)
        guard numbers.count >= 9 else { throw DERValue.Malformed("malformed RSA key") }
        return RSA(
            n: numbers[1], e: numbers[2], d: numbers[3], p: numbers[4], q: numbers[5], dp: numbers[6],
            dq: numbers[7], qi: numbers[8])
    }

    private static let curves: [[Int]: String] = [
        [1, 2, 840, 10045, 3, 1, 7]: "P-256", [1, 3, 132, 0, 34]: "P-384", [1, 3, 132, 0, 35]: "P-521",
    ]

    private static func curve(
        _ bytes: ArraySlice<UInt8>, parameters: [Int]?
    ) throws(DERValue.Malformed) -> PrivateKeyDocument {
        let parts = try DERValue(bytes).expect(DERValue.sequence).members()
        guard parts.count >= 2 else { throw DERValue.Malformed("malformed EC key") }
        var identifier = parameters
        for part in parts where part.tag == 0xA0 { identifier = try DERValue(part.content).identifierParts() }
        guard let name = identifier.flatMap({ curves[$0] }) else { throw DERValue.Malformed("unknown elliptic curve") }
        let secret = Array(parts[1].content)
        let point: [UInt8]?
        switch name {
        case "P-256": point = (try? P256.Signing.PrivateKey(rawRepresentation: secret)).map { Array($0.publicKey.rawRepresentation) }
        case "P-384": point = (try? P384.Signing.PrivateKey(rawRepresentation: secret)).map { Array($0.publicKey.rawRepresentation) }
        default: point = (try? P521.Signing.PrivateKey(rawRepresentation: secret)).map { Array($0.publicKey.rawRepresentation) }
        }
        guard let point else { throw DERValue.Malformed("invalid elliptic curve private key value") }
        return .curve(
            name: name, x: Array(point[..<(point.count / 2)]), y: Array(point[(point.count / 2)...]), d: secret)
    }

    private static func pkcs8(_ bytes: ArraySlice<UInt8>) throws(DERValue.Malformed) -> PrivateKeyDocument {
        let parts = try DERValue(bytes).expect(DERValue.sequence).members()
        guard parts.count >= 3, let algorithm = try parts[1].members().first?.identifierParts() else {
            throw DERValue.Malformed("malformed PKCS #8 key")
        }
        switch CertificateDocument.keyNumber(algorithm) {
        case 1: return .rsa(try rsa(parts[2].content))
        case 3:
            let parameters = try parts[1].members()
            return try curve(parts[2].content, parameters: parameters.count > 1 ? parameters[1].identifierParts() : nil)
        case 4:
            let seed = Array(try DERValue(parts[2].content).content)
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
                throw DERValue.Malformed("invalid Ed25519 private key")
            }
            return .ed25519(seed: seed, publicKey: Array(key.publicKey.rawRepresentation))
        default: throw DERValue.Malformed("unknown key algorithm")
        }
    }

    /// RFC 7517 and 7518.
    var webKey: RegoValue {
        func text(_ bytes: [UInt8]) -> RegoValue { .string(Base64.encode(bytes, alphabet: .urlSafe)) }
        switch self {
        case .rsa(let key):
            return [
                "kty": "RSA", "n": text(key.n), "e": text(key.e), "d": text(key.d), "p": text(key.p),
                "q": text(key.q), "dp": text(key.dp), "dq": text(key.dq), "qi": text(key.qi),
            ]
        case .curve(let name, let x, let y, let d):
            return ["kty": "EC", "crv": .string(name), "x": text(x), "y": text(y), "d": text(d)]
        case .ed25519(let seed, let publicKey):
            return ["kty": "OKP", "crv": "Ed25519", "x": text(publicKey), "d": text(seed)]
        }
    }

    /// Go's `rsa.PrivateKey`, `ecdsa.PrivateKey` and `ed25519.PrivateKey`.
    var value: RegoValue {
        func number(_ bytes: [UInt8]) -> RegoValue {
            .number(RegoNumber(DERValue(tag: 2, content: [0] + bytes[...], whole: []).number))
        }
        switch self {
        case .rsa(let key):
            return [
                "N": number(key.n), "E": number(key.e), "D": number(key.d),
                "Primes": .array([number(key.p), number(key.q)]),
                "Precomputed": [
                    "Dp": number(key.dp), "Dq": number(key.dq), "Qinv": number(key.qi), "CRTValues": .array([]),
                ],
            ]
        case .curve(_, let x, let y, let d):
            return ["Curve": .object(RegoObject([])), "X": number(x), "Y": number(y), "D": number(d)]
        case .ed25519(let seed, let publicKey): return .string(Base64.encode(seed + publicKey))
        }
    }

    /// Whether the key is the one in the certificate.
    func belongs(to certificate: CertificateDocument) -> Bool {
        let own = PublicKeyDocument.value(certificate.keyInfo)
        switch self {
        case .rsa: return own["N"] == value["N"]
        case .curve: return own["X"] == value["X"] && own["Y"] == value["Y"]
        case .ed25519(_, let publicKey): return own.string == Base64.encode(publicKey)
        }
    }
}
