import Packages

/// The places that a range covers: says the same as `AffectedRange.contains`. One serves one range after another.
struct CompiledRange {
    typealias Place = CompiledRelease.Place

    /// From the first place up to, and without, the second.
    private(set) var spans: ContiguousArray<(start: Place, end: Place)> = []
    private var points: ContiguousArray<(place: Place, rank: Int8)> = []
    private var limit: Place?

    init() {}

    mutating func begin() {
        spans.removeAll(keepingCapacity: true)
        points.removeAll(keepingCapacity: true)
        limit = nil
    }

    /// - Parameter place: of the event's version; nil where it is not on the line.
    mutating func add(_ kind: WrittenStatements.Kind, _ place: Place?) {
        guard let place else {
            if kind == .introduced { points.append((-1, 1)) }
            return
        }
        // At one version: what ends before what begins, and the last affected version is still affected.
        switch kind {
        case .fixed: points.append((place, 0))
        case .introduced: points.append((place, 1))
        case .lastAffected: points.append((place, 2))
        case .limit: limit = max(limit ?? 0, place)
        }
    }

    mutating func end() {
        let isSorted = zip(points, points.dropFirst()).allSatisfy { ($0.place, $0.rank) <= ($1.place, $1.rank) }
        if !isSorted { points.sort { ($0.place, $0.rank) < ($1.place, $1.rank) } }
        var open: Place?
        for (place, rank) in points {
            guard rank != 1 else {
                open = open ?? max(place, 0)
                continue
            }
            guard let start = open else { continue }
            spans.append((start, rank == 2 ? place + 1 : place))
            open = nil
        }
        if let open { spans.append((open, .max)) }
        if let limit {
            for index in spans.indices { spans[index].end = min(spans[index].end, limit) }
        }
    }

    func contains(_ place: Place) -> Bool { spans.contains { $0.start <= place && place < $0.end } }
}
