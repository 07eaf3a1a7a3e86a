import Packages

/// Different versions by their keys, from low to high.
struct KeyedVersions {
    typealias Key = UnsafeBufferPointer<UInt8>

    /// How many bytes all keys begin with: epochs and first numbers are mostly the same.
    fileprivate var shared = 0
    /// The eight bytes of each key behind those that all share, which decide most comparisons.
    fileprivate var heads: ContiguousArray<UInt64> = []
    fileprivate var ends: ContiguousArray<Int32> = []
    fileprivate var bytes: ContiguousArray<UInt8> = []

    fileprivate init() {}

    /// How many different versions there are.
    var count: Int { heads.count }

    fileprivate static func head(_ key: Key, behind start: Int) -> UInt64 {
        if key.count >= start + 8 {
            return UInt64(bigEndian: UnsafeRawBufferPointer(key).loadUnaligned(fromByteOffset: start, as: UInt64.self))
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

    /// How keys stand to each other that are the same up to a place.
    fileprivate static func compare(_ one: Key, _ other: Key, behind start: Int) -> VersionOrder {
        let count = min(one.count, other.count)
        var index = start
        while index < count {
            if one[index] != other[index] { return one[index] < other[index] ? .less : .greater }
            index += 1
        }
        return one.count == other.count ? .equal : one.count < other.count ? .less : .greater
    }

    func place(of key: VersionKey) -> VersionLine.Place {
        key.bytes.withUnsafeBufferPointer { key in
            bytes.withUnsafeBufferPointer { bytes in
                heads.withUnsafeBufferPointer { place(of: key, bytes, $0) }
            }
        }
    }

    private func place(of key: Key, _ bytes: Key, _ heads: UnsafeBufferPointer<UInt64>) -> VersionLine.Place {
        guard !heads.isEmpty else { return 0 }
        // What leaves the shared beginning stands before or behind all.
        for index in 0..<shared {
            if index >= key.count || key[index] < bytes[index] { return 0 }
            if key[index] > bytes[index] { return VersionLine.Place(truncatingIfNeeded: heads.count * 2) }
        }
        let head = Self.head(key, behind: shared)
        var low = 0, high = heads.count
        while low < high {
            let middle = (low + high) / 2
            let order: VersionOrder
            if heads[middle] != head {
                order = heads[middle] < head ? .less : .greater
            } else {
                let start = middle == 0 ? 0 : Int(ends[middle - 1])
                order = Self.compare(Key(rebasing: bytes[start..<Int(ends[middle])]), key, behind: shared)
            }
            switch order {
            case .equal: return VersionLine.Place(truncatingIfNeeded: middle * 2 + 1)
            case .less: low = middle + 1
            case .greater: high = middle
            }
        }
        return VersionLine.Place(truncatingIfNeeded: low * 2)
    }
}

/// Puts versions in order by their keys. One serves one package after another, so that its memory is asked for once.
struct KeyMaker {
    private var key = VersionKey()
    private var ends: ContiguousArray<Int> = []
    private var order: ContiguousArray<(head: UInt64, number: Int)> = []
    /// Of the texts that were put in order last.
    private(set) var places: ContiguousArray<VersionLine.Place> = []

    /// Nil where a version has no key.
    mutating func make(
        _ texts: ContiguousArray<TextPlace>, _ region: ByteRegion, _ ordering: VersionOrdering
    ) -> KeyedVersions? {
        key.bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for text in texts {
            guard key.append(region.bytes(text), ordering) else { return nil }
            ends.append(key.bytes.count)
        }
        places = ContiguousArray(repeating: 0, count: texts.count)
        var kept = KeyedVersions()
        guard !texts.isEmpty else { return kept }
        key.bytes.withUnsafeBufferPointer { bytes in
            ends.withUnsafeBufferPointer { ends in
                func key(_ number: Int) -> KeyedVersions.Key {
                    KeyedVersions.Key(rebasing: bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]])
                }
                kept.shared = Self.shared(ends.count, key)
                Self.sort(&order, ends.count, kept.shared, key)
                kept.heads.reserveCapacity(order.count)
                kept.ends.reserveCapacity(order.count)
                kept.bytes.reserveCapacity(bytes.count)
                var last: Int?
                for (head, number) in order {
                    // Several spellings of one version have one place.
                    if last.map({ KeyedVersions.compare(key($0), key(number), behind: kept.shared) != .equal }) ?? true
                    {
                        kept.bytes.append(contentsOf: key(number))
                        kept.ends.append(Int32(truncatingIfNeeded: kept.bytes.count))
                        kept.heads.append(head)
                    }
                    places[number] = VersionLine.Place(truncatingIfNeeded: kept.heads.count * 2 - 1)
                    last = number
                }
            }
        }
        return kept
    }

    /// How many bytes all keys begin with.
    private static func shared(_ count: Int, _ key: (Int) -> KeyedVersions.Key) -> Int {
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

    private static func sort(
        _ order: inout ContiguousArray<(head: UInt64, number: Int)>, _ count: Int, _ shared: Int,
        _ key: (Int) -> KeyedVersions.Key
    ) {
        order.removeAll(keepingCapacity: true)
        for number in 0..<count { order.append((KeyedVersions.head(key(number), behind: shared), number)) }
        func precedes(_ left: (head: UInt64, number: Int), _ right: (head: UInt64, number: Int)) -> Bool {
            left.head != right.head
                ? left.head < right.head
                : KeyedVersions.compare(key(left.number), key(right.number), behind: shared) == .less
        }
        guard count <= 12 else { return order.sort(by: precedes) }
        // Few are put in order without asking for memory.
        for end in 1..<max(count, 1) {
            let item = order[end]
            var index = end
            while index > 0, precedes(item, order[index - 1]) {
                order[index] = order[index - 1]
                index -= 1
            }
            order[index] = item
        }
    }
}
