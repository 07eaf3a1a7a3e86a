import Packages

/// An advisory as answers name it: shared by all answers, so that giving one costs nothing.
public final class MatchedAdvisory: Sendable {
    /// With the aliases of all records that were merged into it. What it says about other packages is not in it.
    public let advisory: Advisory
    /// What is known about attacks.
    public let exploitation: Exploitation?
    let rule: String
    let sortedNames: [String]

    init(_ advisory: Advisory, _ exploitation: Exploitation?) {
        self.advisory = advisory
        self.exploitation = exploitation
        rule = advisory.rule
        let names = advisory.names
        sortedNames = names.count == 1 ? names : names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Everything that is said about one package, by the releases of a distribution.
final class CompiledPackage {
    /// A package has few releases; somebody who asks for thousands gets no more room.
    private static let releasesMax = 64

    /// Records as they were published, by position.
    private let advisories: [MatchedAdvisory]
    private let entries: [CompiledRelease.Entry]
    private let index: AdvisoryIndex
    /// Of packages that know no releases.
    private var plain: CompiledRelease?
    private var byRelease: [String: CompiledRelease] = [:]
    /// Records that are one weakness have the same number.
    private let weakness: [Int]
    /// Merged records, by the positions that were merged.
    private var merged: [[Int]: MatchedAdvisory] = [:]

    init(_ records: [(advisory: Advisory, affected: [Advisory.Affected])], _ index: AdvisoryIndex) {
        self.index = index
        advisories = records.map { MatchedAdvisory($0.advisory, index.exploitation(of: $0.advisory)) }
        entries = records.enumerated().flatMap { position, record in
            record.affected.map { CompiledRelease.Entry(record: position, affected: $0) }
        }
        weakness = Self.weaknesses(records.map(\.advisory))
    }

    /// Names tie records together, also through others. Which of them apply is another question.
    private static func weaknesses(_ advisories: [Advisory]) -> [Int] {
        guard advisories.count > 1 else { return Array(advisories.indices) }
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

    private func release(_ ecosystem: Ecosystem) -> CompiledRelease {
        if let name = ecosystem.release {
            if let known = byRelease[name] { return known }
        } else if let plain {
            return plain
        }
        let made = CompiledRelease(
            entries.filter { ReleaseRule.applies($0.affected.ecosystem, to: ecosystem) }, ecosystem.ordering)
        if let name = ecosystem.release {
            if byRelease.count < Self.releasesMax { byRelease[name] = made }
        } else {
            plain = made
        }
        return made
    }

    /// Ordered by name; records with a common name count once.
    func hits(_ version: String, _ ecosystem: Ecosystem) -> [Hit] {
        let release = release(ecosystem)
        let place = release.place(of: version)
        if let known = release.answer(at: place) { return known }
        let hits = hits(release.found(at: place))
        release.keep(hits, at: place)
        return hits
    }

    private func hits(_ found: [CompiledRelease.Found]) -> [Hit] {
        guard found.count > 1 else {
            return found.map { Hit(matched: advisories[$0.record], fixedVersion: $0.fix?.text, state: $0.state) }
        }
        var groups: [Int: [Int]] = [:]
        var order: [Int] = []
        for (number, hit) in found.enumerated() {
            let group = weakness[hit.record]
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
                if let one = fix, one.place >= other.place { continue }
                fix = other
            }
            let matched =
                members.count == 1
                ? advisories[found[members[0]].record] : merged(members.map { found[$0].record })
            hits.append(Hit(matched: matched, fixedVersion: fix?.text, state: state))
        }
        return hits.sorted { $0.matched.rule.utf8.lexicographicallyPrecedes($1.matched.rule.utf8) }
    }

    private func merged(_ positions: [Int]) -> MatchedAdvisory {
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
