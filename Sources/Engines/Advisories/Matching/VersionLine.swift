import Packages

/// All versions that some records speak of, in order. Another version has a place among them, and the place says
/// everything about it that the records can say: they need not look at its text.
struct VersionLine {
    /// Odd for a version that is named, even for one between two of them; the first of all is zero.
    typealias Place = Int32

    private enum Form {
        /// Every version has a key: they are found by their bytes.
        case keys(KeyedVersions)
        /// Versions that stand in one order by each comparison of two.
        case compared
        /// Versions that stand in no order: places say nothing.
        case none
    }

    private let ordering: VersionOrdering
    private let form: Form
    private let compared: ComparedVersions
    /// Places are below this.
    let placeCount: Int

    /// - Returns: the line, and the place of each text.
    static func make(_ texts: [String], _ ordering: VersionOrdering) -> (line: VersionLine, places: [Place]) {
        if let (keys, places, sorted) = KeyedVersions.make(texts, ordering) {
            return (VersionLine(ordering, .keys(keys), ComparedVersions(texts, places, sorted, ordering)), places)
        }
        let (compared, places, isOneOrder) = ComparedVersions.make(texts, ordering)
        return (VersionLine(ordering, isOneOrder ? .compared : .none, compared), places)
    }

    private init(_ ordering: VersionOrdering, _ form: Form, _ compared: ComparedVersions) {
        self.ordering = ordering
        self.form = form
        self.compared = compared
        placeCount = compared.count * 2 + 1
    }

    /// The place of a version; nil where it stands in no one order with the others.
    ///
    /// - Parameter key: memory for the version's key.
    func place(of text: String, _ key: inout VersionKey) -> Place? {
        switch form {
        case .none: return nil
        case .compared: return compared.place(of: text)
        case .keys(let keys):
            var text = text
            let hasKey = text.withUTF8 { key.write($0, ordering) }
            return hasKey ? keys.place(of: key) : compared.place(of: text)
        }
    }
}

/// Different versions by their keys, from low to high.
private struct KeyedVersions {
    /// The first eight bytes of each key, which decide most comparisons.
    private var heads: [UInt64] = []
    private var ends: [Int32] = []
    private var bytes: [UInt8] = []

    private init() {}

    /// Nil where a version has no key. With the place of each text, and the numbers of the texts from low to
    /// high.
    static func make(
        _ texts: [String], _ ordering: VersionOrdering
    ) -> (keys: KeyedVersions, places: [VersionLine.Place], sorted: [Int])? {
        var all = KeyedVersions()
        var key = VersionKey()
        all.heads.reserveCapacity(texts.count)
        all.ends.reserveCapacity(texts.count)
        all.bytes.reserveCapacity(texts.count * 24)
        for var text in texts {
            guard text.withUTF8({ key.write($0, ordering) }) else { return nil }
            all.append(key.bytes)
        }
        var sorted = Array(texts.indices)
        all.bytes.withUnsafeBufferPointer { bytes in
            sorted.sort { all.compare(bytes, $0, all.heads[$1], all.slice(bytes, $1)) == .less }
        }
        var kept = KeyedVersions(), places = [VersionLine.Place](repeating: 0, count: texts.count)
        var last: Int?
        kept.heads.reserveCapacity(texts.count)
        kept.ends.reserveCapacity(texts.count)
        kept.bytes.reserveCapacity(all.bytes.count)
        all.bytes.withUnsafeBufferPointer { bytes in
            for number in sorted {
                let slice = all.slice(bytes, number)
                // Several spellings of one version have one place.
                if last.map({ all.compare(bytes, $0, all.heads[number], slice) != .equal }) ?? true {
                    kept.append(slice)
                }
                places[number] = VersionLine.Place(truncatingIfNeeded: kept.heads.count * 2 - 1)
                last = number
            }
        }
        return (kept, places, sorted)
    }

    private mutating func append(_ key: some Collection<UInt8>) {
        bytes.append(contentsOf: key)
        ends.append(Int32(truncatingIfNeeded: bytes.count))
        heads.append(Self.head(key))
    }

    private static func head(_ key: some Collection<UInt8>) -> UInt64 {
        if let head = key.withContiguousStorageIfAvailable({ key in
            key.count < 8 ? nil : UnsafeRawBufferPointer(key).loadUnaligned(as: UInt64.self)
        }) ?? nil {
            return UInt64(bigEndian: head)
        }
        var head: UInt64 = 0, shift: UInt64 = 64
        for byte in key.prefix(8) {
            shift -= 8
            head |= UInt64(byte) << shift
        }
        return head
    }

    private func slice(_ bytes: UnsafeBufferPointer<UInt8>, _ number: Int) -> UnsafeBufferPointer<UInt8> {
        let start = number == 0 ? 0 : Int(ends[number - 1])
        return UnsafeBufferPointer(rebasing: bytes[start..<Int(ends[number])])
    }

    /// How a version stands to one with another key.
    private func compare(
        _ bytes: UnsafeBufferPointer<UInt8>, _ number: Int, _ head: UInt64, _ key: UnsafeBufferPointer<UInt8>
    ) -> VersionOrder {
        if heads[number] != head { return heads[number] < head ? .less : .greater }
        let own = slice(bytes, number)
        let shared = min(own.count, key.count)
        var index = 8
        while index < shared {
            if own[index] != key[index] { return own[index] < key[index] ? .less : .greater }
            index += 1
        }
        return own.count == key.count ? .equal : own.count < key.count ? .less : .greater
    }

    func place(of key: VersionKey) -> VersionLine.Place {
        let head = Self.head(key.bytes)
        return key.bytes.withUnsafeBufferPointer { key in
            bytes.withUnsafeBufferPointer { bytes in
                var low = 0, high = heads.count
                while low < high {
                    let middle = (low + high) / 2
                    switch compare(bytes, middle, head, key) {
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
