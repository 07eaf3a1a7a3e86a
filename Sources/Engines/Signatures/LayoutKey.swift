import Crypto
public import Documents
public import Trust
import WaybillCore

/// A key as in-toto's and securesystemslib's documents write it: with a scheme, and named by a hash of itself.
public struct LayoutKey: Hashable, Sendable {
    public let keyID: String
    public let key: PublicKey
    /// The key as documents write it.
    public let document: Value

    init(_ value: Value, keyID: String) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure {
            SignatureFailure(.format, "key \(keyID.prefix(12)): \(message)")
        }
        guard let type = value["keytype"]?.string, let scheme = value["scheme"]?.string,
            let text = value["keyval"]?["public"]?.string
        else { throw bad("has no type, scheme or value") }
        var key: PublicKey
        do throws(WaybillError) {
            if type == "ed25519", let bytes = Hex.decode(text) {
                guard let found = PublicKey(ed25519: bytes) else {
                    throw WaybillError(.invalidInput, "is none", subject: "")
                }
                key = found
            } else {
                key = try PublicKey(pem: text)
            }
        } catch { throw bad(error.message) }
        switch (scheme, key.algorithm) {
        case ("ed25519", .ed25519), ("ecdsa-sha2-nistp256", .ecdsaP256), ("ecdsa-sha2-nistp384", .ecdsaP384),
            ("ecdsa-sha2-nistp521", .ecdsaP521):
            break
        case ("rsassa-pss-sha256", .rsa), ("rsassa-pss-sha384", .rsa), ("rsassa-pss-sha512", .rsa):
            key.encoding = .probabilistic
            key.hash = PublicKey.HashAlgorithm(rawValue: String(scheme.dropFirst("rsassa-pss-".count)))
        case ("rsa-pkcs1v15-sha256", .rsa), ("rsa-pkcs1v15-sha384", .rsa), ("rsa-pkcs1v15-sha512", .rsa):
            key.hash = PublicKey.HashAlgorithm(rawValue: String(scheme.dropFirst("rsa-pkcs1v15-".count)))
        default: throw SignatureFailure(.unsupported, "the scheme \(Redaction.excerpt(scheme)) is not supported")
        }
        self.key = key
        self.keyID = keyID
        document = value
    }

    /// A key that the verifier has, under the name that securesystemslib 1 gives to it.
    public init(_ key: PublicKey) {
        var key = key
        let type: String
        let scheme: String
        switch key.algorithm {
        case .ed25519: (type, scheme) = ("ed25519", "ed25519")
        case .ecdsaP256: (type, scheme) = ("ecdsa", "ecdsa-sha2-nistp256")
        case .ecdsaP384: (type, scheme) = ("ecdsa", "ecdsa-sha2-nistp384")
        case .ecdsaP521: (type, scheme) = ("ecdsa", "ecdsa-sha2-nistp521")
        case .rsa:
            (type, scheme) = ("rsa", "rsassa-pss-sha256")
            key.encoding = .probabilistic
        }
        // Newer versions hash the text with the line break at its end; older ones left it out and made other names.
        let text = key.algorithm == .ed25519 ? Hex.encode(key.der.suffix(32)) : key.pem
        let value: Value = [
            "keytype": .string(type), "scheme": .string(scheme), "keyval": ["public": .string(text)],
        ]
        let keyID = Hex.encode(SHA256.hash(data: LayoutMetadata.canonical(value)))
        var document = value
        document["keyid"] = .string(keyID)
        self.keyID = keyID
        self.document = document
        self.key = key
    }
}
