import Crypto
import WaybillCore

extension ObjectID {
    /// The name of an object: the hash over its type, size and content (SHA-1, or SHA-256 for names of 64 characters).
    public init?(type: String, bytes: [UInt8], hexLength: Int = 40) {
        let header = Array("\(type) \(bytes.count)\0".utf8)
        switch hexLength {
        case 40:
            // Git detects colliding SHA-1 when it takes objects in; here the hash guards against mix-ups.
            var hasher = Insecure.SHA1()
            hasher.update(data: header)
            hasher.update(data: bytes)
            self.init(Hex.encode(Array(hasher.finalize())))
        case 64:
            var hasher = SHA256()
            hasher.update(data: header)
            hasher.update(data: bytes)
            self.init(Hex.encode(Array(hasher.finalize())))
        default: return nil
        }
    }

    /// Forty zeros: no object.
    public static let zero = ObjectID(bytes: [UInt8](repeating: 0, count: 20))

    /// From the bytes that a tree holds; the caller passes 20 or 32.
    init(bytes: some Collection<UInt8>) {
        precondition(bytes.count == 20 || bytes.count == 32, "a Git object's name has 20 or 32 bytes")
        self.init(validHex: Hex.encode(bytes))
    }
}
