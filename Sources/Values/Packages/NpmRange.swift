/// A range as npm writes it: `^1.2.3`, `>=1.0.0 <2.0.0 || 3.x`.
public struct NpmRange: Hashable, Sendable, CustomStringConvertible {
    public enum Operator: String, Sendable {
        case equal = "", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    public struct Comparator: Hashable, Sendable, CustomStringConvertible {
        public var `operator`: Operator
        public var version: SemanticVersion

        func allows(_ candidate: SemanticVersion) -> Bool {
            let order = candidate.compare(version)
            return switch `operator` {
            case .equal: order == .equal
            case .less: order == .less
            case .lessOrEqual: order != .greater
            case .greater: order == .greater
            case .greaterOrEqual: order != .less
            }
        }

        public var description: String { `operator`.rawValue + version.description }
    }

    /// Alternatives; all comparators of one must hold. No comparators hold for every version.
    public let alternatives: [[Comparator]]
    private let includesPrereleases: Bool

    /// Nil when no alternative can be read.
    public init?(_ text: String, _ reading: SemanticVersion.Reading = .strict, includingPrereleases: Bool = false) {
        guard text.utf8.count <= VersionOrdering.versionLengthMax * 4 else { return nil }
        includesPrereleases = includingPrereleases
        var alternatives: [[Comparator]] = []
        for part in NpmRangeParser.alternatives(of: text) {
            var parser = NpmRangeParser(reading, includingPrereleases)
            guard let comparators = parser.comparators(in: part) else {
                // A loose reader leaves out what it cannot read, as long as something is left.
                if reading == .loose { continue }
                return nil
            }
            alternatives.append(comparators)
        }
        guard !alternatives.isEmpty else { return nil }
        self.alternatives = Self.simplified(alternatives)
    }

    /// An alternative for every version makes the others idle; one that never holds says nothing beside others.
    private static func simplified(_ alternatives: [[Comparator]]) -> [[Comparator]] {
        if alternatives.contains(where: \.isEmpty) { return [[]] }
        let possible = alternatives.filter { $0 != [NpmRangeParser.never] }
        return possible.isEmpty ? [alternatives[0]] : possible
    }

    public func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparators in
            guard comparators.allSatisfy({ $0.allows(version) }) else { return false }
            if version.prerelease.isEmpty || includesPrereleases { return true }
            // A prerelease is only meant where the range names one of the same three numbers.
            return comparators.contains {
                !$0.version.prerelease.isEmpty && $0.version.major == version.major && $0.version.minor == version.minor
                    && $0.version.patch == version.patch
            }
        }
    }

    public var description: String {
        alternatives.map { $0.isEmpty ? "*" : $0.map(\.description).joined(separator: " ") }.joined(separator: "||")
    }
}
