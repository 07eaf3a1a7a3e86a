import Crypto
import CryptoExtras
import FoundationEssentials
public import Trust
public import WaybillCore

/// A private key that this process holds: for people's own keys in files. The installation's key stays in the signer.
public struct PrivateKey: Sendable {
    enum Material: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    let material: Material
    /// With the encoding and hash that its signatures have.
    public let publicKey: Trust.PublicKey

    init(_ material: Material, encoding: Trust.PublicKey.SignatureEncoding = .standard) throws(WaybillError) {
        self.material = material
        var key: Trust.PublicKey
        switch material {
        case .ed25519(let secret): key = secret.trustKey
        case .p256(let secret): key = try Trust.PublicKey(der: Array(secret.publicKey.derRepresentation))
        case .p384(let secret): key = try Trust.PublicKey(der: Array(secret.publicKey.derRepresentation))
        case .p521(let secret): key = try Trust.PublicKey(der: Array(secret.publicKey.derRepresentation))
        case .rsa(let secret): key = try Trust.PublicKey(der: Array(secret.publicKey.derRepresentation))
        }
        key.encoding = encoding
        publicKey = key
    }

    /// The same key with signatures in another encoding.
    public func signing(as encoding: Trust.PublicKey.SignatureEncoding) throws(WaybillError) -> PrivateKey {
        try PrivateKey(material, encoding: encoding)
    }

    /// A new key of a kind.
    public static func generate(_ algorithm: Trust.PublicKey.Algorithm) throws(WaybillError) -> PrivateKey {
        switch algorithm {
        case .ed25519: return try PrivateKey(.ed25519(Curve25519.Signing.PrivateKey()))
        case .ecdsaP256: return try PrivateKey(.p256(P256.Signing.PrivateKey()))
        case .ecdsaP384: return try PrivateKey(.p384(P384.Signing.PrivateKey()))
        case .ecdsaP521: return try PrivateKey(.p521(P521.Signing.PrivateKey()))
        case .rsa:
            do { return try PrivateKey(.rsa(_RSA.Signing.PrivateKey(keySize: .bits3072))) } catch {
                throw WaybillError(.failed, "no RSA key could be made", subject: "private key", cause: error)
            }
        }
    }

    /// The signature over the message, in the key's own encoding and with its usual hash.
    public func sign(_ message: [UInt8]) throws(WaybillError) -> [UInt8] {
        do {
            switch material {
            case .ed25519(let key): return Array(try key.signature(for: message))
            case .p256(let key):
                let signature = try key.signature(for: SHA256.hash(data: message))
                return Array(isFixed ? signature.rawRepresentation : signature.derRepresentation)
            case .p384(let key):
                let signature = try key.signature(for: SHA384.hash(data: message))
                return Array(isFixed ? signature.rawRepresentation : signature.derRepresentation)
            case .p521(let key):
                let signature = try key.signature(for: SHA512.hash(data: message))
                return Array(isFixed ? signature.rawRepresentation : signature.derRepresentation)
            case .rsa(let key):
                return Array(
                    try key.signature(
                        for: SHA256.hash(data: message),
                        padding: publicKey.encoding == .probabilistic ? .PSS : .insecurePKCS1v1_5
                    ).rawRepresentation)
            }
        } catch {
            throw WaybillError(.failed, "the signature could not be made", subject: "private key", cause: error)
        }
    }

    private var isFixed: Bool { publicKey.encoding == .fixedWidth }
}
