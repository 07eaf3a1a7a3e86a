import Packages

/// Different versions by their keys, from low to high.
struct KeyedVersions {
    /// How many bytes all keys begin with: epochs and first numbers are mostly the same.
    private var shared = 0
    /// The eight bytes of each key behind those that all share, which decide most comparisons.
    private var heads: [UInt64] = []
    private var ends: [Int32] = []
    private var bytes: [UInt8] = []

    private typealias Key = UnsafeBufferPointer<UInt8>

    private init() {}

    /// Nil where a version has no key. With the place of each text, and the numbers of the texts from low to high.
    static func make(
        _ texts: [String], _ ordering: VersionOrdering
    ) -> (keys: KeyedVersions, places: [VersionLine.Place], sorted: [Int])? {
        var bytes: [UInt8] = [], ends: [Int] = []
        bytes.reserveCapacity(texts.count * 24)
        ends.reserveCapacity(texts.count)
        var key = VersionKey()
        for var text in texts {
            guard text.withUTF8({ key.write($0, ordering) }) else { return nil }
            bytes += key.bytes
            ends.append(bytes.count)
        }
        var kept = KeyedVersions()
        var places = [VersionLine.Place](repeating: 0, count: texts.count)
        var sorted: [Int] = []
        bytes.withUnsafeBufferPointer { bytes in
            func key(_ number: Int) -> Key {
                Key(rebasing: bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]])
            }
            kept.shared = texts.indices.dropFirst().reduce(texts.isEmpty ? 0 : key(0).count) { shared, number in
                let other = key(number)
                var count = 0
                while count < shared, count < other.count, bytes[count] == other[count] { count += 1 }
                return count
            }
            let shared = kept.shared
            var order = texts.indices.map { (head: head(key($0), behind: shared), number: $0) }
            order.sort { left, right in
                left.head != right.head
                    ? left.head < right.head
                    : compare(key(left.number), key(right.number), behind: shared) == .less
            }
            kept.heads.reserveCapacity(order.count)
            kept.ends.reserveCapacity(order.count)
            kept.bytes.reserveCapacity(bytes.count)
            var last: Int?
            for (head, number) in order {
                // Several spellings of one version have one place.
                if last.map({ compare(key($0), key(number), behind: shared) != .equal }) ?? true {
                    kept.bytes.append(contentsOf: key(number))
                    kept.ends.append(Int32(truncatingIfNeeded: kept.bytes.count))
                    kept.heads.append(head)
                }
                places[number] = VersionLine.Place(truncatingIfNeeded: kept.heads.count * 2 - 1)
                last = number
            }
            sorted = order.map(\.number)
        }
        return (kept, places, sorted)
    }

    private static func head(_ key: Key, behind start: Int) -> UInt64 {
        if key.count >= start + 8 {
            return UInt64(bigEndian: UnsafeRawBufferPointer(key).loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        var head: UInt64 = 0, shift: UInt64 = 64
        for byte in key.dropFirst(start) {
            shift -= 8
            head |= UInt64(byte) << shift
        }
        return head
    }

    /// How keys stand to each other that are the same up to a place.
    private static func compare(_ one: Key, _ other: Key, behind start: Int) -> VersionOrder {
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
    }
}
