import Crypto
import Trust

extension PublicKey.HashAlgorithm {
    func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        return switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha384: Array(SHA384.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    /// By object identifier; older hashes are not taken.
    init?(objectIdentifier: String) {
        switch objectIdentifier {
        case ObjectIdentifier.sha256: self = .sha256
        case ObjectIdentifier.sha384: self = .sha384
        case ObjectIdentifier.sha512: self = .sha512
        default: return nil
        }
    }

    /// As sigstore's documents call it.
    init?(sigstore name: String) {
        switch name {
        case "SHA2_256": self = .sha256
        case "SHA2_384": self = .sha384
        case "SHA2_512": self = .sha512
        default: return nil
        }
    }
}
