import Documents
public import Packages
import WaybillCore

/// What one version of a package asks for.
public struct Requirement: Hashable, Sendable {
    /// The package's own name.
    public var name: String
    /// The name under which it is installed, where that is another: npm's aliases.
    public var alias: String?
    /// As the ecosystem writes it: `^1.0.0`, `[1.0,2.0)`, `latest`.
    public var constraint: String
    public var isDevelopment = false
    public var isOptional = false
    /// Maven's scope: `test`, `provided`.
    public var scope: String?
    /// Maven's classifier or type: another file of the same version, which may not exist in the next.
    public var hasVariant = false

    public init(
        name: String, alias: String? = nil, constraint: String, isDevelopment: Bool = false, isOptional: Bool = false,
        scope: String? = nil, hasVariant: Bool = false
    ) {
        self.name = name
        self.alias = alias
        self.constraint = constraint
        self.isDevelopment = isDevelopment
        self.isOptional = isOptional
        self.scope = scope
        self.hasVariant = hasVariant
    }

    /// What it is called where it is installed.
    var installedName: String { alias ?? name }
}

/// The packages that exist: their versions, and what each version asks for.
public struct PackageUniverse: Sendable {
    public let ecosystem: Ecosystem
    private var requirements: [String: [String: [Requirement]]] = [:]
    private var ordered: [String: [String]] = [:]

    public init(ecosystem: Ecosystem) { self.ecosystem = ecosystem }

    public mutating func add(_ name: String, _ version: String, requiring list: [Requirement] = []) {
        requirements[name, default: [:]][version] = list
        ordered[name] = nil
        ordered[name] = sorted(name)
    }

    /// From low to high.
    public func versions(of name: String) -> [String] { ordered[name] ?? [] }

    public func requirements(of name: String, _ version: String) -> [Requirement]? { requirements[name]?[version] }

    private func sorted(_ name: String) -> [String] {
        let ordering = ecosystem.ordering ?? .semver
        return (requirements[name] ?? [:]).keys.sorted { left, right in
            let order = ordering.compare(left, right)
            return order == .less || order == .equal && left < right
        }
    }

    /// The versions that a constraint allows, from low to high.
    public func matching(_ name: String, _ constraint: String) -> [String] {
        versions(of: name).filter { Constraint.allows(constraint, $0, ecosystem) }
    }

    /// The version that an installer takes: the highest allowed, prereleases only where nothing else is allowed.
    func best(_ name: String, _ constraint: String) -> String? {
        let allowed = matching(name, constraint)
        return allowed.last { SemanticVersion($0, .loose)?.prerelease.isEmpty ?? true } ?? allowed.last
    }
}

/// Whether a constraint allows a version.
enum Constraint {
    static func allows(_ constraint: String, _ version: String, _ ecosystem: Ecosystem) -> Bool {
        switch ecosystem {
        case .npm:
            // In a lockfile a tag says nothing: what it meant has been locked.
            guard let range = NpmRange(constraint == "latest" ? "*" : constraint, .loose) else {
                return constraint.hasSameBytes(as: version)
            }
            return SemanticVersion(version, .loose).map(range.contains) ?? false
        case .maven:
            guard constraint.hasPrefix("[") || constraint.hasPrefix("(") else {
                return VersionOrdering.maven.areEqual(constraint, version)
            }
            return MavenRange.contains(version, in: constraint)
        default:
            return constraint.hasSameBytes(as: version)
        }
    }
}

/// Maven's hard requirements: `[1.0,2.0),[3.0,)`.
enum MavenRange {
    static func contains(_ version: String, in text: String) -> Bool {
        var rest = text[...]
        while let start = rest.firstIndex(where: { $0 == "[" || $0 == "(" }),
            let end = rest[start...].firstIndex(where: { $0 == "]" || $0 == ")" })
        {
            if let range = try? VersionRange(native: String(rest[start...end]), scheme: "maven"), holds(range, version)
            {
                return true
            }
            rest = rest[rest.index(after: end)...]
        }
        return false
    }

    private static func holds(_ range: VersionRange, _ version: String) -> Bool {
        range.constraints.allSatisfy { constraint in
            let order = VersionOrdering.maven.compare(version, constraint.version)
            return switch constraint.comparator {
            case .equal: order == .equal
            case .notEqual: order != .equal
            case .less: order == .less
            case .lessOrEqual: order != .greater
            case .greater: order == .greater
            case .greaterOrEqual: order != .less
            }
        }
    }
}
