import Documents
import Trust
import WaybillCore

/// Reads keys as Grafeas and Binary Authorization write them: PEM with the name of the signature's algorithm.
enum PKIXKeyReader {
    static func key(_ node: Node, identifier: String?) throws(DocumentError) -> Attestor.Key {
        var fields = try Fields(node, of: "pkixPublicKey")
        let pem = try fields.requiredString("publicKeyPem")
        let algorithm = try fields.string("signatureAlgorithm")
        try fields.finish()
        var key: PublicKey
        do throws(WaybillError) { key = try PublicKey(pem: pem) } catch {
            throw DocumentError(at: node["publicKeyPem"]?.position ?? node.position, error.message)
        }
        if let algorithm { try bind(&key, algorithm, at: node["signatureAlgorithm"]?.position ?? node.position) }
        return .plain(key, name: identifier ?? key.keyID)
    }

    /// `ECDSA_P256_SHA256` (also `EC_SIGN_P256_SHA256`), `RSA_PSS_3072_SHA256`, `RSA_SIGN_PKCS1_4096_SHA512`.
    private static func bind(_ key: inout PublicKey, _ algorithm: String, at position: Position) throws(DocumentError) {
        let words = algorithm.split(separator: "_").map(String.init)
        let hash = words.last.flatMap { PublicKey.HashAlgorithm(rawValue: $0.lowercased()) }
        let fits: Bool
        switch key.algorithm {
        case .ecdsaP256: fits = words.contains("P256") && hash == .sha256
        case .ecdsaP384: fits = words.contains("P384") && hash == .sha384
        case .ecdsaP521: fits = words.contains("P521") && hash == .sha512
        case .rsa:
            fits = words.first == "RSA" && hash != nil && words.contains(String((key.rsaModulusLength ?? 0) * 8))
            if words.contains("PSS") { key.encoding = .probabilistic }
            key.hash = hash
        case .ed25519: fits = algorithm == "ED25519" || algorithm == "EC_SIGN_ED25519"
        }
        guard fits else {
            throw DocumentError(at: position, "the key does not fit the algorithm \(Redaction.excerpt(algorithm))")
        }
    }
}
