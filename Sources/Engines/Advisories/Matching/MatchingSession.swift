public import Packages
import WaybillCore

/// Answers about many packages from one state of the data. What it has made ready for one package serves the next, so
/// that a session belongs to one task.
public final class MatchingSession {
    /// Answers that are remembered; beyond that they are worked out again.
    static let answersMax = 200_000

    private let index: AdvisoryIndex
    private var compiled: [CompiledPackage?]
    private var newer: [AdvisoryIndex.Key: CompiledPackage] = [:]
    private var advisories: [Advisory?]
    private var answers = 0

    /// A record that applies, with the version that removes it.
    struct Answer {
        var advisory: Advisory
        var fixedVersion: String?
        var state: String?
    }

    private struct Question: Hashable {
        var version: String
        var release: String?
    }

    private struct CompiledPackage {
        /// By record: one may have several entries for a package.
        var records: [(advisory: Int, newer: Advisory?, entries: [CompiledAffected])] = []
        var answers: [Question: [Answer]] = [:]
    }

    public init(_ index: AdvisoryIndex) {
        self.index = index
        compiled = Array(repeating: nil, count: index.base?.keyCount ?? 0)
        advisories = Array(repeating: nil, count: index.base?.count ?? 0)
    }

    /// The advisories that the package falls under, ordered by name; records with a common name count once.
    public func matches(_ package: Package) -> [Match] {
        answers(for: package).map {
            Match(
                package: package, advisory: $0.advisory, fixedVersion: $0.fixedVersion,
                exploitation: index.exploitation(of: $0.advisory), state: $0.state)
        }
    }

    /// How many advisories the package falls under.
    public func count(_ package: Package) -> Int { answers(for: package).count }

    /// Every record about the package, whatever its version, ordered by id.
    public func records(about package: Package) -> [Advisory] {
        index.advisories(about: AdvisoryIndex.Key(package.ecosystem, package.advisorySubject.name)).filter { advisory in
            advisory.affected.contains {
                package.ecosystem.release == nil || ReleaseRule.applies($0.ecosystem, to: package.ecosystem)
            }
        }
    }

    /// The records that the package falls under, each as it was published, ordered by id.
    public func records(affecting package: Package) -> [Advisory] {
        let subject = package.advisorySubject
        let key = AdvisoryIndex.Key(package.ecosystem, subject.name)
        return records(about: package).filter { advisory in
            advisory.affected.contains { affected in
                AdvisoryIndex.Key(affected.ecosystem, affected.name) == key
                    && (package.ecosystem.release == nil || ReleaseRule.applies(affected.ecosystem, to: package.ecosystem))
                    && affected.contains(subject.version) == true
            }
        }
    }

    private func answers(for package: Package) -> [Answer] {
        let subject = package.advisorySubject
        guard !subject.version.isEmpty, !KernelRule.isOnlyHeaders(package) else { return [] }
        let ecosystem = package.ecosystem
        let name = ecosystem.normalized(subject.name)
        if index.hasNewerRecords {
            let key = AdvisoryIndex.Key(ecosystemName: ecosystem.name, normalizedName: name)
            if index.hasNewer(key) {
                var list = newer[key] ?? compile(key, index.base?.keyNumber(key.ecosystem, key.name))
                let found = answers(subject.version, ecosystem, &list)
                newer[key] = list
                return found
            }
        }
        guard let number = index.base?.keyNumber(ecosystem.name, name) else { return [] }
        if compiled[number] == nil {
            let key = AdvisoryIndex.Key(ecosystemName: ecosystem.name, normalizedName: name)
            compiled[number] = compile(key, number)
        }
        guard var list = compiled[number] else { return [] }
        // Taken out while it is changed, so that it is changed in place.
        compiled[number] = nil
        defer { compiled[number] = list }
        return answers(subject.version, ecosystem, &list)
    }

    private func compile(_ key: AdvisoryIndex.Key, _ number: Int?) -> CompiledPackage {
        var result = CompiledPackage()
        if let number, let base = index.base {
            for posting in base.postings(number) {
                let entry =
                    base.affected(posting.entry, key)
                    // What cannot be read may be anything: it affects every version.
                    ?? .init(
                        ecosystem: Ecosystem(name: key.ecosystem), name: key.name,
                        ranges: [AffectedRange([.introduced("0")])])
                if let last = result.records.indices.last, result.records[last].advisory == posting.advisory {
                    result.records[last].entries.append(CompiledAffected(entry))
                } else {
                    if !index.replaced.isEmpty, index.replaced.contains(advisory(posting.advisory).id) { continue }
                    result.records.append((posting.advisory, nil, [CompiledAffected(entry)]))
                }
            }
        }
        for advisory in index.newer(key) {
            let entries = advisory.affected.filter { AdvisoryIndex.Key($0.ecosystem, $0.name) == key }
            result.records.append((-1, advisory, entries.map(CompiledAffected.init)))
        }
        return result
    }

    private func advisory(_ number: Int) -> Advisory {
        guard advisories.indices.contains(number) else { return AdvisoryBase.unreadable(number) }
        if let known = advisories[number] { return known }
        let read = index.base?.advisory(number) ?? AdvisoryBase.unreadable(number)
        advisories[number] = read
        return read
    }

