public import Packages
public import WaybillCore

/// A published weakness of packages, in the model of OSV.
public struct Advisory: Hashable, Sendable {
    public var id: String
    /// Other names of the same weakness: `CVE-2021-23337`.
    public var aliases: [String]
    public var summary: String
    public var severity: Severity
    /// The CVSS base score that gave the severity.
    public var score: Double?
    /// RFC 3339, as the feed writes it.
    public var published: String?
    public var modified: String
    /// Set where the publisher took the record back: it says nothing any more.
    public var withdrawn: String?
    public var affected: [Affected]
    public var references: [String]
    /// Names of weaknesses that this record repairs or speaks of without being them: the CVEs of a distribution's advisory.
    public var related: [String] = []
    /// What happened, at length.
    public var details: String = ""
    /// What each source says about how bad it is, with its vector where it gives one.
    public var ratings: [Rating] = []
    /// Kinds of weakness: `CWE-79`.
    public var weaknesses: [String] = []

    /// How bad one source takes a weakness to be.
    public struct Rating: Hashable, Sendable {
        /// Who says it: `GHSA`, `NVD`, `RHSA`, `debian`. The scale stands in the vector.
        public var source: String
        public var severity: Severity
        public var score: Double?
        public var vector: String?

        public init(source: String, severity: Severity, score: Double? = nil, vector: String? = nil) {
            self.source = source
            self.severity = severity
            self.score = score
            self.vector = vector
        }

        /// The newest scale counts most, words least.
        fileprivate var order: Int { vector.flatMap { CVSS(vector: $0)?.version } ?? 0 }

        /// Nil for a vector that cannot be read.
        public init?(source: String, vector: String) {
            guard let cvss = CVSS(vector: vector) else { return nil }
            self.init(source: source, severity: cvss.severity, score: cvss.score, vector: vector)
        }
    }

    /// One package that the advisory is about.
    public struct Affected: Hashable, Sendable {
        public var ecosystem: Ecosystem
        public var name: String
        public var ranges: [AffectedRange]
        /// Affected versions by name, beside the ranges.
        public var versions: [String]
        /// What the publisher means to do where there is no fix: `will_not_fix`, `end_of_life`, `fix_deferred`.
        public var state: String?

        public init(
            ecosystem: Ecosystem, name: String, ranges: [AffectedRange] = [], versions: [String] = [],
            state: String? = nil
        ) {
            self.ecosystem = ecosystem
            self.name = name
            self.ranges = ranges
            self.versions = versions
            self.state = state
        }
    }

    public init(
        id: String, aliases: [String] = [], summary: String = "", severity: Severity = .unknown, score: Double? = nil,
        published: String? = nil, modified: String = "", withdrawn: String? = nil, affected: [Affected] = [],
        references: [String] = []
    ) {
        self.id = id
        self.aliases = aliases
        self.summary = summary
        self.severity = severity
        self.score = score
        self.published = published
        self.modified = modified
        self.withdrawn = withdrawn
        self.affected = affected
        self.references = references
    }

    /// Every name by which somebody may ask for the record.
    public var searchNames: [String] { names + related.filter { !names.contains($0) } }

    /// Takes the severity from the ratings, where none is set: the newest CVSS with the highest score, else the worst word.
    public mutating func rate() {
        guard severity == .unknown else { return }
        let scored = ratings.compactMap { $0.vector.flatMap { CVSS(vector: $0) } }
        if let best = scored.max(by: { ($0.version, $0.score) < ($1.version, $1.score) }) {
            (severity, score) = (best.severity, best.score)
        } else if let worst = ratings.max(by: { $0.severity < $1.severity }) {
            (severity, score) = (worst.severity, worst.score)
        }
    }

    /// Takes the severity from the first of the sources that has rated the weakness; where none has, it stays as it is.
    ///
    /// - Parameter sources: as ratings name them, in whatever letters' case.
    public mutating func rate(by sources: [String]) {
        for source in sources {
            let name = source.lowercased()
            let own = ratings.filter { $0.source.lowercased() == name }
            guard let best = own.max(by: { ($0.order, $0.score ?? 0) < ($1.order, $1.score ?? 0) }) else { continue }
            (severity, score) = (best.severity, best.score)
            ratings.removeAll { $0 == best }
            ratings.insert(best, at: 0)
            return
        }
    }

    /// Whose rating gave the severity; nil where it came from elsewhere.
    public var severitySource: String? {
        let same = ratings.filter { $0.severity == severity }
        return (same.first { $0.score == score } ?? same.first)?.source
    }

    /// Id and aliases.
    public var names: [String] { [id] + aliases.filter { $0 != id } }

    /// The name that people quote: the CVE where there is one, then the GHSA, then the record's own id.
    public var rule: String {
        names.first { $0.hasPrefix("CVE-") } ?? names.first { $0.hasPrefix("GHSA-") } ?? id
    }
}

extension Advisory.Affected {
    /// Whether the version is affected; nil where nothing can be said, because the ecosystem's order is not known and
    /// the version is not named.
    public func contains(_ version: String) -> Bool? {
        if versions.contains(version) { return true }
        guard let ordering = ecosystem.ordering else { return ranges.isEmpty ? false : nil }
        if ranges.contains(where: { $0.contains(version, in: ordering) }) { return true }
        return versions.contains { ordering.areEqual($0, version) }
    }

    /// The smallest later version that is not affected; nil where none is known.
    public func fix(for version: String) -> String? {
        guard let ordering = ecosystem.ordering else { return nil }
        return ranges.flatMap(\.fixes)
            .filter { ordering.compare($0, version) == .greater && contains($0) == false }
            .min { ordering.compare($0, $1) == .less }
    }
}
