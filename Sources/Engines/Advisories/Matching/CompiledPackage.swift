import Packages

/// Everything that is said about one package.
final class CompiledPackage {
    /// Records as they were published, by position.
    let advisories: ContiguousArray<MatchedAdvisory>
    let written: WrittenRecords
    private let attacks: AttackFacts
    /// Records that are one weakness have the same number.
    private let weakness: ContiguousArray<Int32>
    /// Where a record stands by its name; empty for a single one.
    private let rank: ContiguousArray<Int32>
    /// Merged records, by the positions that were merged.
    private var merged: [[Int]: MatchedAdvisory] = [:]

    /// - Parameter advisories: by the records' numbers in `written`.
    init(_ advisories: ContiguousArray<MatchedAdvisory>, _ written: WrittenRecords, _ attacks: AttackFacts) {
        self.advisories = advisories
        self.written = written
        self.attacks = attacks
        let names = advisories.count > 1 ? advisories.map(\.names) : []
        weakness = Self.weaknesses(names)
        rank = Self.ranks(names)
    }

    /// Names tie records together, also through others. Which of them apply is another question.
    private static func weaknesses(_ names: [MatchedAdvisory.Names]) -> ContiguousArray<Int32> {
        var parents = ContiguousArray((0..<Int32(truncatingIfNeeded: names.count)).map { $0 })
        guard names.count > 1 else { return parents }
        func root(_ number: Int32) -> Int32 {
            var number = number
            while parents[Int(number)] != number { number = parents[Int(number)] }
            return number
        }
        var all: [(name: Int, record: Int32)] = []
        for (record, names) in names.enumerated() {
            for name in names.hashes { all.append((name, Int32(truncatingIfNeeded: record))) }
        }
        all.sort { ($0.name, $0.record) < ($1.name, $1.record) }
        for (one, other) in zip(all, all.dropFirst()) where one.name == other.name {
            let roots = (root(one.record), root(other.record))
            if roots.0 != roots.1 { parents[Int(max(roots.0, roots.1))] = min(roots.0, roots.1) }
        }
        return ContiguousArray(parents.map(root))
    }

    private static func ranks(_ names: [MatchedAdvisory.Names]) -> ContiguousArray<Int32> {
        guard names.count > 1 else { return [] }
        var ranks = ContiguousArray<Int32>(repeating: 0, count: names.count)
        let order = names.indices.sorted { one, other in
            let (one, other) = ((names[one].rule, one), (names[other].rule, other))
            return precedes(one.0, other.0) || !precedes(other.0, one.0) && one.1 < other.1
        }
        for (rank, record) in order.enumerated() { ranks[record] = Int32(truncatingIfNeeded: rank) }
        return ranks
    }

    /// Ordered by name; records with a common name count once.
    func hits(_ found: [CompiledRelease.Found]) -> [Hit] {
        guard found.count > 1 else {
            return found.map { Hit(matched: advisories[$0.record], fixedVersion: text($0.fix), state: $0.state) }
        }
        var hits: [Hit] = []
        hits.reserveCapacity(found.count)
        // Mostly every record is a weakness of its own.
        if zip(found, found.dropFirst()).allSatisfy({ weakness[$0.record] < weakness[$1.record] }) {
            var found = found
            if !zip(found, found.dropFirst()).allSatisfy({ rank[$0.record] < rank[$1.record] }) {
                found.sort { rank[$0.record] < rank[$1.record] }
            }
            for one in found {
                hits.append(Hit(matched: advisories[one.record], fixedVersion: text(one.fix), state: one.state))
            }
            return hits
        }
        // Records of one weakness beside each other, in their order.
        let order = found.indices.sorted { (weakness[found[$0].record], $0) < (weakness[found[$1].record], $1) }
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, weakness[found[order[end]].record] == weakness[found[order[start]].record] {
                end += 1
            }
            hits.append(hit(found, order[start..<end]))
            start = end
        }
        return Self.sorted(hits)
    }

    private func text(_ fix: CompiledRelease.Fix?) -> String? { fix.map { written.region.string($0.text) } }

    private static func sorted(_ hits: [Hit]) -> [Hit] {
        let isSorted = zip(hits, hits.dropFirst()).allSatisfy { !precedes($1.matched.rule, $0.matched.rule) }
        return isSorted ? hits : hits.sorted { precedes($0.matched.rule, $1.matched.rule) }
    }

    private static func precedes(_ one: String, _ other: String) -> Bool {
        var one = one, other = other
        return one.withUTF8 { one in other.withUTF8 { one.lexicographicallyPrecedes($0) } }
    }

    private func hit(_ found: [CompiledRelease.Found], _ members: ArraySlice<Int>) -> Hit {
        let first = found[members[members.startIndex]]
        guard members.count > 1 else {
            return Hit(matched: advisories[first.record], fixedVersion: text(first.fix), state: first.state)
        }
        var fix = first.fix, state = first.state
        for member in members.dropFirst() {
            state = state ?? found[member].state
            guard let other = found[member].fix else { continue }
            // Who repairs a weakness must repair it for all who speak of it.
            if let one = fix, one.place >= other.place { continue }
            fix = other
        }
        return Hit(matched: merged(members.map { found[$0].record }), fixedVersion: text(fix), state: state)
    }

    private func merged(_ positions: [Int]) -> MatchedAdvisory {
        if let known = merged[positions] { return known }
        let result = MatchedAdvisory(Advisory.merged(positions.map { advisories[$0].advisory }), attacks)
        merged[positions] = result
        return result
    }
}

extension Advisory {
    /// One record of several about one weakness: all names, the worst severity, every rating.
    static func merged(_ records: [Advisory]) -> Advisory {
        var kept = records[0]
        for advisory in records.dropFirst() {
            for name in advisory.names where !kept.names.contains(name) { kept.aliases.append(name) }
            for name in advisory.related where !kept.related.contains(name) { kept.related.append(name) }
            for rating in advisory.ratings where !kept.ratings.contains(rating) { kept.ratings.append(rating) }
            if advisory.severity > kept.severity { (kept.severity, kept.score) = (advisory.severity, advisory.score) }
            if kept.summary.isEmpty { kept.summary = advisory.summary }
            if kept.details.isEmpty { kept.details = advisory.details }
            for url in advisory.references where !kept.references.contains(url) { kept.references.append(url) }
            for weakness in advisory.weaknesses where !kept.weaknesses.contains(weakness) {
                kept.weaknesses.append(weakness)
            }
        }
        return kept
    }
}
