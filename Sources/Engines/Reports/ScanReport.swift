public import Advisories
public import Packages
public import WaybillCore

/// What a scan found, with everything that a report must say: what was examined, with which data, and what could not be.
public struct ScanReport: Sendable {
    /// What was scanned.
    public struct Subject: Hashable, Sendable {
        public enum Kind: String, Sendable { case image, filesystem, repository, sbom }

        public var kind: Kind
        /// As it was asked for: `shop/cart:1.4`, a folder, a file.
        public var name: String
        /// The image's digest, the commit: nil where there is none.
        public var digest: Digest?
        public var commit: String?
        public var references: [String]
        public var operatingSystem: System?

        public init(
            kind: Kind, name: String, digest: Digest? = nil, commit: String? = nil, references: [String] = [],
            operatingSystem: System? = nil
        ) {
            self.kind = kind
            self.name = name
            self.digest = digest
            self.commit = commit
            self.references = references
            self.operatingSystem = operatingSystem
        }
    }

    public struct System: Hashable, Sendable {
        /// `debian`, `alpine`.
        public var family: String
        public var version: String
        /// Whether its maker has stopped repairing it.
        public var isEndOfLife: Bool

        public init(family: String, version: String, isEndOfLife: Bool = false) {
            self.family = family
            self.version = version
            self.isEndOfLife = isEndOfLife
        }
    }

    /// The advisories that were used.
    public struct Data: Hashable, Sendable {
        /// The digest of the data's state.
        public var snapshot: String?
        /// By ecosystem, in milliseconds since 1970.
        public var imported: [String: Int64]
        public var records: Int

        public init(snapshot: String? = nil, imported: [String: Int64] = [:], records: Int = 0) {
            self.snapshot = snapshot
            self.imported = imported
            self.records = records
        }

        public init(_ index: AdvisoryIndex) {
            self.init(snapshot: index.snapshot, imported: index.imported, records: index.count)
        }

        /// The age in whole days of the oldest data among the ecosystems; nil where there is none.
        public func ageDays(of ecosystems: Set<String>, at moment: Int64) -> Int? {
            ecosystems.compactMap { imported[$0] }.min().map { Int(max(moment - $0, 0) / 86_400_000) }
        }
    }

    public var subject: Subject
    public var packages: [Package]
    public var matches: [Match]
    /// Secrets, misconfigurations, licences.
    public var findings: [Finding]
    public var suppressed: [SuppressedFinding]
    /// What could not be examined or judged.
    public var gaps: [Finding]
    public var data: Data
    /// Files and layers that were read.
    public var filesExamined: Int
    public var layersExamined: Int
    /// The moment of the scan, in milliseconds since 1970. Reports say it only where a format demands a time.
    public var moment: Int64
    public var programVersion: String

    public init(
        subject: Subject, packages: [Package], matches: [Match], findings: [Finding] = [],
        suppressed: [SuppressedFinding] = [], gaps: [Finding] = [], data: Data = Data(), filesExamined: Int = 0,
        layersExamined: Int = 0, moment: Int64 = 0, programVersion: String = "0"
    ) {
        self.subject = subject
        self.packages = packages
        self.matches = matches
        self.findings = findings
        self.suppressed = suppressed
        self.gaps = gaps
        self.data = data
        self.filesExamined = filesExamined
        self.layersExamined = layersExamined
        self.moment = moment
        self.programVersion = programVersion
    }

    /// Every finding in reading order, gaps included.
    public var allFindings: [Finding] {
        (matches.map(\.finding) + findings + gaps).sorted(by: Finding.inReadingOrder)
    }

    /// The packages of one file, or those of the operating system.
    struct Group {
        var target: String
        var isOperatingSystem: Bool
        var ecosystem: Ecosystem
        var packages: [Package]
        var matches: [Match]
    }

    /// By the place in which packages stand, in order.
    var groups: [Group] {
        struct Key: Hashable {
            var target: String
            var ecosystem: String
        }
        var groups: [Key: Group] = [:]
        func key(_ package: Package) -> Key {
            let isSystem = package.ecosystem.isOperatingSystem
            let target = isSystem ? "" : package.place.location?.file ?? package.ecosystem.name
            return Key(target: target, ecosystem: package.ecosystem.name)
        }
        func group(_ package: Package) -> Group {
            let key = key(package)
            let system = subject.operatingSystem.map { " (\($0.family) \($0.version))" } ?? ""
            return Group(
                target: key.target.isEmpty ? subject.name + system : key.target,
                isOperatingSystem: package.ecosystem.isOperatingSystem, ecosystem: package.ecosystem, packages: [],
                matches: [])
        }
        for package in packages.sorted(by: Package.inOrder) {
            groups[key(package), default: group(package)].packages.append(package)
        }
        for match in matches.sorted(by: Self.inOrder) {
            groups[key(match.package), default: group(match.package)].matches.append(match)
        }
        return groups.sorted { left, right in
            if left.value.isOperatingSystem != right.value.isOperatingSystem { return left.value.isOperatingSystem }
            if left.key.target != right.key.target { return left.key.target < right.key.target }
            return left.key.ecosystem < right.key.ecosystem
        }.map(\.value)
    }

    /// By package, then by the advisory's name.
    static func inOrder(_ left: Match, _ right: Match) -> Bool {
        if Package.inOrder(left.package, right.package) { return true }
        if Package.inOrder(right.package, left.package) { return false }
        return left.advisory.rule < right.advisory.rule
    }
}

/// What decides whether a scan says yes.
public struct ReportFilter: Sendable {
    /// Findings of this severity and above answer no; nil: none does.
    public var failOn: Severity?
    /// Only findings with a fix are told.
    public var onlyFixed = false

    public init(failOn: Severity? = nil, onlyFixed: Bool = false) {
        self.failOn = failOn
        self.onlyFixed = onlyFixed
    }

    public func apply(to report: ScanReport) -> ScanReport {
        guard onlyFixed else { return report }
        var report = report
        report.matches.removeAll { $0.fixedVersion == nil }
        return report
    }

    /// Whether the answer is no. What could not be judged counts by its severity like everything else, and a severity
    /// that is not known may be any.
    public func fails(_ report: ScanReport) -> Bool {
        guard let failOn else { return false }
        return report.allFindings.contains { $0.severity >= failOn || $0.severity == .unknown }
    }
}
