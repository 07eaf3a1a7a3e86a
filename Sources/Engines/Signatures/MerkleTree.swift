import Crypto

/// Proofs that a leaf is in a tree of hashes (RFC 6962 section 2.1).
enum MerkleTree {
    static func leafHash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [0] + bytes)) }

    private static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: [1] + left + right))
    }

    /// The root to which the path leads from the leaf; nil where the path has another length than the tree asks for.
    static func root(leaf: [UInt8], index: Int, size: Int, path: [[UInt8]]) -> [UInt8]? {
        guard index >= 0, size > 0, index < size else { return nil }
        var hash = leaf
        var position = index
        var last = size - 1
        var rest = path[...]
        while last > 0 {
            if position & 1 == 1 || position == last {
                // A leaf at the right edge has no neighbour on levels where it stands alone.
                guard position & 1 == 1 else {
                    position >>= 1
                    last >>= 1
                    continue
                }
                guard let left = rest.popFirst() else { return nil }
                hash = nodeHash(left, hash)
            } else {
                guard let right = rest.popFirst() else { return nil }
                hash = nodeHash(hash, right)
            }
            position >>= 1
            last >>= 1
        }
        return rest.isEmpty ? hash : nil
    }
}
