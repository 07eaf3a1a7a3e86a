import Packages

/// What records say about one package, in the bytes in which it is kept.
struct WrittenRecords {
    /// What one record says in one place.
    struct Entry {
        /// The record's place among the package's records.
        var record: Int32
        /// How long the release's name is, which stands in front; negative where it is said about every release.
        fileprivate var releaseLength: Int32
        fileprivate var start: Int
    }

    let region: ByteRegion
    /// Entries lie in it.
    let section: Range<Int>
    let key: AdvisoryIndex.Key
    private(set) var entries: ContiguousArray<Entry> = []

    init(_ region: ByteRegion, _ section: Range<Int>, _ key: AdvisoryIndex.Key) {
        self.region = region
        self.section = section
        self.key = key
    }

    /// - Parameter start: from the beginning of the section.
    mutating func add(_ start: Int, of record: Int) {
        var cursor = ByteCursor(region, section.lowerBound + start, end: section.upperBound)
        let release = cursor.optionalText()
        entries.append(
            Entry(
                record: Int32(truncatingIfNeeded: record),
                releaseLength: cursor.isDamaged ? -1 : release.map { Int32(truncatingIfNeeded: $0.count) } ?? -1,
                start: section.lowerBound + start))
    }

    /// Whether what is said counts for the ecosystem's release.
    func applies(_ entry: Entry, to ecosystem: Ecosystem) -> Bool {
        guard entry.releaseLength >= 0 else { return true }
        var cursor = ByteCursor(region, entry.start, end: section.upperBound)
        guard let text = cursor.optionalText() else { return true }
        if var own = ecosystem.release {
            if own.withUTF8({ region.equals(text.start, text.count, UnsafeRawBufferPointer($0)) }) { return true }
        }
        return ReleaseRule.applies(Ecosystem(name: key.ecosystem, release: region.string(text)), to: ecosystem)
    }

    /// What cannot be read may be anything: it affects every version.
    func affected(_ entry: Entry) -> Advisory.Affected {
        var cursor = ByteCursor(region, entry.start, end: section.upperBound)
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
    private var entries: ContiguousArray<Ends> = []
    /// The versions of the line, in the order of the entries: of each its events', then its names.
    private(set) var texts: ContiguousArray<TextPlace> = []

    /// - Parameter isOrdered: without an order nothing can be said but by name.
    mutating func read(
        _ records: WrittenRecords, _ entries: some Collection<Int>, isOrdered: Bool
    ) {
        events.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        self.entries.removeAll(keepingCapacity: true)
        for number in entries {
            let entry = records.entries[number]
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
        var cursor = ByteCursor(records.region, entry.start, end: records.section.upperBound)
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
        var cursor = ByteCursor(records.region, entry.start, end: records.section.upperBound)
        for _ in 0..<2 { _ = cursor.optionalText() }
        let state = cursor.optional()
        return cursor.isDamaged ? nil : state
    }
}
