import Packages

/// What one record says about one package, ready for many versions.
struct CompiledAffected {
    private let ranges: [CompiledRange]
    /// Versions by name that are not plain numbers; a distribution's all.
    private let named: Set<String>
    private let numeric: Set<NumericVersion>
    private let others: [CompiledVersion]
    private let ordering: VersionOrdering?
    private let hasRanges: Bool
    let state: String?
    /// Versions in which it is repaired and not affected otherwise, from low to high.
    private(set) var fixes: [(text: String, version: CompiledVersion)] = []

    init(_ affected: Advisory.Affected) {
        state = affected.state
        hasRanges = !affected.ranges.isEmpty
        let ordering = affected.ecosystem.ordering
        self.ordering = ordering
        guard let ordering else {
            (ranges, numeric, others) = ([], [], [])
            named = Set(affected.versions)
            return
        }
        ranges = affected.ranges.map { CompiledRange($0, ordering) }
        var numeric: Set<NumericVersion> = [], others: [CompiledVersion] = [], named: Set<String> = []
        for version in affected.versions {
            // A distribution's versions are written in one way only: the name decides, and their lists are long.
            guard !affected.ecosystem.isOperatingSystem else {
                named.insert(version)
                continue
            }
            let compiled = CompiledVersion(version, ordering)
            if let number = compiled.numeric {
                numeric.insert(number)
            } else {
                named.insert(version)
                others.append(compiled)
            }
        }
        (self.numeric, self.others, self.named) = (numeric, others, named)
        let candidates = Set(affected.ranges.flatMap(\.fixes)).map {
            (text: $0, version: CompiledVersion($0, ordering))
        }
        fixes = candidates.filter { contains($0.version, $0.text) == false }.sorted { left, right in
            let order = left.version.compare(right.version, ordering)
            return order == .less || order == .equal && left.text < right.text
        }
    }

    /// Nil where nothing can be said, because the order is not known and the version is not named.
    func contains(_ version: CompiledVersion, _ text: String) -> Bool? {
        guard ordering != nil else { return named.contains(text) ? true : hasRanges ? nil : false }
        return affects(version, text)
    }

    func affects(_ version: CompiledVersion, _ text: String) -> Bool {
        guard let ordering else { return named.contains(text) }
        for range in ranges where range.contains(version, ordering) { return true }
        if let number = version.numeric { return !numeric.isEmpty && numeric.contains(number) }
        if !named.isEmpty, named.contains(text) { return true }
        return !others.isEmpty && others.contains { $0.compare(version, ordering) == .equal }
    }

    /// The smallest later version that this entry does not affect; nil where none is known.
    func fix(for version: CompiledVersion) -> (text: String, version: CompiledVersion)? {
        guard let ordering else { return nil }
        return fixes.first { $0.version.compare(version, ordering) == .greater }
    }
}

/// An advisory as answers name it: shared by all answers, so that giving one costs nothing.
public final class MatchedAdvisory: Sendable {
    /// With the aliases of all records that were merged into it. What it says about other packages is not in it.
    public let advisory: Advisory
    /// What is known about attacks.
    public let exploitation: Exploitation?
    let rule: String

    init(_ advisory: Advisory, _ exploitation: Exploitation?) {
        self.advisory = advisory
        self.exploitation = exploitation
        rule = advisory.rule
    }
}

/// Everything that is said about one package, by the releases of a distribution.
struct CompiledPackage {
    struct Record {
        /// Its place among the package's records.
        var position: Int
        var entries: [CompiledAffected]
    }

    /// Records as they were published, by position.
    let advisories: [MatchedAdvisory]
    private let entries: [(position: Int, ecosystem: Ecosystem, entry: CompiledAffected)]
    private var byRelease: [String?: [Record]] = [:]
    /// Records that are one weakness have the same number.
    private let weakness: [Int]
    /// Merged records, by the positions that were merged.
    private var merged: [[Int]: MatchedAdvisory] = [:]