    private func answers(_ version: String, _ ecosystem: Ecosystem, _ list: inout CompiledPackage) -> [Answer] {
        let question = Question(version: version, release: ecosystem.release)
        if let known = list.answers[question] { return known }
        guard let ordering = ecosystem.ordering else { return unordered(version, ecosystem, list) }
        let compiled = CompiledVersion(version, ordering)
        var found: [Answer] = []
        for record in list.records {
            var isAffected = false
            var fix: (text: String, version: CompiledVersion)?
            var state: String?
            for entry in record.entries where ReleaseRule.applies(entry.affected.ecosystem, to: ecosystem) {
                guard entry.contains(compiled, version) == true else { continue }
                isAffected = true
                state = state ?? entry.affected.state
                guard let candidate = entry.fix(for: compiled) else { continue }
                // A fix of one entry may still be affected by another.
                let isSound = record.entries.allSatisfy {
                    !ReleaseRule.applies($0.affected.ecosystem, to: ecosystem)
                        || $0.contains(candidate.version, candidate.text) == false
                }
                if isSound, fix.map({ candidate.version.compare($0.version, ordering) == .less }) ?? true {
                    fix = candidate
                }
            }
            if isAffected {
                found.append(
                    Answer(advisory: record.newer ?? advisory(record.advisory), fixedVersion: fix?.text, state: state))
            }
        }
        let merged = AnswerMerging.merged(found, ordering)
        if answers < Self.answersMax {
            answers += 1
            list.answers[question] = merged
        }
        return merged
    }

    /// Without an order only a version that is named can be affected.
    private func unordered(_ version: String, _ ecosystem: Ecosystem, _ list: CompiledPackage) -> [Answer] {
        let found = list.records.filter { record in
            record.entries.contains {
                ReleaseRule.applies($0.affected.ecosystem, to: ecosystem) && $0.affected.versions.contains(version)
            }
        }
        return AnswerMerging.merged(
            found.map { Answer(advisory: $0.newer ?? advisory($0.advisory), fixedVersion: nil, state: nil) }, nil)
    }
}

/// Whether what is said about one release of a distribution counts for another.
enum ReleaseRule {
    /// The same distribution and release; records without release are about all.
    static func applies(_ affected: Ecosystem, to package: Ecosystem) -> Bool {
        guard affected.name == package.name else { return false }
        guard let release = affected.release else { return true }
        guard let own = package.release else { return false }
        if release == own { return true }
        switch affected.name {
        case "Red Hat":
            // `enterprise_linux:9::appstream`; other products' fixes come in other versions.
            let parts = release.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count > 1 && parts[0] == "enterprise_linux" && major(String(parts[1])) == major(own)
        case "Ubuntu":
            return release.split(separator: ":").first.map(String.init) == own.split(separator: ":").first.map(String.init)
        case "AlmaLinux", "Rocky Linux":
            return major(release) == major(own)
        default: return false
        }
    }

    private static func major(_ release: String) -> Substring { release.prefix { $0 != "." && $0 != ":" } }
}

/// Makes one answer of the records of one weakness: all names, the worse severity, the later fix.
enum AnswerMerging {
    static func merged(_ answers: [MatchingSession.Answer], _ ordering: VersionOrdering?) -> [MatchingSession.Answer] {
        guard answers.count > 1 else { return answers }
        var groups: [[Int]] = []
        var groupOf: [String: Int] = [:]
        for (number, answer) in answers.enumerated() {
            // The names may tie several groups together.
            let known = Set(answer.advisory.names.compactMap { groupOf[$0] }).sorted()
            let target: Int
            if let first = known.first {
                target = first
                for other in known.dropFirst() {
                    for member in groups[other] { for name in answers[member].advisory.names { groupOf[name] = first } }
                    groups[first] += groups[other]
                    groups[other] = []
                }
                groups[first].append(number)
            } else {
                target = groups.count
                groups.append([number])
            }
            for name in answer.advisory.names { groupOf[name] = target }
        }
        return groups.filter { !$0.isEmpty }.map { members in merge(members.sorted().map { answers[$0] }, ordering) }
            .sorted { $0.advisory.rule.utf8.lexicographicallyPrecedes($1.advisory.rule.utf8) }
    }

    private static func merge(_ answers: [MatchingSession.Answer], _ ordering: VersionOrdering?) -> MatchingSession.Answer {
        var kept = answers[0]
        for answer in answers.dropFirst() {
            let advisory = answer.advisory
            for name in advisory.names where !kept.advisory.names.contains(name) { kept.advisory.aliases.append(name) }
            for name in advisory.related where !kept.advisory.related.contains(name) { kept.advisory.related.append(name) }
            for rating in advisory.ratings where !kept.advisory.ratings.contains(rating) {
                kept.advisory.ratings.append(rating)
            }
            if advisory.severity > kept.advisory.severity {
                kept.advisory.severity = advisory.severity
                kept.advisory.score = advisory.score
            }
            if kept.advisory.summary.isEmpty { kept.advisory.summary = advisory.summary }
            if kept.advisory.details.isEmpty { kept.advisory.details = advisory.details }
            for url in advisory.references where !kept.advisory.references.contains(url) {
                kept.advisory.references.append(url)
            }
            kept.state = kept.state ?? answer.state
            if let one = kept.fixedVersion, let other = answer.fixedVersion, let ordering {
                if ordering.compare(one, other) == .less { kept.fixedVersion = other }
            } else {
                kept.fixedVersion = kept.fixedVersion ?? answer.fixedVersion
            }
        }
        return kept
    }
}
