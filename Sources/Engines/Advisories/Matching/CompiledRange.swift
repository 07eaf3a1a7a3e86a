import Packages

/// The places that a range covers: says the same as `AffectedRange.contains`.
struct CompiledRange {
    typealias Place = VersionLine.Place

    /// From the first place up to, and without, the second.
    private(set) var spans: [(start: Place, end: Place)] = []

    /// The events of ranges whose versions belong on the line: the beginning of all and the end of none are no versions.
    static func isOnLine(_ event: AffectedRange.Event) -> Bool {
        switch event {
        case .introduced("0"), .limit("*"): false
        default: true
        }
    }

    /// - Parameter places: of the events that are on the line.
    init(_ range: AffectedRange, _ places: ArraySlice<Place>) {
        var limit: Place?
        var next = places.startIndex
        var events: [(place: Place, rank: Int8)] = []
        events.reserveCapacity(range.events.count)
        for event in range.events {
            guard Self.isOnLine(event) else {
                if case .introduced = event { events.append((-1, 1)) }
                continue
            }
            let place = places[next]
            next += 1
            // At one version: what ends before what begins, and the last affected version is still affected.
            switch event {
            case .fixed: events.append((place, 0))
            case .introduced: events.append((place, 1))
            case .lastAffected: events.append((place, 2))
            case .limit: limit = max(limit ?? 0, place)
            }
        }
        if events.count > 1 { events.sort { ($0.place, $0.rank) < ($1.place, $1.rank) } }
        var open: Place?
        for (place, rank) in events {
            guard rank != 1 else {
                open = open ?? max(place, 0)
                continue
            }
            guard let start = open else { continue }
            spans.append((start, rank == 2 ? place + 1 : place))
            open = nil
        }
        if let open { spans.append((open, .max)) }
        if let limit { spans = spans.map { ($0.start, min($0.end, limit)) } }
    }

    func contains(_ place: Place) -> Bool { spans.contains { $0.start <= place && place < $0.end } }
}
