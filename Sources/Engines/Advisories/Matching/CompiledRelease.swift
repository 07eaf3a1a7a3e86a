import Packages

/// What all records say about one package in one release, ready for many versions.
final class CompiledRelease {
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
        var fix: (text: String, place: VersionLine.Place)?
        var state: String?
    }

    private struct Span {
        var start: VersionLine.Place
        var end: VersionLine.Place
        var entry: Int32
    }

    /// By entry its record, and the entries of that record, which stand beside each other.
    private let records: [Int]
    private var siblings: [Range<Int>] = []
    private let states: [String?]
    private let line: VersionLine
    private var spans: [Span] = []
    /// By entry the same spans, for the question whether a version is free of it.
    private var spansOfEntry: [Range<Int>] = []
    /// Entries that name a version, by the version's place.
    private var named: [VersionLine.Place: [Int]] = [:]
    /// By entry the versions that repair it and that it does not affect otherwise, from low to high.
    private var fixes: [[(text: String, place: VersionLine.Place)]] = []
    /// Answers that were given, by place; empty until the first.
    private var answers: [[Hit]?] = []

    /// - Parameter entries: in the order of their records.
    init(_ entries: [Entry], _ ordering: VersionOrdering?) {
        records = entries.map(\.record)
        states = entries.map(\.affected.state)
        var texts: Set<String> = []
        for entry in entries {
            texts.formUnion(entry.affected.versions)
            guard ordering != nil else { continue }
            for range in entry.affected.ranges { texts.formUnion(range.events.lazy.map(\.version)) }
        }
        line = VersionLine(texts, ordering ?? .lexicographic)
        var start = 0
        while start < entries.count {
            var end = start
            while end < entries.count, records[end] == records[start] { end += 1 }
            siblings += Array(repeating: start..<end, count: end - start)
            start = end
        }
        for (number, entry) in entries.enumerated() {
            let start = spans.count
            // Without an order nothing can be said but by name.
            for range in ordering == nil ? [] : entry.affected.ranges {
                for span in CompiledRange(range, line).spans {
                    spans.append(Span(start: span.start, end: span.end, entry: Int32(truncatingIfNeeded: number)))
                }
            }
            spansOfEntry.append(start..<spans.count)
            for version in entry.affected.versions {
                let place = line.place(named: version)
                if named[place]?.last != number { named[place, default: []].append(number) }
            }
        }
        for (number, entry) in entries.enumerated() {
            let candidates = Set(ordering == nil ? [] : entry.affected.ranges.flatMap(\.fixes))
                .map { (text: $0, place: line.place(named: $0)) }
            fixes.append(
                candidates.filter { !affects(number, $0.place) }.sorted { ($0.place, $0.text) < ($1.place, $1.text) })
        }
    }

    func place(of version: String) -> VersionLine.Place { line.place(of: version) }

    /// What was answered about the place before.
    func answer(at place: VersionLine.Place) -> [Hit]? { answers.isEmpty ? nil : answers[Int(place)] }

    func keep(_ answer: [Hit], at place: VersionLine.Place) {
        if answers.isEmpty { answers = Array(repeating: nil, count: line.placeCount) }
        answers[Int(place)] = answer
    }

    private func affects(_ entry: Int, _ place: VersionLine.Place) -> Bool {
        for index in spansOfEntry[entry] where spans[index].start <= place && place < spans[index].end { return true }
        return place & 1 == 1 && named[place]?.contains(entry) == true
    }

    /// The records that a version at the place falls under, in their order, each with the smallest later version that is
    /// free of it.
    func found(at place: VersionLine.Place) -> [Found] {
        var hit: [Int] = []
        spans.withUnsafeBufferPointer { spans in
            for span in spans where span.start <= place && place < span.end { hit.append(Int(span.entry)) }
        }
        if place & 1 == 1, let more = named[place] { hit += more }
        guard !hit.isEmpty else { return [] }
        var found: [Found] = []
        var last = -1
        for number in hit.sorted() where number != last {
            last = number
            if found.last?.record != records[number] { found.append(Found(record: records[number])) }
            let position = found.count - 1
            found[position].state = found[position].state ?? states[number]
            guard let candidate = fixes[number].first(where: { $0.place > place }),
                // A fix of one entry may still be affected by another of the same record.
                siblings[number].allSatisfy({ $0 == number || !affects($0, candidate.place) }),
                found[position].fix.map({ candidate.place < $0.place }) ?? true
            else { continue }
            found[position].fix = candidate
        }
        return found
    }
}
