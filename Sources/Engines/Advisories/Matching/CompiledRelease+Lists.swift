import Packages

extension CompiledRelease {
    /// What the statements that were read say, by the places of their versions.
    static func lists(
        _ written: WrittenRecords, _ places: ContiguousArray<Place>, _ tools: inout MatchingTools
    ) -> ReleaseLists {
        addRows(written, &tools)
        tools.spans.removeAll(keepingCapacity: true)
        tools.named.removeAll(keepingCapacity: true)
        tools.fixes.removeAll(keepingCapacity: true)
        var next = 0
        for row in tools.rows.indices { addSpans(row, places, &tools, &next) }
        if tools.named.count > 1 { tools.named.sort { ($0.place, $0.row) < ($1.place, $1.row) } }
        next = 0
        for row in tools.rows.indices { addFixes(row, written, places, &tools, &next) }
        return ReleaseLists(
            tools.maker, spans: tools.spans, named: tools.named, rows: tools.rows, fixes: tools.fixes, &tools.workshop)
    }

    private static func addRows(_ written: WrittenRecords, _ tools: inout MatchingTools) {
        tools.rows.removeAll(keepingCapacity: true)
        var start = 0
        while start < tools.entries.count {
            let record = written.entries[tools.entries[start]].record
            var end = start
            while end < tools.entries.count, written.entries[tools.entries[end]].record == record { end += 1 }
            for number in start..<end {
                tools.rows.append(
                    .init(
                        entry: Int32(truncatingIfNeeded: tools.entries[number]), record: record,
                        firstSibling: Int32(truncatingIfNeeded: start),
                        lastSibling: Int32(truncatingIfNeeded: end - 1)))
            }
            start = end
        }
    }

    private static func addSpans(
        _ row: Int, _ places: ContiguousArray<Place>, _ tools: inout MatchingTools, _ next: inout Int
    ) {
        let number = Int32(truncatingIfNeeded: row)
        let parts = tools.statements.parts(row)
        for range in parts.ranges {
            tools.range.begin()
            for index in tools.statements.events(range) {
                let event = tools.statements.events[index]
                tools.range.add(event.kind, event.isOnLine ? places[next] : nil)
                if event.isOnLine { next += 1 }
            }
            tools.range.end()
            for span in tools.range.spans { tools.spans.append(.init(start: span.start, end: span.end, row: number)) }
        }
        tools.rows[row].spansEnd = Int32(truncatingIfNeeded: tools.spans.count)
        for _ in parts.names {
            tools.named.append(.init(place: places[next], row: number))
            next += 1
        }
    }

    private static func addFixes(
        _ row: Int, _ written: WrittenRecords, _ places: ContiguousArray<Place>, _ tools: inout MatchingTools,
        _ next: inout Int
    ) {
        let region = written.region, start = written.section.lowerBound
        func text(_ fix: ReleaseLists.Fix) -> TextPlace {
            TextPlace(start: start + Int(fix.start), count: Int(fix.count))
        }
        let parts = tools.statements.parts(row)
        let first = tools.fixes.count
        for range in parts.ranges {
            for index in tools.statements.events(range) where tools.statements.events[index].isOnLine {
                let event = tools.statements.events[index], place = places[next]
                next += 1
                guard event.kind == .fixed, !affects(row, place, tools),
                    !tools.fixes[first...].contains(where: {
                        $0.place == place && region.areEqual(text($0), event.text)
                    })
                else { continue }
                tools.fixes.append(
                    .init(
                        start: UInt32(truncatingIfNeeded: event.text.start - start),
                        count: UInt32(truncatingIfNeeded: event.text.count), place: place))
            }
        }
        next += parts.names.count
        tools.rows[row].fixesEnd = Int32(truncatingIfNeeded: tools.fixes.count)
        guard tools.fixes.count > first + 1 else { return }
        tools.fixes[first...].sort {
            $0.place != $1.place ? $0.place < $1.place : region.precedes(text($0), text($1))
        }
    }

    private static func affects(_ row: Int, _ place: Place, _ tools: MatchingTools) -> Bool {
        let start = row == 0 ? 0 : Int(tools.rows[row - 1].spansEnd)
        for span in tools.spans[start..<Int(tools.rows[row].spansEnd)] where span.start <= place && place < span.end {
            return true
        }
        guard place & 1 == 1 else { return false }
        var low = 0, high = tools.named.count
        while low < high {
            let middle = (low + high) / 2
            if tools.named[middle].place < place { low = middle + 1 } else { high = middle }
        }
        while low < tools.named.count, tools.named[low].place == place {
            if tools.named[low].row == row { return true }
            low += 1
        }
        return false
    }
}

/// Answers that were given, by place: a few beside each other, many in a table.
struct PlaceAnswers {
    private static let fewMax = 24

    private let placeCount: Int
    /// Whether finding an answer anew is so much work that it pays to remember that there is nothing.
    private let isAskedAlways: Bool
    /// A bit for each place that an answer was kept for: a list that has none is not looked at.
    private var mayBeKept: UInt64 = 0
    private var few: ContiguousArray<(place: CompiledRelease.Place, hits: [Hit])> = []
    private var table: ContiguousArray<[Hit]?> = []

    init(_ placeCount: Int, isAskedAlways: Bool) {
        self.placeCount = placeCount
        self.isAskedAlways = isAskedAlways
    }

    subscript(place: CompiledRelease.Place) -> [Hit]? {
        guard mayBeKept >> UInt64(place & 63) & 1 == 1 else { return nil }
        guard table.isEmpty else { return table[Int(place)] }
        for index in few.indices where few[index].place == place { return few[index].hits }
        return nil
    }

    mutating func keep(_ hits: [Hit], _ place: CompiledRelease.Place) {
        guard isAskedAlways || !hits.isEmpty else { return }
        mayBeKept |= 1 << UInt64(place & 63)
        if table.isEmpty {
            guard few.count >= Self.fewMax else { return few.append((place, hits)) }
            table = ContiguousArray(repeating: nil, count: placeCount)
            for one in few { table[Int(one.place)] = one.hits }
            few = []
        }
        table[Int(place)] = hits
    }
}
