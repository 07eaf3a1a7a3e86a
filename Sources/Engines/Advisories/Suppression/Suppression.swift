public import Packages
public import WaybillCore

/// A statement that a finding does not count: who says so, why, and until when.
public struct Suppression: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case vulnerability, misconfiguration, secret, licence, any
    }

    /// What the statement says of the product.
    public enum Status: String, Sendable {
        /// VEX: the weakness does no harm here.
        case notAffected = "not_affected"
        /// VEX: the package has been repaired without its version saying so.
        case fixed
        /// An ignore file or an exception of our own: known, and taken upon oneself.
        case accepted
    }

    public var kind: Kind
    public var status: Status
    /// The finding's rule or one of its aliases; empty for every rule.
    public var rules: [String]
    /// Packages that it is about; empty for all. A package URL without version is for every version.
    public var packages: [PackageURL]
    /// Files that it is about, with `*`, `**` and `?`; empty for all.
    public var paths: [String]
    /// Images or other products that it is about, by package URL, digest or name; empty for all.
    public var products: [String]
    public var reason: String
    public var owner: String
    /// The last day on which it counts: `2026-03-31`. Nil for ever.
    public var expires: String?
    /// Where it is written: file, and what in it.
    public var source: String

    public init(
        kind: Kind = .vulnerability, status: Status = .accepted, rules: [String], packages: [PackageURL] = [],
        paths: [String] = [], products: [String] = [], reason: String = "", owner: String = "", expires: String? = nil,
        source: String
    ) {
        self.kind = kind
        self.status = status
        self.rules = rules
        self.packages = packages
        self.paths = paths
        self.products = products
        self.reason = reason
        self.owner = owner
        self.expires = expires
        self.source = source
    }

    /// Whether it counts on a day, written `2026-03-31`: one that has expired counts as absent.
    public func counts(on day: String) -> Bool {
        expires.map { !day.utf8.lexicographicallyPrecedes($0.utf8) ? day == $0 : true } ?? true
    }
}

/// A finding that does not count, with the statement that says so.
public struct SuppressedFinding: Hashable, Sendable {
    public var finding: Finding
    public var suppression: Suppression

    public init(finding: Finding, suppression: Suppression) {
        self.finding = finding
        self.suppression = suppression
    }
}

/// Holds findings against statements.
public struct SuppressionList: Sendable {
    public private(set) var suppressions: [Suppression]

    public init(_ suppressions: [Suppression] = []) { self.suppressions = suppressions }

    public mutating func add(_ more: [Suppression]) { suppressions += more }

    /// The findings that count, and those that do not with the first statement that says so.
    ///
    /// - Parameters:
    ///   - day: today, `2026-03-31`.
    ///   - product: names of what was examined: its digest, its package URL, its reference.
    public func apply(
        to findings: [Finding], on day: String, product: [String] = []
    ) -> (kept: [Finding], suppressed: [SuppressedFinding]) {
        let active = suppressions.filter { $0.counts(on: day) }
        guard !active.isEmpty else { return (findings, []) }
        var byRule: [String: [Int]] = [:], general: [Int] = []
        for (number, suppression) in active.enumerated() {
            if suppression.rules.isEmpty { general.append(number) }
            for rule in suppression.rules { byRule[rule.uppercased(), default: []].append(number) }
        }
        var kept: [Finding] = [], suppressed: [SuppressedFinding] = []
        for finding in findings {
            let candidates = ([finding.rule] + finding.aliases).flatMap { byRule[$0.uppercased()] ?? [] } + general
            let first = Set(candidates).sorted().first { active[$0].covers(finding, product) }
            if let first {
                suppressed.append(SuppressedFinding(finding: finding, suppression: active[first]))
            } else {
                kept.append(finding)
            }
        }
        return (kept, suppressed)
    }

    /// Statements that were made for a time that is over: who must look again.
    public func expired(on day: String) -> [Suppression] { suppressions.filter { !$0.counts(on: day) } }
}

extension Suppression {
    /// Whether the statement is about the finding, its rule aside.
    func covers(_ finding: Finding, _ product: [String]) -> Bool {
        guard kind == .any || kind == Kind(finding.kind) else { return false }
        if !products.isEmpty, !products.contains(where: { name in product.contains { Self.isSame(name, $0) } }) {
            return false
        }
        if !paths.isEmpty {
            guard let file = finding.place.location?.file, paths.contains(where: { PathPattern.matches($0, file) })
            else { return false }
        }
        guard !packages.isEmpty else { return true }
        guard let text = finding.place.package, let own = try? PackageURL(parsing: text) else { return false }
        return packages.contains { $0.names(own) }
    }

    /// A product by its package URL with or without what stands behind the version, or by its plain name.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard one.hasPrefix("pkg:"), other.hasPrefix("pkg:"), let left = try? PackageURL(parsing: one),
            let right = try? PackageURL(parsing: other)
        else { return false }
        return left.names(right)
    }
}

extension Suppression.Kind {
    init(_ kind: Finding.Kind) {
        switch kind {
        case .vulnerability: self = .vulnerability
        case .secret: self = .secret
        case .licence: self = .licence
        default: self = .misconfiguration
        }
    }
}

extension PackageURL {
    /// Whether the other one is meant: the same package, and what this one says about version and qualifiers.
    func names(_ other: PackageURL) -> Bool {
        guard type == other.type, (namespace ?? "") == (other.namespace ?? ""), name == other.name else { return false }
        if let version, version != other.version { return false }
        return qualifiers.allSatisfy { qualifier in other[qualifier: qualifier.key] == qualifier.value }
    }
}

/// File patterns: `*` and `?` inside of a folder, `**` across folders. Linear in pattern times path.
enum PathPattern {
    static func matches(_ pattern: String, _ path: String) -> Bool {
        let pattern = Array(pattern.utf8), path = Array(path.utf8)
        // Which positions of the pattern can be reached after each byte of the path.
        var reached = closure([0], pattern)
        for byte in path {
            var next: Set<Int> = []
            for position in reached where position < pattern.count {
                let sign = pattern[position]
                if sign == UInt8(ascii: "*") {
                    let isDouble = position + 1 < pattern.count && pattern[position + 1] == sign
                    if isDouble || byte != UInt8(ascii: "/") { next.insert(position) }
                } else if sign == UInt8(ascii: "?") ? byte != UInt8(ascii: "/") : sign == byte {
                    next.insert(position + 1)
                }
            }
            reached = closure(next, pattern)
            if reached.isEmpty { return false }
        }
        return reached.contains(pattern.count)
    }

    /// With the positions behind stars, which may stand for nothing.
    private static func closure(_ positions: Set<Int>, _ pattern: [UInt8]) -> Set<Int> {
        var result = positions
        var pending = Array(positions)
        while let position = pending.popLast() {
            guard position < pattern.count, pattern[position] == UInt8(ascii: "*") else { continue }
            let isDouble = position + 1 < pattern.count && pattern[position + 1] == UInt8(ascii: "*")
            var following = [position + (isDouble ? 2 : 1)]
            // `**/` may also stand for no folder at all.
            if isDouble, position + 2 < pattern.count, pattern[position + 2] == UInt8(ascii: "/") {
                following.append(position + 3)
            }
            for next in following where result.insert(next).inserted { pending.append(next) }
        }
        return result
    }
}
