import Attestations
import OCI
import Signatures
import Signers
import Trust
import WaybillCore

/// Makes Notation signatures with a key and its certificates.
enum NotationWriter {
    static func sign(
        _ image: Descriptor, with key: PrivateKey, chain text: String, at moment: Timestamp, agent: String
    ) throws(WaybillError) -> (bytes: [UInt8], thumbprints: [String]) {
        let chain: [SigningCertificate]
        do { chain = try SigningCertificate.chain(pem: text) } catch {
            throw WaybillError(.invalidInput, error.message, subject: "--certificates")
        }
        guard chain.first?.key == key.publicKey else {
            throw WaybillError(.invalidInput, "the first certificate is not the key's", subject: "--certificates")
        }
        let (algorithm, encoding) = try Self.algorithm(of: key.publicKey)
        let message = NotationSignature.message(
            image: image.digest, mediaType: image.mediaType.rawValue, size: image.size, algorithm: algorithm,
            time: moment)
        let signature = try key.signing(as: encoding).sign(Array("\(message.protected).\(message.payload)".utf8))
        return (
            NotationSignature.envelope(
                protected: message.protected, payload: message.payload, signature: signature, chain: chain, agent: agent
            ),
            chain.map { Digest.sha256(of: $0.der).hex }
        )
    }

    private static func algorithm(
        of key: PublicKey
    ) throws(WaybillError) -> (String, PublicKey.SignatureEncoding) {
        switch key.algorithm {
        case .ecdsaP256: return ("ES256", .fixedWidth)
        case .ecdsaP384: return ("ES384", .fixedWidth)
        case .ecdsaP521: return ("ES512", .fixedWidth)
        case .rsa where key.rsaModulusLength == 256: return ("PS256", .probabilistic)
        case .rsa, .ed25519:
            throw WaybillError(
                .unsupported, "notation is signed with ECDSA or RSA keys of 2048 bits", subject: "key")
        }
    }
}
