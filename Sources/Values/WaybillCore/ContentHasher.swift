import Crypto

/// Computes a digest with any algorithm that `Digest` knows, over bytes that arrive in pieces.
public struct ContentHasher: Sendable {
    private enum State: Sendable {
        case sha256(SHA256)
        case sha384(SHA384)
        case sha512(SHA512)
    }

    private var state: State

    public init(_ algorithm: Digest.Algorithm = .sha256) {
        state =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha384: .sha384(SHA384())
            case .sha512: .sha512(SHA512())
            }
    }

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .sha256(var hasher):
            hasher.update(bufferPointer: bytes)
            state = .sha256(hasher)
        case .sha384(var hasher):
            hasher.update(bufferPointer: bytes)
            state = .sha384(hasher)
        case .sha512(var hasher):
            hasher.update(bufferPointer: bytes)
            state = .sha512(hasher)
        }
    }

    public func finish() -> Digest {
        // Each algorithm's hash has the length that Digest asks for.
        switch state {
        case .sha256(let hasher): Digest(algorithm: .sha256, hex: Hex.encode(Array(hasher.finalize())))!
        case .sha384(let hasher): Digest(algorithm: .sha384, hex: Hex.encode(Array(hasher.finalize())))!
        case .sha512(let hasher): Digest(algorithm: .sha512, hex: Hex.encode(Array(hasher.finalize())))!
        }
    }
}

extension Digest {
    /// Whether the bytes are those that the digest names.
    public func matches(_ bytes: some Sequence<UInt8>) -> Bool {
        var hasher = ContentHasher(algorithm)
        hasher.update(bytes)
        return hasher.finish() == self
    }
}
