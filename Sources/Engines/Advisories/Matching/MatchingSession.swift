public import Packages
import WaybillCore

/// An advisory that a package falls under.
public struct Hit: Sendable {
    public let matched: MatchedAdvisory
    /// The smallest version that removes it; nil where none is known.
    public let fixedVersion: String?
    /// What the publisher means to do where there is no fix.
    public let state: String?
}

/// Answers about many packages from one state of the data. What it has made ready for one package serves the next, so
/// that a session belongs to one task.
public final class MatchingSession {
    private let index: AdvisoryIndex
    private let base: AdvisoryBase?
    private var worlds: MatchingWorlds
    private var compiled: [CompiledPackage?]
    private var newer: [NewerKey: CompiledRelease] = [:]
    private var records: [MatchedAdvisory?]
    private let attacks: AttackFacts
    private let hasNewerRecords: Bool
    private var tools = MatchingTools()
    /// Records without a severity of their own, by id.
    private var ratedElsewhere: [String: Advisory] = [:]

    /// A release's package that newer records speak of.
    private struct NewerKey: Hashable {
        var package: AdvisoryIndex.Key
        var release: String?
    }

    public init(_ index: AdvisoryIndex) {
        self.index = index
        base = index.base
        worlds = MatchingWorlds(index.base)
        compiled = Array(repeating: nil, count: index.base?.keyCount ?? 0)
        records = Array(repeating: nil, count: index.base?.count ?? 0)
        attacks = AttackFacts(index)
        hasNewerRecords = index.hasNewerRecords
    }

    /// The advisories that the package falls under, ordered by name; records with a common name count once.
    public func matches(_ package: Package) -> [Match] {
        hits(package).map {
            Match(
                package: package, advisory: rated($0.matched.advisory), fixedVersion: $0.fixedVersion,
                exploitation: $0.matched.exploitation, state: $0.state)
        }
    }

