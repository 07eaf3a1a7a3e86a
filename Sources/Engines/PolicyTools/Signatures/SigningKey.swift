import Crypto
import CryptoExtras
import FoundationEssentials
import SwiftASN1
public import WaybillCore

/// The algorithms of signed tokens (RFC 7518, RFC 8037).
public enum SigningAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case eddsa = "EdDSA"

    /// Both sides hold the same secret.
    public var isShared: Bool { rawValue.hasPrefix("HS") }

    public init(parsing text: String) throws(WaybillError) {
        guard let found = SigningAlgorithm(rawValue: text) else {
            let hint = Spelling.nearest(to: text, among: Self.allCases.map(\.rawValue)).map { "did you mean \($0)?" }
            throw WaybillError(
                .invalidInput, "unknown signature algorithm: \(Redaction.excerpt(text))", subject: "signing algorithm",
                remedy: hint ?? "known are \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = found
    }
}

/// A key that makes tokens: a secret, or a private key as PEM.
public struct SigningKey: Sendable {
    private enum Material: Sendable {
        case secret([UInt8])
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    public let algorithm: SigningAlgorithm
    private let material: Material

    public init(_ text: String, algorithm: SigningAlgorithm) throws(WaybillError) {
        self.algorithm = algorithm
        guard let found = Self.material(text, algorithm) else {
            throw WaybillError(
                .invalidInput, "the key is not one that \(algorithm.rawValue) signs with", subject: "signing key",
                remedy: algorithm.isShared ? "give a secret that is not empty" : "give a private key as PEM")
        }
        material = found
    }

    private static func material(_ text: String, _ algorithm: SigningAlgorithm) -> Material? {
        switch algorithm {
        case .hs256, .hs384, .hs512: return text.isEmpty ? nil : .secret(Array(text.utf8))
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            return (try? _RSA.Signing.PrivateKey(pemRepresentation: text)).map { .rsa($0) }
        case .es256: return (try? P256.Signing.PrivateKey(pemRepresentation: text)).map { .p256($0) }
        case .es384: return (try? P384.Signing.PrivateKey(pemRepresentation: text)).map { .p384($0) }
        case .es512: return (try? P521.Signing.PrivateKey(pemRepresentation: text)).map { .p521($0) }
        case .eddsa:
            // RFC 8410, section 7: a fixed head, then the seed.
            let head: [UInt8] = [
                0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
            ]
            guard let bytes = try? PEMDocument(pemString: text).derBytes, bytes.starts(with: head), bytes.count == 48
            else { return nil }
            return (try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst(16))).map { .ed25519($0) }
        }
    }

    func signature(over text: [UInt8]) throws(WaybillError) -> [UInt8] {
        do {
            switch (algorithm, material) {
            case (.hs256, .secret(let secret)): return Self.code(SHA256.self, text, secret)
            case (.hs384, .secret(let secret)): return Self.code(SHA384.self, text, secret)
            case (.hs512, .secret(let secret)): return Self.code(SHA512.self, text, secret)
            case (.rs256, .rsa(let key)):
                return Array(
                    try key.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
            case (.rs384, .rsa(let key)):
                return Array(
                    try key.signature(for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
            case (.rs512, .rsa(let key)):
                return Array(
                    try key.signature(for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
            case (.ps256, .rsa(let key)):
                return Array(try key.signature(for: SHA256.hash(data: text), padding: .PSS).rawRepresentation)
            case (.ps384, .rsa(let key)):
                return Array(try key.signature(for: SHA384.hash(data: text), padding: .PSS).rawRepresentation)
            case (.ps512, .rsa(let key)):
                return Array(try key.signature(for: SHA512.hash(data: text), padding: .PSS).rawRepresentation)
            case (.es256, .p256(let key)):
                return Array(try key.signature(for: SHA256.hash(data: text)).rawRepresentation)
            case (.es384, .p384(let key)):
                return Array(try key.signature(for: SHA384.hash(data: text)).rawRepresentation)
            case (.es512, .p521(let key)):
                return Array(try key.signature(for: SHA512.hash(data: text)).rawRepresentation)
            case (.eddsa, .ed25519(let key)): return Array(try key.signature(for: text))
            default: throw WaybillError(.failed, "the key does not fit the algorithm", subject: "signing key")
            }
        } catch {
            throw error as? WaybillError
                ?? WaybillError(.failed, "the token could not be signed", subject: "signing key", cause: error)
        }
    }

    private static func code<H: HashFunction>(_ type: H.Type, _ text: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        Array(HMAC<H>.authenticationCode(for: text, using: SymmetricKey(data: secret)))
    }
}
