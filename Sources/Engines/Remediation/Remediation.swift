import Advisories
public import Packages

/// What somebody allows a fix to change.
public struct RemediationOptions: Sendable {
    /// How far a version may move.
    public enum Level: String, Sendable, CaseIterable {
        case none, patch, minor, major
    }

    /// By package name; the empty name is for all others.
    public var levels: [String: Level] = [:]
    /// Weaknesses further away from the project than this are left alone.
    public var depthMax: Int?
    /// Whether packages for building and testing count.
    public var includesDevelopment = true
    /// Only these advisories; empty means all.
    public var only: Set<String> = []
    /// At most this many patches.
    public var patchesMax: Int?
    /// Whether a patch may bring a new weakness.
    public var mayIntroduce = true
    /// Whether Maven's dependency management may get new entries.
    public var mayAddManagement = true

    public init() {}

    func level(of name: String) -> Level { levels[name] ?? levels[""] ?? .major }
}

/// A package that an advisory is about, as installed.
public struct VulnerablePackage: Hashable, Sendable, Comparable {
    public var name: String
    public var version: String
    public static func < (left: Self, right: Self) -> Bool {
        (left.name, left.version) < (right.name, right.version)
    }
}

/// An advisory with the installed packages that fall under it.
public struct VulnerabilityOccurrence: Hashable, Sendable {
    public var id: String
    public var packages: [VulnerablePackage]
    /// Nothing that is allowed removes it everywhere.
    public var isUnactionable = false
}

/// One change with what it removes and what it brings.
public struct RemediationPatch: Hashable, Sendable {
    public struct Update: Hashable, Sendable {
        public var name: String
        /// Empty where the package was not named before.
        public var from: String
        public var to: String
        public var isTransitive: Bool
    }

    public var updates: [Update] = []
    public var fixed: [VulnerabilityOccurrence] = []
    public var introduced: [VulnerabilityOccurrence] = []
}

/// What was found in a project, and the patches chosen.
public struct RemediationResult: Sendable {
    public var ecosystem: Ecosystem
    public var strategy: Strategy
    public var vulnerabilities: [VulnerabilityOccurrence] = []
    public var patches: [RemediationPatch] = []

    public enum Strategy: String, Sendable {
        /// Loosen what the project asks for.
        case relax
        /// Move locked versions inside of what is asked for.
        case inPlace = "in-place"
        /// Say the version of a package from above.
        case override
        /// Take the newest that is allowed.
        case update
    }

    public init(ecosystem: Ecosystem, strategy: Strategy) {
        self.ecosystem = ecosystem
        self.strategy = strategy
    }
}

extension RemediationPatch {
    /// The most useful first: what is removed less what is brought, for each change; then more removed, fewer changes,
    /// names, and the smaller step.
    static func isBetter(_ one: RemediationPatch, _ other: RemediationPatch, _ ordering: VersionOrdering) -> Bool {
        let gains = (
            (one.fixed.count - one.introduced.count) * other.updates.count,
            (other.fixed.count - other.introduced.count) * one.updates.count
        )
        if gains.0 != gains.1 { return gains.0 > gains.1 }
        if one.fixed.count != other.fixed.count { return one.fixed.count > other.fixed.count }
        if one.updates.count != other.updates.count { return one.updates.count < other.updates.count }
        for (a, b) in zip(one.updates, other.updates) where a.name != b.name { return a.name < b.name }
        for (a, b) in zip(one.updates, other.updates) where a.to != b.to {
            if SemanticVersion(a.to) == nil || SemanticVersion(b.to) == nil, ordering == .npm { return a.to < b.to }
            switch ordering.compare(a.to, b.to) {
            case .less: return true
            case .greater: return false
            case .equal: continue
            }
        }
        for (a, b) in zip(one.updates, other.updates) where a.from != b.from { return a.from < b.from }
        return false
    }

    /// Patches that can stand together, best first.
    ///
    /// - Parameter isPerPackage: whether one weakness in two versions of a package counts as two, as in a lockfile.
    static func chosen(
        from all: [RemediationPatch], _ options: RemediationOptions, isPerPackage: Bool
    ) -> [RemediationPatch] {
        var chosen: [RemediationPatch] = []
        var changed: Set<VulnerablePackage> = [], fixed: Set<[String]> = []
        for patch in all {
            if let most = options.patchesMax, chosen.count >= most { break }
            let changes = patch.updates.map { VulnerablePackage(name: $0.name, version: $0.from) }
            guard changed.isDisjoint(with: changes) else { continue }
            let fixes = patch.fixed.map { vulnerability in
                isPerPackage ? [vulnerability.id, patch.updates[0].name, patch.updates[0].from] : [vulnerability.id]
            }
            guard fixed.isDisjoint(with: fixes) else { continue }
            if !options.mayIntroduce, !patch.introduced.isEmpty { continue }
            chosen.append(patch)
            changed.formUnion(changes)
            fixed.formUnion(fixes)
        }
        return chosen
    }
}
