import Crypto

/// Roots and paths by the definition of RFC 6962, to hold the verifier against.
enum Trees {
    static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [1] + left + right)) }

    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else { return leaves.first ?? [] }
        let half = split(leaves.count)
        return node(root(leaves.prefix(half)), root(leaves.dropFirst(half)))
    }

    static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard leaves.count > 1 else { return [] }
        let half = split(leaves.count)
        return index < half
            ? path(index, leaves.prefix(half)) + [root(leaves.dropFirst(half))]
            : path(index - half, leaves.dropFirst(half)) + [root(leaves.prefix(half))]
    }
}
