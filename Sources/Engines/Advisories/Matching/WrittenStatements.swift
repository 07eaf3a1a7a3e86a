import Packages

/// What records say about one package, in the bytes in which it is kept.
struct WrittenRecords {
    /// What one record says in one place.
    struct Entry {
        /// The record's place among the package's records.
        var record: Int
        var start: Int
        /// Nil where it is said about every release.
        var release: String?
    }

    let region: ByteRegion
    /// Entries lie before this.
    let end: Int
    let key: AdvisoryIndex.Key
    private(set) var entries: ContiguousArray<Entry> = []

    init(_ region: ByteRegion, end: Int, _ key: AdvisoryIndex.Key) {
        self.region = region
        self.end = end
        self.key = key
    }

    mutating func add(_ start: Int, of record: Int) {
        var cursor = ByteCursor(region, start, end: end)
        let release = cursor.optional()
        entries.append(Entry(record: record, start: start, release: cursor.isDamaged ? nil : release))
    }

    /// What cannot be read may be anything: it affects every version.
    func affected(_ entry: Entry) -> Advisory.Affected {
        var cursor = ByteCursor(region, entry.start, end: end)
        return AdvisoryCoding.readAffected(&cursor, ecosystem: key.ecosystem, name: key.name)
            ?? .init(
                ecosystem: Ecosystem(name: key.ecosystem), name: key.name,
                ranges: [AffectedRange([.introduced("0")])])
    }
}

/// What is said about a package in one release, read where it lies. One serves one package after another, so that its
/// memory is asked for once.
struct WrittenStatements {
    enum Kind: UInt8 {
        case introduced, fixed, lastAffected, limit
    }

    struct Event {
        var kind: Kind
        var text: TextPlace
        /// Whether its version belongs on the line: the beginning of all and the end of none are no versions.
        var isOnLine: Bool
    }

    /// By entry: where its ranges and its names end.
    struct Ends {
        var range: Int
        var name: Int
    }

    private(set) var events: ContiguousArray<Event> = []
    /// Where the events of each range end.
    private(set) var ranges: ContiguousArray<Int> = []
    /// Versions that are named, one by one.
    private(set) var names: ContiguousArray<TextPlace> = []
    private(set) var entries: ContiguousArray<Ends> = []
    /// The versions of the line, in the order of the entries: of each its events', then its names.
    private(set) var texts: ContiguousArray<TextPlace> = []

    /// - Parameter isOrdered: without an order nothing can be said but by name.
    mutating func read(
        _ records: WrittenRecords, _ entries: ContiguousArray<WrittenRecords.Entry>, isOrdered: Bool
    ) {
        events.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        self.entries.removeAll(keepingCapacity: true)
        for entry in entries {
            let before = (events.count, ranges.count, names.count, texts.count)
            if !read(records, entry, isOrdered) {
                events.removeSubrange(before.0...)
                ranges.removeSubrange(before.1...)
                names.removeSubrange(before.2...)
                texts.removeSubrange(before.3...)
                // What cannot be read may be anything: it affects every version.
                events.append(Event(kind: .introduced, text: TextPlace(start: 0, count: 0), isOnLine: false))
                ranges.append(events.count)
            }
            self.entries.append(Ends(range: ranges.count, name: names.count))
        }
    }

    /// False where the bytes make no sense.
    private mutating func read(_ records: WrittenRecords, _ entry: WrittenRecords.Entry, _ isOrdered: Bool) -> Bool {
        var cursor = ByteCursor(records.region, entry.start, end: records.end)
        // The release, the name as it is written, the state.
        for _ in 0..<3 { _ = cursor.optionalText() }
        for _ in 0..<cursor.length() where !cursor.isDamaged {
            for _ in 0..<cursor.length() where !cursor.isDamaged {
                let kind = Kind(rawValue: cursor.byte()) ?? .limit
                let text = cursor.text()
                guard isOrdered else { continue }
                let isOnLine = isOnLine(kind, text, records.region)
                events.append(Event(kind: kind, text: text, isOnLine: isOnLine))
                if isOnLine { texts.append(text) }
            }
            if isOrdered { ranges.append(events.count) }
        }
        for _ in 0..<cursor.length() where !cursor.isDamaged {
            let text = cursor.text()
            names.append(text)
            texts.append(text)
        }
        return !cursor.isDamaged
    }

    private func isOnLine(_ kind: Kind, _ text: TextPlace, _ region: ByteRegion) -> Bool {
        guard text.count == 1 else { return true }
        switch kind {
        case .introduced: return region.u8(text.start) != UInt8(ascii: "0")
        case .limit: return region.u8(text.start) != UInt8(ascii: "*")
        case .fixed, .lastAffected: return true
        }
    }

    /// Where the ranges and the names of an entry stand.
    func parts(_ entry: Int) -> (ranges: Range<Int>, names: Range<Int>) {
        let first = entry == 0 ? Ends(range: 0, name: 0) : entries[entry - 1]
        return (first.range..<entries[entry].range, first.name..<entries[entry].name)
    }

    func events(_ range: Int) -> Range<Int> { (range == 0 ? 0 : ranges[range - 1])..<ranges[range] }

    /// What the publisher means to do where there is no fix.
    static func state(_ records: WrittenRecords, _ entry: WrittenRecords.Entry) -> String? {
        var cursor = ByteCursor(records.region, entry.start, end: records.end)
        for _ in 0..<2 { _ = cursor.optionalText() }
        let state = cursor.optional()
        return cursor.isDamaged ? nil : state
    }
}
