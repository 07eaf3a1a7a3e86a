import Packages

/// Puts versions in order by their keys. One serves one package after another, so that its memory is asked for once.
struct KeyMaker {
    typealias Bytes = UnsafeRawBufferPointer

    private var key = VersionKey()
    /// Where the key of each text ends.
    private var keyEnds: ContiguousArray<Int> = []
    private var order: ContiguousArray<(head: UInt64, number: Int)> = []
    /// Of each text: odd for a version that is named, even for one between two of them; the first of all is zero.
    private(set) var places: ContiguousArray<CompiledRelease.Place> = []
    /// With what all keys begin: epochs and first numbers are mostly the same.
    private(set) var shared: ContiguousArray<UInt8> = []
    /// Of each different key, from low to high, the eight bytes behind what all share, which decide most comparisons.
    private(set) var heads: ContiguousArray<UInt64> = []
    /// How many bytes a key has there, up to eight, and what stands behind them; and where each ends.
    private(set) var tails: ContiguousArray<UInt8> = []
    private(set) var ends: ContiguousArray<UInt32> = []

    /// Forgets what was made, but not the memory.
    mutating func clear() {
        key.bytes.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        shared.removeAll(keepingCapacity: true)
        heads.removeAll(keepingCapacity: true)
        tails.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// False where a version has no key; what was made then means nothing.
    mutating func make(
        _ texts: ContiguousArray<TextPlace>, _ region: ByteRegion, _ ordering: VersionOrdering
    ) -> Bool {
        clear()
        for text in texts {
            guard key.append(region.bytes(text), ordering) else { return false }
            keyEnds.append(key.bytes.count)
        }
        guard !texts.isEmpty else { return true }
        places.append(contentsOf: repeatElement(0, count: texts.count))
        let bytes = key.bytes
        bytes.withUnsafeBytes { bytes in
            let keyEnds = keyEnds
            func key(_ number: Int) -> Bytes {
                Bytes(rebasing: bytes[(number == 0 ? 0 : keyEnds[number - 1])..<keyEnds[number]])
            }
            let shared = Self.sharedCount(keyEnds.count, key)
            self.shared.append(contentsOf: key(0).prefix(shared))
            sort(shared, key)
            var last: Int?
            for (head, number) in order {
                // Several spellings of one version have one place.
                if last.map({ Self.compare(key($0), key(number)) != .equal }) ?? true {
                    tails.append(Self.headLength(key(number), behind: shared))
                    tails.append(contentsOf: key(number).dropFirst(shared + 8))
                    ends.append(UInt32(truncatingIfNeeded: tails.count))
                    heads.append(head)
                }
                places[number] = CompiledRelease.Place(truncatingIfNeeded: heads.count * 2 - 1)
                last = number
            }
        }
        return true
    }

    /// How many bytes all keys begin with.
    private static func sharedCount(_ count: Int, _ key: (Int) -> Bytes) -> Int {
        let first = key(0)
        var shared = first.count
        for number in 1..<max(count, 1) {
            let other = key(number)
            var same = 0
            while same < shared, same < other.count, first[same] == other[same] { same += 1 }
            shared = same
        }
        return shared
    }

    private mutating func sort(_ shared: Int, _ key: (Int) -> Bytes) {
        for number in keyEnds.indices { order.append((Self.head(key(number), behind: shared), number)) }
        func precedes(_ left: (head: UInt64, number: Int), _ right: (head: UInt64, number: Int)) -> Bool {
            left.head != right.head
                ? left.head < right.head : Self.compare(key(left.number), key(right.number)) == .less
        }
        guard order.count <= 12 else { return order.sort(by: precedes) }
        // Few are put in order without asking for memory.
        for end in order.indices.dropFirst() {
            let item = order[end]
            var index = end
            while index > 0, precedes(item, order[index - 1]) {
                order[index] = order[index - 1]
                index -= 1
            }
            order[index] = item
        }
    }

    static func head(_ key: Bytes, behind start: Int) -> UInt64 {
        if key.count >= start + 8 {
            return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        var head: UInt64 = 0, shift: UInt64 = 64
        var index = start
        while index < key.count {
            shift -= 8
            head |= UInt64(key[index]) << shift
            index += 1
        }
        return head
    }

    /// How many bytes of a key are in its head: one that ends there comes before one that goes on with zeros.
    static func headLength(_ key: Bytes, behind start: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: max(0, min(8, key.count - start)))
    }

    static func compare(_ one: Bytes, _ other: Bytes) -> VersionOrder {
        let count = min(one.count, other.count)
        var index = 0
        while index < count {
            if one[index] != other[index] { return one[index] < other[index] ? .less : .greater }
            index += 1
        }
        return one.count == other.count ? .equal : one.count < other.count ? .less : .greater
    }
}
