import Crypto

/// The content address of some bytes: an algorithm and the hash in lower-case hexadecimal (OCI image spec, "Digests").
///
/// A `Digest` that exists is valid: the algorithm is known and the hash has its length.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha256, sha384, sha512

        /// Length of the hash in hexadecimal characters.
        public var hexLength: Int {
            switch self {
            case .sha256: 64
            case .sha384: 96
            case .sha512: 128
            }
        }
    }

    public let algorithm: Algorithm
    /// Lower-case hexadecimal, exactly `algorithm.hexLength` characters.
    public let hex: String

    /// Reads `sha256:9f2c…`. Throws `WaybillError` with code `.invalidInput` for anything else.
    public init(parsing text: String) throws(WaybillError) {
        guard let digest = Digest(text) else {
            throw WaybillError(
                .invalidInput, "not a digest: \(Redaction.excerpt(text))", subject: "digest",
                remedy: "write it as sha256: and 64 lower-case hexadecimal characters")
        }
        self = digest
    }

    public init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let algorithm = Algorithm(rawValue: String(text[..<colon]))
        else { return nil }
        self.init(algorithm: algorithm, hex: String(text[text.utf8.index(after: colon)...]))
    }

    public init?(algorithm: Algorithm, hex: String) {
        guard hex.utf8.count == algorithm.hexLength, hex.utf8.allSatisfy(Hex.isLowerDigit) else { return nil }
        self.algorithm = algorithm
        self.hex = hex
    }

    /// The SHA-256 digest of `bytes`.
    public static func sha256(of bytes: some Sequence<UInt8>) -> Digest {
        var hasher = DigestHasher()
        hasher.update(Array(bytes))
        return hasher.finish()
    }

    public var description: String { "\(algorithm.rawValue):\(hex)" }
    /// The first twelve hexadecimal characters, as people quote it.
    public var short: String { String(hex.prefix(12)) }

    public static func < (left: Digest, right: Digest) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

/// Computes a SHA-256 digest over bytes that arrive in pieces.
public struct DigestHasher: Sendable {
    private var hasher = SHA256()
    public init() {}

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) } }
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

    public func finish() -> Digest {
        // A SHA-256 hash always has the length that Digest asks for.
        Digest(algorithm: .sha256, hex: Hex.encode(Array(hasher.finalize())))!
    }
}
