import WaybillCore

/// A range of versions in the notation of the vers standard: `vers:npm/>=1.0.0|<2.0.0`.
public struct VersionRange: Hashable, Sendable, CustomStringConvertible {
    public enum Comparator: String, Sendable, CaseIterable {
        case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    public struct Constraint: Hashable, Sendable {
        public var comparator: Comparator
        public var version: String
        public init(_ comparator: Comparator, _ version: String) {
            self.comparator = comparator
            self.version = version
        }
    }

    /// The versioning scheme: `npm`, `deb`.
    public let scheme: String
    /// Ordered by version. Empty stands for `*`, every version.
    public let constraints: [Constraint]

    /// Sorts the constraints. Nil for a scheme whose order of versions we do not know.
    public init?(scheme: String, constraints: [Constraint]) {
        guard let ordering = VersionOrdering(scheme: scheme) else { return nil }
        self.scheme = scheme
        self.constraints = Self.sorted(constraints, ordering)
    }

    private static func sorted(_ constraints: [Constraint], _ ordering: VersionOrdering) -> [Constraint] {
        constraints.enumerated().sorted { left, right in
            switch ordering.compare(left.element.version, right.element.version) {
            case .less: true
            case .greater: false
            // What ends at a version comes before what begins there.
            case .equal where left.element.isLower != right.element.isLower: right.element.isLower
            case .equal: left.offset < right.offset
            }
        }.map(\.element)
    }

    public var ordering: VersionOrdering { VersionOrdering(scheme: scheme) ?? .lexicographic }

    /// Whether the version lies in the range (vers specification, "Checking if a version is contained").
    public func contains(_ version: String) -> Bool {
        if constraints.isEmpty { return true }
        let ordering = ordering
        for constraint in constraints where ordering.areEqual(constraint.version, version) {
            switch constraint.comparator {
            case .equal, .lessOrEqual, .greaterOrEqual: return true
            case .notEqual: return false
            case .less, .greater: continue
            }
        }
        let bounds = constraints.filter { $0.comparator != .equal && $0.comparator != .notEqual }
        // Nothing but exclusions: everything else is inside.
        if bounds.isEmpty { return constraints.allSatisfy { $0.comparator == .notEqual } }
        let below = bounds.last { ordering.isLess($0.version, than: version) }
        let above = bounds.first { ordering.isLess(version, than: $0.version) }
        if let below, below.isLower { return above.map { !$0.isLower || $0.isLower } ?? true }
        if below == nil, let above { return !above.isLower }
        return false
    }

    public var description: String {
        if constraints.isEmpty { return "vers:\(scheme)/*" }
        let parts = constraints.map { constraint in
            (constraint.comparator == .equal ? "" : constraint.comparator.rawValue) + Self.encoded(constraint.version)
        }
        return "vers:\(scheme)/" + parts.joined(separator: "|")
    }

    /// Only what has a meaning in the notation is encoded.
    static func encoded(_ version: String) -> String {
        var output: [UInt8] = []
        for byte in version.utf8 {
            switch byte {
            case UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"),
                UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: ","), 0...0x20, 0x7F...:
                output += Array("%\(Hex.encode([byte]).uppercased())".utf8)
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension VersionRange.Constraint {
    /// Opens a range that goes upward.
    var isLower: Bool { comparator == .greater || comparator == .greaterOrEqual }
}
