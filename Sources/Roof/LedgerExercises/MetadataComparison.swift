public import Ledger
public import WaybillCore

/// Holds a store against the plain history that it must agree with.
public struct MetadataComparison: Sendable {
    let store: any MetadataStore
    let history: MetadataHistory
    private var random: SplitMix

    public init(_ store: any MetadataStore, _ history: MetadataHistory, seed: UInt64) {
        self.store = store
        self.history = history
        random = SplitMix(seed: seed)
    }

    /// What stands now, whole: nil where the two agree.
    public func difference(asOf moment: Instant? = nil) async throws(WaybillError) -> String? {
        for kind in MetadataKind.allCases {
            if let found = try await difference(MetadataQuery(kind: kind), limit: 1_000, asOf: moment) { return found }
        }
        return nil
    }

    /// Random lists and reads, now and as of random moments up to the last: the first disagreement.
    public mutating func difference(reads: Int, upTo last: Int64) async throws(WaybillError) -> String? {
        for _ in 0..<reads {
            let moment =
                Bool.random(using: &random)
                ? Instant(milliseconds: Int64.random(in: -1...last + 1, using: &random)) : nil
            if let found = try await difference(
                query(last), limit: Int.random(in: 1...40, using: &random), asOf: moment)
            {
                return found
            }
            let number = Int.random(in: 0..<60, using: &random)
            for name in [history.names.randomElement(using: &random), "projects/p\(number % 3)/occurrences/o\(number)"]
            {
                guard let name else { continue }
                let expected = history.record(name, asOf: moment)
                let found = try await store.record(name, asOf: moment)
                guard found == expected else {
                    return
                        "\(name) as of \(moment.map { "\($0.milliseconds)" } ?? "now"): \(Self.text(found)), expected \(Self.text(expected))"
                }
            }
        }
        return nil
    }

    private mutating func query(_ last: Int64) -> MetadataQuery {
        var query = MetadataQuery(kind: Int.random(in: 0..<8, using: &random) == 0 ? .note : .occurrence)
        func isWanted() -> Bool { Int.random(in: 0..<3, using: &random) == 0 }
        if !isWanted() { query.project = "p\(Int.random(in: 0..<3, using: &random))" }
        if isWanted() { query.notes = some(MetadataExercise.notes) }
        if isWanted() { query.resources = some(MetadataExercise.resources) }
        if isWanted() { query.noteKinds = some([1, 2, 3, 9]) }
        if isWanted() { query.createdFrom = Instant(milliseconds: Int64.random(in: 0...last, using: &random)) }
        if isWanted() { query.createdBefore = Instant(milliseconds: Int64.random(in: 0...last, using: &random)) }
        return query
    }

    private mutating func some<Element>(_ all: [Element]) -> [Element] {
        all.filter { _ in Bool.random(using: &random) }
    }

    /// All pages of a list, compared page by page.
    private func difference(
        _ query: MetadataQuery, limit: Int, asOf moment: Instant?
    ) async throws(WaybillError) -> String? {
        var cursor: MetadataCursor?
        repeat {
            let expected = try history.records(query, after: cursor, limit: limit, asOf: moment)
            let found = try await store.records(query, after: cursor, limit: limit, asOf: moment)
            guard found.records == expected.records, (found.next == nil) == (expected.next == nil) else {
                return """
                    \(query) as of \(moment.map { "\($0.milliseconds)" } ?? "now"): \(found.records.map(\.name)) \
                    \(found.next.map { "to \($0.position)" } ?? ""), expected \(expected.records.map(\.name)) \
                    \(expected.next.map { "to \($0.position)" } ?? "")
                    """
            }
            // Positions are each store's own.
            guard let next = expected.next, let other = found.next else { return nil }
            guard next == other else { return "a list goes on at \(other.position), expected \(next.position)" }
            cursor = next
        } while true
    }

    private static func text(_ record: MetadataRecord?) -> String {
        record.map { "updated \($0.updated.milliseconds), \($0.body.count) bytes" } ?? "none"
    }
}
