import Packages

/// Memory that makes one package after another ready.
struct MatchingTools {
    var statements = WrittenStatements()
    var maker = KeyMaker()
    var range = CompiledRange()
    var key = VersionKey()
}

/// What all records say about one package in one release, ready for many versions.
final class CompiledRelease {
    typealias Place = VersionLine.Place

    /// A version that repairs something.
    struct Fix {
        var text: TextPlace
        var place: Place
    }

    /// A record that a version falls under.
    struct Found {
        var record: Int
        var fix: Fix?
        var state: String?
    }

    private struct Span {
        var start: Place
        var end: Place
        var entry: Int32
    }

    private struct Row {
        var record: Int32
        /// The entries of the same record, which stand beside each other.
        var firstSibling: Int32
        var lastSibling: Int32
        /// Where its spans and its fixes end; they begin where those of the entry before end.
        var spansEnd: Int32 = 0
        var fixesEnd: Int32 = 0
    }

    private unowned let package: CompiledPackage
    private let entries: ContiguousArray<WrittenRecords.Entry>
    private var line: VersionLine
    /// By entry.
    private var rows: ContiguousArray<Row> = []
    private var spans: ContiguousArray<Span> = []
    /// Entries that name a version, by the version's place.
    private var named: ContiguousArray<(place: Place, entry: Int32)> = []
    /// The versions that repair an entry and that it does not affect otherwise, from low to high.
    private var fixes: ContiguousArray<Fix> = []
    /// What entries say, for versions whose place says nothing.
    private lazy var affected = entries.map(package.written.affected)
    /// Answers that were given, by place; empty until the first.
    private var answers: ContiguousArray<[Hit]?> = []

    /// - Parameter entries: in the order of their records.
    init(
        _ entries: ContiguousArray<WrittenRecords.Entry>, _ ordering: VersionOrdering?, of package: CompiledPackage,
        _ tools: inout MatchingTools
    ) {
        self.package = package
        self.entries = entries
        tools.statements.read(package.written, entries, isOrdered: ordering != nil)
        line = VersionLine(
            tools.statements.texts, package.written.region, ordering ?? .lexicographic, &tools.maker)
        rows.reserveCapacity(entries.count)
        var start = 0
        while start < entries.count {
            var end = start
            while end < entries.count, entries[end].record == entries[start].record { end += 1 }
            for _ in start..<end {
                rows.append(
                    Row(
                        record: Int32(truncatingIfNeeded: entries[start].record),
                        firstSibling: Int32(truncatingIfNeeded: start),
                        lastSibling: Int32(truncatingIfNeeded: end - 1)))
            }
            start = end
        }
        spans.reserveCapacity(tools.statements.ranges.count)
        named.reserveCapacity(tools.statements.names.count)
        var next = 0
        for number in entries.indices { addSpans(number, tools.statements, &tools.range, &next) }
        if named.count > 1 { named.sort { ($0.place, $0.entry) < ($1.place, $1.entry) } }
        next = 0
        for number in entries.indices { addFixes(number, tools.statements, &next) }
    }

    private func addSpans(
        _ number: Int, _ statements: WrittenStatements, _ range: inout CompiledRange, _ next: inout Int
    ) {
        let entry = Int32(truncatingIfNeeded: number)
        let parts = statements.parts(number)
        for place in parts.ranges {
            range.begin()
            for index in statements.events(place) {
                let event = statements.events[index]
                range.add(event.kind, event.isOnLine ? line.places[next] : nil)
                if event.isOnLine { next += 1 }
            }
            range.end()
            for span in range.spans { spans.append(Span(start: span.start, end: span.end, entry: entry)) }
        }
        rows[number].spansEnd = Int32(truncatingIfNeeded: spans.count)
        for _ in parts.names {
            named.append((line.places[next], entry))
            next += 1
        }
    }

    private func addFixes(_ number: Int, _ statements: WrittenStatements, _ next: inout Int) {
        let region = package.written.region
        let parts = statements.parts(number)
        let first = fixes.count
        for range in parts.ranges {
            for index in statements.events(range) where statements.events[index].isOnLine {
                let event = statements.events[index], place = line.places[next]
                next += 1
                guard event.kind == .fixed, !affects(number, place),
                    !fixes[first...].contains(where: { $0.place == place && region.areEqual($0.text, event.text) })
                else { continue }
                fixes.append(Fix(text: event.text, place: place))
            }
        }
        next += parts.names.count
        rows[number].fixesEnd = Int32(truncatingIfNeeded: fixes.count)
        guard fixes.count > first + 1 else { return }
        fixes[first...].sort {
            $0.place != $1.place ? $0.place < $1.place : region.precedes($0.text, $1.text)
        }
    }

    private func spans(of entry: Int) -> Range<Int> {
        (entry == 0 ? 0 : Int(rows[entry - 1].spansEnd))..<Int(rows[entry].spansEnd)
    }

    private func fixes(of entry: Int) -> Range<Int> {
        (entry == 0 ? 0 : Int(rows[entry - 1].fixesEnd))..<Int(rows[entry].fixesEnd)
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
        for index in spans(of: entry) where spans[index].start <= place && place < spans[index].end { return true }
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
            let row = rows[number], record = Int(row.record)
            if found.last?.record != record { found.append(Found(record: record)) }
            let position = found.count - 1
            if found[position].state == nil {
                found[position].state = WrittenStatements.state(package.written, entries[number])
            }
            guard let candidate = fixes(of: number).first(where: { fixes[$0].place > place }).map({ fixes[$0] }),
                // A fix of one entry may still be affected by another of the same record.
                (Int(row.firstSibling)...Int(row.lastSibling)).allSatisfy({
                    $0 == number || !affects($0, candidate.place)
                }),
                found[position].fix.map({ candidate.place < $0.place }) ?? true
            else { continue }
            found[position].fix = candidate
        }
        return found
    }

    /// The same by every bound of every record, for versions that stand in no order with the others.
    private func found(one version: String) -> [Found] {
        var found: [Found] = []
        for (number, entry) in entries.enumerated() where affected[number].contains(version) == true {
            if found.last?.record != entry.record { found.append(Found(record: entry.record)) }
            let position = found.count - 1
            found[position].state = found[position].state ?? affected[number].state
            let siblings = Int(rows[number].firstSibling)...Int(rows[number].lastSibling)
            guard let text = affected[number].fix(for: version),
                siblings.allSatisfy({ affected[$0].contains(text) == false }), let fix = fix(number, text)
            else { continue }
            if found[position].fix.map({ fix.place < $0.place }) ?? true { found[position].fix = fix }
        }
        return found
    }

    /// Where an entry's fix stands. Among versions in no order the first that repairs one is as good as another.
    private func fix(_ entry: Int, _ text: String) -> Fix? {
        let region = package.written.region
        if let known = fixes(of: entry).first(where: { region.string(fixes[$0].text) == text }) { return fixes[known] }
        var statements = WrittenStatements()
        statements.read(package.written, [entries[entry]], isOrdered: true)
        return statements.events.first { $0.kind == .fixed && region.string($0.text) == text }
            .map { Fix(text: $0.text, place: .max) }
    }
}
