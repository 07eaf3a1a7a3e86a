public import Packages
public import WaybillCore

/// A package that an advisory is about.
public struct Match: Hashable, Sendable {
    public var package: Package
    /// With the aliases of all records that were merged into it.
    public var advisory: Advisory
    /// The smallest version that removes it; nil where none is known.
    public var fixedVersion: String?
    /// What is known about attacks.
    public var exploitation: Exploitation?
    /// What the publisher means to do where there is no fix.
    public var state: String?

    public init(
        package: Package, advisory: Advisory, fixedVersion: String?, exploitation: Exploitation? = nil,
        state: String? = nil
    ) {
        self.package = package
        self.advisory = advisory
        self.fixedVersion = fixedVersion
        self.exploitation = exploitation
        self.state = state
    }

    public var finding: Finding {
        let names = advisory.names.filter { $0 != advisory.rule }
        return Finding(
            rule: advisory.rule, kind: .vulnerability, severity: advisory.severity, message: message,
            place: package.place,
            aliases: names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            evidence: evidence, remedy: remedy,
            fixedVersion: fixedVersion)
    }

    private var evidence: String {
        var text = "\(package.ecosystem) \(package.name) \(package.version)"
        if let since = exploitation?.knownSince { text += ", known to be attacked since \(since)" }
        return text
    }

    private var message: String {
        let what = advisory.summary.isEmpty ? "a known weakness" : advisory.summary
        return "\(package.name) \(package.version): \(what)"
    }

    private var remedy: String {
        guard let fixedVersion else {
            return "no fixed version is known: remove \(package.name), or accept it with an exception"
        }
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
        let session = MatchingSession(index)
        return packages.flatMap(session.matches)
    }

    public static func match(_ package: Package, _ index: AdvisoryIndex) -> [Match] {
        MatchingSession(index).matches(package)
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
    ///   - now: seconds since 1970.
    ///   - ageDaysMax: data imported longer ago is reported as stale.
    public static func gaps(in packages: [Package], _ index: AdvisoryIndex, now: Int64, ageDaysMax: Int) -> [Finding] {
        var findings: [Finding] = []
        let known = index.ecosystems
        let groups = Dictionary(grouping: packages, by: { $0.ecosystem.name })
        for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
            let moment = index.imported[name] ?? index.imported[""]
            if members[0].ecosystem.ordering == nil || !known.contains(name) && index.imported[name] == nil {
                findings.append(
                    gap(
                        "WB-SCAN-010", "there is no advisory data for \(name): \(count(members)) not judged", name,
                        "import advisories of \(name): waybill advisories import FOLDER"))
            } else if let moment, now - moment / 1000 > Int64(ageDaysMax) * 86_400 {
                findings.append(
                    gap(
                        "WB-SCAN-011",
                        "the advisory data for \(name) is older than \(ageDaysMax) days: \(count(members)) judged by it",
                        name,
                        "import newer advisories of \(name): waybill advisories import FOLDER"))
            }
            let unversioned = members.filter(\.version.isEmpty)
            if !unversioned.isEmpty {
                findings.append(
                    gap(
                        "WB-SCAN-012", "no version is known: \(count(unversioned)) of \(name) not judged", name,
                        "pin the versions in a lockfile"))
            }
        }
        return findings
    }

    private static func count(_ packages: [Package]) -> String {
        packages.count == 1 ? "1 package (\(packages[0].name))" : "\(packages.count) packages"
    }

    private static func gap(_ rule: String, _ message: String, _ ecosystem: String, _ remedy: String) -> Finding {
        Finding(
            rule: rule, kind: .configuration, severity: .medium, message: message, place: Place(object: ecosystem),
            remedy: remedy)
    }
}
