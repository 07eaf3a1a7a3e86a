import Crypto
import CryptoExtras
import FoundationEssentials
import SwiftASN1
public import WaybillCore
import X509

/// A key that tokens are checked with: a secret, or a public key or certificate as PEM.
public struct VerificationKey: Sendable {
    private enum Material: Sendable {
        case secret([UInt8])
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    public let algorithm: SigningAlgorithm
    private let material: Material

    public init(_ text: String, algorithm: SigningAlgorithm) throws(WaybillError) {
        self.algorithm = algorithm
        let found: Material? =
            if algorithm.isShared {
                text.isEmpty ? nil : .secret(Array(text.utf8))
            } else {
                Self.publicKey(text, algorithm)
            }
        guard let found else {
            throw WaybillError(
                .invalidInput, "the key is not one that \(algorithm.rawValue) is checked with",
                subject: "verification key",
                remedy: algorithm.isShared
                    ? "give a secret that is not empty" : "give a public key or a certificate as PEM, and its algorithm"
            )
        }
        material = found
    }

    private static func publicKey(_ text: String, _ algorithm: SigningAlgorithm) -> Material? {
        guard let document = try? PEMDocument(pemString: text) else { return nil }
        var pem = text
        if document.discriminator == "CERTIFICATE" {
            guard let certificate = try? Certificate(pemDocument: document),
                let key = try? certificate.publicKey.serializeAsPEM().pemString
            else { return nil }
            pem = key
        }
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            return (try? _RSA.Signing.PublicKey(pemRepresentation: pem)).map { .rsa($0) }
        case .es256: return (try? P256.Signing.PublicKey(pemRepresentation: pem)).map { .p256($0) }
        case .es384: return (try? P384.Signing.PublicKey(pemRepresentation: pem)).map { .p384($0) }
        case .es512: return (try? P521.Signing.PublicKey(pemRepresentation: pem)).map { .p521($0) }
        case .eddsa:
            // RFC 8410, section 4: a fixed head, then the key.
            let head: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
            guard let bytes = try? PEMDocument(pemString: pem).derBytes, bytes.starts(with: head), bytes.count == 44
            else { return nil }
            return (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes.dropFirst(12))).map { .ed25519($0) }
        default: return nil
        }
    }

    func verifies(_ signature: [UInt8], over text: [UInt8]) -> Bool {
        switch (algorithm, material) {
        case (.hs256, .secret(let secret)): return Self.isCode(SHA256.self, signature, text, secret)
        case (.hs384, .secret(let secret)): return Self.isCode(SHA384.self, signature, text, secret)
        case (.hs512, .secret(let secret)): return Self.isCode(SHA512.self, signature, text, secret)
        case (.rs256, .rsa(let key)): return Self.isRSA(key, signature, SHA256.hash(data: text), .insecurePKCS1v1_5)
        case (.rs384, .rsa(let key)): return Self.isRSA(key, signature, SHA384.hash(data: text), .insecurePKCS1v1_5)
        case (.rs512, .rsa(let key)): return Self.isRSA(key, signature, SHA512.hash(data: text), .insecurePKCS1v1_5)
        case (.ps256, .rsa(let key)): return Self.isRSA(key, signature, SHA256.hash(data: text), .PSS)
        case (.ps384, .rsa(let key)): return Self.isRSA(key, signature, SHA384.hash(data: text), .PSS)
        case (.ps512, .rsa(let key)): return Self.isRSA(key, signature, SHA512.hash(data: text), .PSS)
        case (.es256, .p256(let key)):
            guard let value = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA256.hash(data: text))
        case (.es384, .p384(let key)):
            guard let value = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA384.hash(data: text))
        case (.es512, .p521(let key)):
            guard let value = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(value, for: SHA512.hash(data: text))
        case (.eddsa, .ed25519(let key)): return key.isValidSignature(signature, for: text)
        default: return false
        }
    }

    private static func isCode<H: HashFunction>(
        _ type: H.Type, _ code: [UInt8], _ text: [UInt8], _ secret: [UInt8]
    ) -> Bool {
        HMAC<H>.isValidAuthenticationCode(code, authenticating: text, using: SymmetricKey(data: secret))
    }

    private static func isRSA<D: Crypto.Digest>(
        _ key: _RSA.Signing.PublicKey, _ signature: [UInt8], _ digest: D, _ padding: _RSA.Signing.Padding
    ) -> Bool {
        key.isValidSignature(_RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: padding)
    }
}