    init(_ records: [(advisory: Advisory, affected: [Advisory.Affected])], _ index: AdvisoryIndex) {
        advisories = records.map { MatchedAdvisory($0.advisory, index.exploitation(of: $0.advisory)) }
        entries = records.enumerated().flatMap { position, record in
            record.affected.map { (position, $0.ecosystem, CompiledAffected($0)) }
        }
        weakness = Self.weaknesses(records.map(\.advisory))
    }

    /// Names tie records together, also through others. Which of them apply is another question.
    private static func weaknesses(_ advisories: [Advisory]) -> [Int] {
        var parents = Array(advisories.indices)
        func root(_ number: Int) -> Int {
            var number = number
            while parents[number] != number { number = parents[number] }
            return number
        }
        var known: [String: Int] = [:]
        for (number, advisory) in advisories.enumerated() {
            for name in advisory.names {
                if let other = known[name] {
                    let (one, two) = (root(other), root(number))
                    if one != two { parents[max(one, two)] = min(one, two) }
                } else {
                    known[name] = number
                }
            }
        }
        return advisories.indices.map(root)
    }

    private mutating func records(for ecosystem: Ecosystem) -> [Record] {
        if let known = byRelease[ecosystem.release] { return known }
        var result: [Record] = []
        for (position, affected, entry) in entries where ReleaseRule.applies(affected, to: ecosystem) {
            if let last = result.indices.last, result[last].position == position {
                result[last].entries.append(entry)
            } else {
                result.append(Record(position: position, entries: [entry]))
            }
        }
        // A package has few releases; somebody who asks for thousands gets no more room.
        if byRelease.count < 64 { byRelease[ecosystem.release] = result }
        return result
    }

    mutating func hits(_ version: String, _ ecosystem: Ecosystem, _ index: AdvisoryIndex) -> [Hit] {
        let ordering = ecosystem.ordering ?? .lexicographic
        let compiled = CompiledVersion(version, ordering)
        var found: [(position: Int, fix: (text: String, version: CompiledVersion)?, state: String?)] = []
        for record in records(for: ecosystem) {
            var isAffected = false
            var fix: (text: String, version: CompiledVersion)?
            var state: String?
            for entry in record.entries where entry.affects(compiled, version) {
                isAffected = true
                state = state ?? entry.state
                guard let candidate = entry.fix(for: compiled) else { continue }
                // A fix of one entry may still be affected by another.
                let isSound =
                    record.entries.count == 1
                    || record.entries.allSatisfy { $0.contains(candidate.version, candidate.text) == false }
                if isSound, fix.map({ candidate.version.compare($0.version, ordering) == .less }) ?? true {
                    fix = candidate
                }
            }
            if isAffected { found.append((record.position, fix, state)) }
        }
        guard found.count > 1 else {
            return found.map { Hit(matched: advisories[$0.position], fixedVersion: $0.fix?.text, state: $0.state) }
        }
        var groups: [Int: [Int]] = [:]
        var order: [Int] = []
        for (number, hit) in found.enumerated() {
            let group = weakness[hit.position]
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append(number)
        }
        var hits: [Hit] = []
        hits.reserveCapacity(order.count)
        for group in order {
            let members = groups[group] ?? []
            var fix = found[members[0]].fix, state = found[members[0]].state
            for member in members.dropFirst() {
                state = state ?? found[member].state
                guard let other = found[member].fix else { continue }
                // Who repairs a weakness must repair it for all who speak of it.
                if let one = fix, one.version.compare(other.version, ordering) != .less { continue }
                fix = other
            }
            let matched =
                members.count == 1
                ? advisories[found[members[0]].position] : merged(members.map { found[$0].position }, index)
            hits.append(Hit(matched: matched, fixedVersion: fix?.text, state: state))
        }
        return hits.sorted { $0.matched.rule.utf8.lexicographicallyPrecedes($1.matched.rule.utf8) }
    }

    private mutating func merged(_ positions: [Int], _ index: AdvisoryIndex) -> MatchedAdvisory {
        if let known = merged[positions] { return known }
        let advisory = Advisory.merged(positions.map { advisories[$0].advisory })
        let result = MatchedAdvisory(advisory, index.exploitation(of: advisory))
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
