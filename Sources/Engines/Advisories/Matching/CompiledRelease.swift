import Packages

/// What all records say about one package in one release, ready for many versions.
final class CompiledRelease {
    typealias Place = VersionLine.Place

    /// What one record says in one place.
    final class Entry {
        /// The record's place among the package's records.
        let record: Int
        let affected: Advisory.Affected

        init(record: Int, affected: Advisory.Affected) {
            self.record = record
            self.affected = affected
        }
    }

    /// A record that a version falls under.
    struct Found {
        var record: Int
        var fix: (text: String, place: Place)?
        var state: String?
    }

    private struct Span {
        var start: Place
        var end: Place
        var entry: Int32
    }

    private struct Row {
        var record: Int
        /// The entries of the same record, which stand beside each other.
        var siblings: Range<Int>
        var spans: Range<Int> = 0..<0
        var fixes: Range<Int> = 0..<0
    }

    private unowned let package: CompiledPackage
    private let entries: [Entry]
    private let line: VersionLine
    /// By entry.
    private var rows: [Row] = []
    private var spans: [Span] = []
    /// Entries that name a version, by the version's place.
    private var named: [(place: Place, entry: Int32)] = []
    /// The versions that repair an entry and that it does not affect otherwise, from low to high.
    private var fixes: [(text: String, place: Place)] = []
    /// Answers that were given, by place; empty until the first.
    private var answers: ContiguousArray<[Hit]?> = []

    /// - Parameter entries: in the order of their records.
    init(_ entries: [Entry], _ ordering: VersionOrdering?, of package: CompiledPackage) {
        self.package = package
        self.entries = entries
        var texts: [String] = []
        for entry in entries {
            // Without an order nothing can be said but by name.
            for range in ordering == nil ? [] : entry.affected.ranges {
                for event in range.events where CompiledRange.isOnLine(event) { texts.append(event.version) }
            }
            texts += entry.affected.versions
        }
        let places: [Place]
        (line, places) = VersionLine.make(texts, ordering ?? .lexicographic)
        rows.reserveCapacity(entries.count)
        var start = 0
        while start < entries.count {
            var end = start
            while end < entries.count, entries[end].record == entries[start].record { end += 1 }
            for _ in start..<end { rows.append(Row(record: entries[start].record, siblings: start..<end)) }
            start = end
        }
        var next = 0
        for (number, entry) in entries.enumerated() {
            addSpans(number, ordering == nil ? [] : entry.affected.ranges, places, &next)
            for _ in entry.affected.versions {
                named.append((places[next], Int32(truncatingIfNeeded: number)))
                next += 1
            }
        }
        if named.count > 1 { named.sort { ($0.place, $0.entry) < ($1.place, $1.entry) } }
        next = 0
        for (number, entry) in entries.enumerated() {
            addFixes(number, ordering == nil ? [] : entry.affected.ranges, places, &next)
            next += entry.affected.versions.count
        }
    }

    private func addSpans(_ number: Int, _ ranges: [AffectedRange], _ places: [Place], _ next: inout Int) {
        let first = spans.count
        for range in ranges {
            let count = range.events.count(where: CompiledRange.isOnLine)
            for span in CompiledRange(range, places[next..<(next + count)]).spans {
                spans.append(Span(start: span.start, end: span.end, entry: Int32(truncatingIfNeeded: number)))
            }
            next += count
        }
        rows[number].spans = first..<spans.count
    }

    private func addFixes(_ number: Int, _ ranges: [AffectedRange], _ places: [Place], _ next: inout Int) {
        let first = fixes.count
        for range in ranges {
            for event in range.events where CompiledRange.isOnLine(event) {
                let place = places[next]
                next += 1
                guard case .fixed(let text) = event, !affects(number, place),
                    !fixes[first...].contains(where: { $0.place == place && $0.text == text })
                else { continue }
                fixes.append((text, place))
            }
        }
        rows[number].fixes = first..<fixes.count
        if fixes.count > first + 1 { fixes[first...].sort { ($0.place, $0.text) < ($1.place, $1.text) } }
    }

    /// What was answered about the version's place before, else what the records that it falls under say.
    ///
    /// - Parameter key: memory for the version's key.
    func hits(_ version: String, _ key: inout VersionKey) -> [Hit] {
        guard let place = line.place(of: version, &key) else { return package.hits(found(one: version)) }
        if answers.isEmpty {
            answers = ContiguousArray(repeating: nil, count: line.placeCount)
        } else if let known = answers[Int(place)] {
            return known
        }
        let hits = package.hits(found(at: place))
        answers[Int(place)] = hits
        return hits
    }

    private func affects(_ entry: Int, _ place: Place) -> Bool {
        for index in rows[entry].spans where spans[index].start <= place && place < spans[index].end { return true }
        return names(of: place).contains { Int(named[$0].entry) == entry }
    }

    /// Where the entries stand that name the version at a place.
    private func names(of place: Place) -> Range<Int> {
        guard place & 1 == 1, !named.isEmpty else { return 0..<0 }
        var low = 0, high = named.count
        while low < high {
            let middle = (low + high) / 2
            if named[middle].place < place { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < named.count, named[end].place == place { end += 1 }
        return low..<end
    }

    /// The records that a version at the place falls under, in their order, each with the smallest later version that is
    /// free of it.
    func found(at place: Place) -> [Found] {
        var hit: [Int] = []
        for span in spans where span.start <= place && place < span.end { hit.append(Int(span.entry)) }
        let names = names(of: place)
        if !names.isEmpty {
            for index in names { hit.append(Int(named[index].entry)) }
            hit.sort()
        }
        guard !hit.isEmpty else { return [] }
        var found: [Found] = []
        found.reserveCapacity(hit.count)
        var last = -1
        for number in hit where number != last {
            last = number
            let row = rows[number]
            if found.last?.record != row.record { found.append(Found(record: row.record)) }
            let position = found.count - 1
            if found[position].state == nil { found[position].state = entries[number].affected.state }
            guard let candidate = row.fixes.first(where: { fixes[$0].place > place }).map({ fixes[$0] }),
                // A fix of one entry may still be affected by another of the same record.
                row.siblings.allSatisfy({ $0 == number || !affects($0, candidate.place) }),
                found[position].fix.map({ candidate.place < $0.place }) ?? true
            else { continue }
            found[position].fix = candidate
        }
        return found
    }

    /// The same by every bound of every record, for versions that stand in no order with the others.
    private func found(one version: String) -> [Found] {
        var found: [Found] = []
        for (number, entry) in entries.enumerated() where entry.affected.contains(version) == true {
            if found.last?.record != entry.record { found.append(Found(record: entry.record)) }
            let position = found.count - 1
            found[position].state = found[position].state ?? entry.affected.state
            guard let fix = entry.affected.fix(for: version),
                rows[number].siblings.allSatisfy({ entries[$0].affected.contains(fix) == false })
            else { continue }
            // Among versions in no order the first that repairs one is as good as another.
            let place = fixes[rows[number].fixes].first { $0.text == fix }?.place ?? .max
            if found[position].fix.map({ place < $0.place }) ?? true { found[position].fix = (fix, place) }
        }
        return found
    }
}
