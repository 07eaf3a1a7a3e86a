public import Packages
public import WaybillCore

/// A package that an advisory is about.
public struct Match: Hashable, Sendable {
    public var package: Package
    /// With the aliases of all records that were merged into it.
    public var advisory: Advisory
    /// The smallest version that removes it; nil where none is known.
    public var fixedVersion: String?

    public init(package: Package, advisory: Advisory, fixedVersion: String?) {
        self.package = package
        self.advisory = advisory
        self.fixedVersion = fixedVersion
    }

    public var finding: Finding {
        let names = advisory.names.filter { $0 != advisory.rule }
        return Finding(
            rule: advisory.rule, kind: .vulnerability, severity: advisory.severity, message: message, place: package.place,
            aliases: names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            evidence: "\(package.ecosystem) \(package.name) \(package.version)", remedy: remedy, fixedVersion: fixedVersion)
    }

    private var message: String {
        let what = advisory.summary.isEmpty ? "a known weakness" : advisory.summary
        return "\(package.name) \(package.version): \(what)"
    }

    private var remedy: String {
        guard let fixedVersion else { return "no fixed version is known: remove \(package.name), or accept it with an exception" }
        if package.ecosystem.isOperatingSystem {
            return "rebuild on a base image with \(package.source?.name ?? package.name) \(fixedVersion)"
        }
        return "upgrade \(package.name) to \(fixedVersion)"
    }
}

/// Finds the advisories that packages fall under.
public enum AdvisoryMatcher {
    /// In the order of the packages, then by the advisory's name. Records with a common name count once.
    public static func match(_ packages: [Package], _ index: AdvisoryIndex) -> [Match] {
        packages.flatMap { match($0, index) }
    }

    public static func match(_ package: Package, _ index: AdvisoryIndex) -> [Match] {
        let (name, version) = (package.advisorySubject.name, package.advisorySubject.version)
        guard !version.isEmpty else { return [] }
        var matches: [Match] = []
        for advisory in index.advisories(about: AdvisoryIndex.Key(package.ecosystem, name)) {
            guard let match = match(package, name, version, advisory) else { continue }
            merge(match, into: &matches)
        }
        return matches.sorted { $0.advisory.rule.utf8.lexicographicallyPrecedes($1.advisory.rule.utf8) }
    }

    private static func match(_ package: Package, _ name: String, _ version: String, _ advisory: Advisory) -> Match? {
        let entries = advisory.affected.filter {
            applies($0, to: package.ecosystem) && $0.ecosystem.normalized($0.name) == package.ecosystem.normalized(name)
        }
        guard entries.contains(where: { $0.contains(version) == true }) else { return nil }
        guard let ordering = package.ecosystem.ordering else { return Match(package: package, advisory: advisory, fixedVersion: nil) }
        // A fix of one entry may still be affected by another.
        let fixes = entries.compactMap { $0.fix(for: version) }
            .filter { fix in entries.allSatisfy { $0.contains(fix) == false } }
        return Match(package: package, advisory: advisory, fixedVersion: fixes.min { ordering.compare($0, $1) == .less })
    }

    /// The same distribution and release; records without release are about all.
    private static func applies(_ affected: Advisory.Affected, to ecosystem: Ecosystem) -> Bool {
        guard affected.ecosystem.name == ecosystem.name else { return false }
        guard let release = affected.ecosystem.release else { return true }
        return release == ecosystem.release
    }

    /// Two records of one weakness become one match: all names, the worse severity, the later fix.
    private static func merge(_ match: Match, into matches: inout [Match]) {
        let names = Set(match.advisory.names)
        guard let position = matches.firstIndex(where: { !names.isDisjoint(with: $0.advisory.names) }) else {
            return matches.append(match)
        }
        var kept = matches.remove(at: position)
        for name in match.advisory.names where !kept.advisory.names.contains(name) { kept.advisory.aliases.append(name) }
        if match.advisory.severity > kept.advisory.severity {
            kept.advisory.severity = match.advisory.severity
            kept.advisory.score = match.advisory.score
        }
        if kept.advisory.summary.isEmpty { kept.advisory.summary = match.advisory.summary }
        if let one = kept.fixedVersion, let other = match.fixedVersion, let ordering = match.package.ecosystem.ordering {
            if ordering.compare(one, other) == .less { kept.fixedVersion = other }
        } else {
            kept.fixedVersion = kept.fixedVersion ?? match.fixedVersion
        }
        // The merged names may tie it to further matches.
        merge(kept, into: &matches)
    }
}

extension AdvisoryMatcher {
    /// The matches as findings, worst first.
    public static func findings(for matches: [Match]) -> [Finding] {
        matches.map(\.finding).sorted(by: Finding.inReadingOrder)
    }

    /// What the matches cannot say: ecosystems without data, data beyond its age, packages without a usable version.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - ageDaysMax: data imported longer ago is reported as stale.
    public static func gaps(in packages: [Package], _ index: AdvisoryIndex, now: Int64, ageDaysMax: Int) -> [Finding] {
        var findings: [Finding] = []
        let known = index.ecosystems
        let groups = Dictionary(grouping: packages, by: { $0.ecosystem.name })
        for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
            let moment = index.imported[name] ?? index.imported[""]
            if members[0].ecosystem.ordering == nil || !known.contains(name) && index.imported[name] == nil {
                findings.append(gap("WB-SCAN-010", "there is no advisory data for \(name): \(count(members)) not judged", name,
                    "import advisories of \(name): waybill advisories import FOLDER"))
            } else if let moment, now - moment > Int64(ageDaysMax) * 86_400_000 {
                findings.append(gap("WB-SCAN-011", "the advisory data for \(name) is older than \(ageDaysMax) days: \(count(members)) judged by it", name,
                    "import newer advisories of \(name): waybill advisories import FOLDER"))
            }
            let unversioned = members.filter(\.version.isEmpty)
            if !unversioned.isEmpty {
                findings.append(gap("WB-SCAN-012", "no version is known: \(count(unversioned)) of \(name) not judged", name, "pin the versions in a lockfile"))
            }
        }
        return findings
    }

    private static func count(_ packages: [Package]) -> String {
        packages.count == 1 ? "1 package (\(packages[0].name))" : "\(packages.count) packages"
    }

    private static func gap(_ rule: String, _ message: String, _ ecosystem: String, _ remedy: String) -> Finding {
        Finding(rule: rule, kind: .configuration, severity: .medium, message: message, place: Place(object: ecosystem), remedy: remedy)
    }
}
