/// Makes new inputs of known ones. The same seed gives the same inputs.
struct Mutator {
    private var state: UInt64
    /// Pieces that the seeds are made of: words, numbers, signs.
    private let pieces: [[UInt8]]
    static let bytesMax = 1 << 16
    static let piecesMax = 4_096

    init(seed: UInt64, corpus: [[UInt8]]) {
        state = seed
        var seen: Set<[UInt8]> = []
        for text in corpus {
            for piece in text.split(whereSeparator: { $0 <= 0x20 }) where seen.count < Self.piecesMax {
                if piece.count <= 32 { seen.insert(Array(piece)) }
            }
        }
        pieces = seen.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(random() % UInt64(bound)) : 0 }

    mutating func next(_ corpus: [[UInt8]]) -> [UInt8] {
        var bytes = corpus.isEmpty ? [] : corpus[below(corpus.count)]
        for _ in 0...below(6) { mutate(&bytes, corpus) }
        return Array(bytes.prefix(Self.bytesMax))
    }

    private mutating func mutate(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
        let place = below(bytes.count + 1)
        let length = below(min(64, bytes.count - place + 1))
        switch below(9) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
        case 1: bytes.insert(UInt8(below(256)), at: place)
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: below(bytes.count + 1))
        case 4:
            if let other = corpus.isEmpty ? nil : corpus[below(corpus.count)] {
                let start = below(other.count + 1)
                let end = min(other.count, start + below(200))
                bytes.insert(contentsOf: other[start..<end], at: place)
            }
        case 5: if !pieces.isEmpty { bytes.insert(contentsOf: pieces[below(pieces.count)], at: place) }
        case 6:
            // Deep nesting is what readers fear.
            let signs: [UInt8] = Array("([{\"`\\-!$".utf8)
            bytes.insert(contentsOf: Array(repeating: signs[below(signs.count)], count: 1 + below(400)), at: place)
        case 7:
            let numbers = ["0", "-1", "9223372036854775808", "1e400", "0.1", "1e-400", "-0", "18446744073709551616"]
            bytes.insert(contentsOf: Array(numbers[below(numbers.count)].utf8), at: place)
        default: if place < bytes.count { bytes[place] = UInt8(below(128)) }
        }
    }
}
