extension NpmRange {
    /// Whether the version lies above everything in the range, or below everything in it.
    public enum Side: Sendable { case above, below }

    /// A version in a gap of the range is on neither side (npm's own definition: what the range does not hold, and what
    /// no end of an alternative stands against).
    public func isOutside(_ version: SemanticVersion, _ side: Side) -> Bool {
        if contains(version) { return false }
        let isAbove = side == .above
        return alternatives.allSatisfy { comparators in
            let comparators =
                comparators.isEmpty ? [Comparator(operator: .greaterOrEqual, version: .init(0, 0, 0))] : comparators
            let low = comparators.min { $0.version.compare($1.version) == .less }
            let high = comparators.max { $0.version.compare($1.version) == .less }
            guard let near = isAbove ? low : high, let far = isAbove ? high : low else { return false }
            let open: NpmRange.Operator = isAbove ? .greater : .less
            let closed: NpmRange.Operator = isAbove ? .greaterOrEqual : .lessOrEqual
            // Nothing ends the alternative on that side.
            if far.operator == open || far.operator == closed { return false }
            let order = isAbove ? version.compare(near.version) : near.version.compare(version)
            if near.operator == .equal || near.operator == open { return order == .greater }
            return near.operator == closed ? order != .less : true
        }
    }

    /// Whether some version can be in both: every two bounds of two alternatives leave room for each other.
    public func intersects(_ other: NpmRange) -> Bool {
        alternatives.contains { one in
            Self.isSatisfiable(one)
                && other.alternatives.contains { two in
                    Self.isSatisfiable(two) && one.allSatisfy { a in two.allSatisfy { a.intersects($0) } }
                }
        }
    }

    private static func isSatisfiable(_ comparators: [Comparator]) -> Bool {
        for (index, one) in comparators.enumerated() {
            for other in comparators[(index + 1)...] where !one.intersects(other) { return false }
        }
        return true
    }
}

extension NpmRange.Comparator {
    /// A single comparison: `>=1.2.3`. Nil for anything else; the empty text holds for every version.
    public init?(_ text: String, _ reading: SemanticVersion.Reading = .strict) {
        guard let range = NpmRange(text, reading), range.alternatives.count == 1, range.alternatives[0].count == 1
        else { return nil }
        self = range.alternatives[0][0]
    }

    /// Whether some version satisfies both.
    public func intersects(_ other: NpmRange.Comparator) -> Bool {
        if isNever || other.isNever { return false }
        if `operator` == .equal { return other.allows(version) }
        if other.operator == .equal { return allows(other.version) }
        let isUpper = `operator` == .less || `operator` == .lessOrEqual
        let isOtherUpper = other.operator == .less || other.operator == .lessOrEqual
        if isUpper == isOtherUpper { return true }
        let (lower, upper) = isUpper ? (other, self) : (self, other)
        switch lower.version.compare(upper.version) {
        case .less: return true
        case .greater: return false
        case .equal: return lower.operator == .greaterOrEqual && upper.operator == .lessOrEqual
        }
    }

    /// Nothing is smaller than the first version.
    private var isNever: Bool {
        self == NpmRangeParser.never || self == NpmRange.Comparator(operator: .less, version: SemanticVersion(0, 0, 0))
    }
}
