import Crypto
import CryptoExtras
import WaybillCore

/// A public key that verifies signatures. A key that exists is a valid point or modulus; two keys are equal when
/// their DER form is.
public struct PublicKey: Hashable, Sendable {
    public enum Algorithm: String, Sendable, CaseIterable {
        case ed25519, ecdsaP256, ecdsaP384, ecdsaP521, rsa
    }

    /// How signatures of this key are written. It belongs to the key, so that a signature has one valid spelling.
    public enum SignatureEncoding: String, Sendable, CaseIterable {
        /// ECDSA as DER, RSA with PKCS #1 v1.5 padding.
        case standard
        /// ECDSA as r and s, each as wide as the curve.
        case fixedWidth
        /// RSA with PSS padding.
        case probabilistic
    }

    /// The hash that is taken of the message.
    public enum HashAlgorithm: String, Sendable, CaseIterable { case sha256, sha384, sha512 }

    enum Material: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    let material: Material
    /// `SubjectPublicKeyInfo` (RFC 5280).
    public let der: [UInt8]
    /// The key as SSH's protocols carry it (RFC 4253 section 6.6).
    public let sshBlob: [UInt8]
    public var encoding: SignatureEncoding = .standard
    /// The hash of this key's signatures; nil for the usual one: the curve's own, SHA-256 for RSA. Ed25519 has none.
    public var hash: HashAlgorithm?

    init(_ material: Material, der: [UInt8], sshBlob: [UInt8]) {
        self.material = material
        self.der = der
        self.sshBlob = sshBlob
    }

    public var algorithm: Algorithm {
        switch material {
        case .ed25519: .ed25519
        case .p256: .ecdsaP256
        case .p384: .ecdsaP384
        case .p521: .ecdsaP521
        case .rsa: .rsa
        }
    }

    /// How many bytes a signature of an RSA key has; nil for other keys.
    public var rsaModulusLength: Int? {
        if case .rsa(let key) = material { (key.keySizeInBits + 7) / 8 } else { nil }
    }

    /// The name that envelopes give to the key: `SHA256:` and the base 64 SHA-256 of its DER form, without padding.
    public var keyID: String { Self.fingerprint(of: der) }
    /// The name that OpenSSH gives to the key, `SHA256:…`.
    public var sshFingerprint: String { Self.fingerprint(of: sshBlob) }

    /// The name that sigstore's bundles give to the key: base 64 of the SHA-256 of its DER form.
    public var sigstoreHint: String { Base64.encode(SHA256.hash(data: der)) }

    private static func fingerprint(of bytes: [UInt8]) -> String {
        "SHA256:" + Base64.encode(SHA256.hash(data: bytes)).filter { $0 != "=" }
    }

    public static func == (left: PublicKey, right: PublicKey) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension PublicKey {
    /// An Ed25519 key from its 32 bytes.
    public init?(ed25519 bytes: [UInt8]) {
        guard bytes.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            return nil
        }
        self.init(
            .ed25519(key), der: Self.prefixEd25519 + bytes,
            sshBlob: SSHWriter.string("ssh-ed25519") + SSHWriter.string(bytes))
    }

    /// A key on one of the NIST curves from its uncompressed point; nil when the point is not on the curve.
    init?(point: [UInt8], on curve: Curve) {
        let material: Material
        switch curve {
        case .p256:
            guard let key = try? P256.Signing.PublicKey(x963Representation: point) else { return nil }
            material = .p256(key)
        case .p384:
            guard let key = try? P384.Signing.PublicKey(x963Representation: point) else { return nil }
            material = .p384(key)
        case .p521:
            guard let key = try? P521.Signing.PublicKey(x963Representation: point) else { return nil }
            material = .p521(key)
        }
        guard point.count == curve.pointLength, point.first == 4 else { return nil }
        let name = curve.rawValue
        self.init(
            material, der: curve.prefix + point,
            sshBlob: SSHWriter.string("ecdsa-sha2-\(name)") + SSHWriter.string(name) + SSHWriter.string(point))
    }

    /// An RSA key; nil when it is shorter than 2048 bits or no key at all.
    init?(rsa key: _RSA.Signing.PublicKey) {
        guard let primitives = try? key.getKeyPrimitives() else { return nil }
        self.init(
            .rsa(key), der: Array(key.derRepresentation),
            sshBlob: SSHWriter.string("ssh-rsa") + SSHWriter.integer(primitives.publicExponent)
                + SSHWriter.integer(primitives.modulus))
    }

    /// The curves of FIPS 186-4 that OpenSSH and PKIX name.
    enum Curve: String, CaseIterable {
        case p256 = "nistp256"
        case p384 = "nistp384"
        case p521 = "nistp521"

        var coordinateLength: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }

        var pointLength: Int { 1 + 2 * coordinateLength }

        /// What stands before the point in the only DER form of such a key (RFC 5480 with a named curve).
        var prefix: [UInt8] {
            switch self {
            case .p256:
                [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
                    + [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00]
            case .p384:
                [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
                    + [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00]
            case .p521:
                [0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
                    + [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00]
            }
        }
    }

    /// What stands before the 32 bytes in the DER form (RFC 8410).
    static let prefixEd25519: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
}