    /// A distribution often says that a weakness is there, and not how bad it is: then the word of those counts who
    /// describe the same weakness elsewhere.
    private func rated(_ advisory: Advisory) -> Advisory {
        guard advisory.severity == .unknown else { return advisory }
        if let known = ratedElsewhere[advisory.id] { return known }
        var result = advisory
        for name in advisory.names where name.utf8.starts(with: "CVE-".utf8) {
            for other in index.advisories(named: name) where other.withdrawn == nil && other.names.contains(name) {
                for rating in other.ratings where !result.ratings.contains(rating) { result.ratings.append(rating) }
            }
        }
        result.rate()
        ratedElsewhere[advisory.id] = result
        return result
    }

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
                    && (package.ecosystem.release == nil
                        || ReleaseRule.applies(affected.ecosystem, to: package.ecosystem))
                    && affected.contains(subject.version) == true
            }
        }
    }

    /// The same with advisories that all answers share: for a million packages.
    public func hits(_ package: Package) -> [Hit] {
        guard package.isJudged else { return [] }
        let world = worlds[package.ecosystem]
        if world.isAboutSources, let source = package.source {
            return hits(package, source.name, source.version, world)
        }
        return hits(package, package.name, package.version, world)
    }

    private func hits(_ package: Package, _ name: String, _ version: String, _ world: MatchingWorld) -> [Hit] {
        guard !version.isEmpty else { return [] }
        let name = world.isNormal(name) ? name : package.ecosystem.normalized(name)
        if hasNewerRecords {
            let key = AdvisoryIndex.Key(ecosystemName: package.ecosystem.name, normalizedName: name)
            if index.hasNewer(key) {
                let place = NewerKey(package: key, release: package.ecosystem.release)
                if let known = newer[place] { return known.hits(version, &tools.key) }
                let compiled = compile(key, index.base?.keyNumber(key.ecosystem, key.name))
                let release = CompiledRelease(compiled, package.ecosystem, &tools)
                newer[place] = release
                return release.hits(version, &tools.key)
            }
        }
        guard let names = world.names, let number = world.number(of: name) else { return [] }
        if let release = world.releases[number] { return release.hits(version, &tools.key) }
        let release = CompiledRelease(
            compiledPackage(names.keys.lowerBound + number, package.ecosystem, name), package.ecosystem, &tools)
        world.releases[number] = release
        return release.hits(version, &tools.key)
    }

    private func compiledPackage(_ number: Int, _ ecosystem: Ecosystem, _ name: String) -> CompiledPackage {
        if let known = compiled[number] { return known }
        let made = compile(AdvisoryIndex.Key(ecosystemName: ecosystem.name, normalizedName: name), number)
        compiled[number] = made
        return made
    }

    private func compile(_ key: AdvisoryIndex.Key, _ number: Int?) -> CompiledPackage {
        if let number, !index.hasNewer(key) { return compile(key, inBase: number) }
        var advisories: ContiguousArray<MatchedAdvisory> = []
        // What stands in two places is written into one.
        var writer = ByteWriter(), starts: [(start: Int, record: Int)] = []
        func add(_ entry: Advisory.Affected) {
            starts.append((writer.bytes.count, advisories.count - 1))
            AdvisoryCoding.write(entry, to: &writer)
        }
        if let number {
            let old = compile(key, inBase: number)
            var last = -1
            for entry in old.written.entries {
                let record = Int(entry.record)
                if record != last { advisories.append(old.advisories[record]) }
                last = record
                add(old.written.affected(entry))
            }
        }
        for advisory in index.newer(key) {
            var head = advisory
            head.affected = []
            advisories.append(MatchedAdvisory(head, attacks))
            for entry in advisory.affected where AdvisoryIndex.Key(entry.ecosystem, entry.name) == key { add(entry) }
        }
        var written = WrittenRecords(ByteRegion(copying: writer.bytes), 0..<writer.bytes.count, key)
        for (start, record) in starts { written.add(start, of: record) }
        return CompiledPackage(advisories, written, attacks)
    }

    private func compile(_ key: AdvisoryIndex.Key, inBase number: Int) -> CompiledPackage {
        var advisories: ContiguousArray<MatchedAdvisory> = []
        guard let base else {
            return CompiledPackage([], WrittenRecords(ByteRegion(copying: []), 0..<0, key), attacks)
        }
        let section = base.section(.entries)
        var written = WrittenRecords(base.region, section, key)
        var last = -1
        let (start, count) = base.postingList(number)
        for place in stride(from: start, to: start + count * 8, by: 8) {
            let advisory = base.region.u32(place)
            if advisory != last {
                guard !index.replacedNumbers.contains(advisory) else { continue }
                advisories.append(record(advisory))
                last = advisory
            }
            written.add(base.region.u32(place + 4), of: advisories.count - 1)
        }
        return CompiledPackage(advisories, written, attacks)
    }

    /// A record without what it says about packages.
    private func record(_ number: Int) -> MatchedAdvisory {
        guard let base, records.indices.contains(number) else {
            return MatchedAdvisory(AdvisoryBase.unreadable(number), attacks)
        }
        if let known = records[number] { return known }
        let made = MatchedAdvisory(base, number, attacks)
        records[number] = made
        return made
    }
}

extension Package {
    /// Whether its distribution's or its language's advisories speak of it.
    var isJudged: Bool {
        // The files of a distribution's package, and what others have packaged, have other versions and other fixes.
        !isThirdParty && owner == nil && !KernelRule.isOnlyHeaders(self)
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
            return release.split(separator: ":").first.map(String.init)
                == own.split(separator: ":").first.map(String.init)
        case "AlmaLinux", "Rocky Linux":
            return major(release) == major(own)
        default: return false
        }
    }

    private static func major(_ release: String) -> Substring { release.prefix { $0 != "." && $0 != ":" } }
}
