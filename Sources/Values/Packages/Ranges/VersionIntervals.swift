/// Versions of one order as intervals that do not touch, from low to high.
///
/// Feeds that say which versions are repaired need the rest: what is affected is the complement.
public struct VersionIntervals: Hashable, Sendable {
    public struct Bound: Hashable, Sendable {
        public var version: String
        public var isInclusive: Bool
        public init(_ version: String, isInclusive: Bool) {
            self.version = version
            self.isInclusive = isInclusive
        }
    }

    /// A missing bound is open to all sides.
    public struct Interval: Hashable, Sendable {
        public var lower: Bound?
        public var upper: Bound?
        public init(from lower: Bound? = nil, to upper: Bound? = nil) {
            self.lower = lower
            self.upper = upper
        }
    }

    public let ordering: VersionOrdering
    public private(set) var intervals: [Interval]

    public init(_ intervals: [Interval] = [], in ordering: VersionOrdering) {
        self.ordering = ordering
        self.intervals = []
        self.intervals = joined(intervals.filter { !isEmpty($0) })
    }

    public static func all(in ordering: VersionOrdering) -> VersionIntervals {
        VersionIntervals([Interval()], in: ordering)
    }

    public var isEmpty: Bool { intervals.isEmpty }

    public func contains(_ version: String) -> Bool {
        intervals.contains { interval in
            if let lower = interval.lower {
                let order = ordering.compare(version, lower.version)
                if order == .less || order == .equal && !lower.isInclusive { return false }
            }
            if let upper = interval.upper {
                let order = ordering.compare(version, upper.version)
                if order == .greater || order == .equal && !upper.isInclusive { return false }
            }
            return true
        }
    }

    public func union(_ other: VersionIntervals) -> VersionIntervals {
        VersionIntervals(intervals + other.intervals, in: ordering)
    }

    public var complement: VersionIntervals {
        var result: [Interval] = []
        var start: Bound?
        var isOpen = true
        for interval in intervals {
            if let lower = interval.lower {
                result.append(Interval(from: start, to: Bound(lower.version, isInclusive: !lower.isInclusive)))
            }
            guard let upper = interval.upper else {
                isOpen = false
                break
            }
            start = Bound(upper.version, isInclusive: !upper.isInclusive)
        }
        if isOpen { result.append(Interval(from: start)) }
        return VersionIntervals(result, in: ordering)
    }

    public func intersection(_ other: VersionIntervals) -> VersionIntervals {
        var result: [Interval] = []
        for one in intervals {
            for two in other.intervals {
                result.append(
                    Interval(from: later(one.lower, two.lower), to: earlier(one.upper, two.upper)))
            }
        }
        return VersionIntervals(result, in: ordering)
    }

    public func subtracting(_ other: VersionIntervals) -> VersionIntervals { intersection(other.complement) }
}

extension VersionIntervals {
    private func isEmpty(_ interval: Interval) -> Bool {
        guard let lower = interval.lower, let upper = interval.upper else { return false }
        switch ordering.compare(lower.version, upper.version) {
        case .less: return false
        case .equal: return !(lower.isInclusive && upper.isInclusive)
        case .greater: return true
        }
    }

    private func later(_ one: Bound?, _ two: Bound?) -> Bound? {
        guard let one, let two else { return one ?? two }
        switch ordering.compare(one.version, two.version) {
        case .less: return two
        case .greater: return one
        case .equal: return one.isInclusive ? two : one
        }
    }

    private func earlier(_ one: Bound?, _ two: Bound?) -> Bound? {
        guard let one, let two else { return one ?? two }
        switch ordering.compare(one.version, two.version) {
        case .less: return one
        case .greater: return two
        case .equal: return one.isInclusive ? two : one
        }
    }

    /// Sorted by their start, those that meet made into one.
    private func joined(_ intervals: [Interval]) -> [Interval] {
        var result: [Interval] = []
        for interval in intervals.sorted(by: { startsBefore($0.lower, $1.lower) }) {
            guard let last = result.last, meets(last.upper, interval.lower) else {
                result.append(interval)
                continue
            }
            if let end = last.upper {
                result[result.count - 1].upper = interval.upper.map { laterEnd(end, $0) }
            }
        }
        return result
    }

    private func startsBefore(_ one: Bound?, _ two: Bound?) -> Bool {
        guard let two else { return false }
        guard let one else { return true }
        let order = ordering.compare(one.version, two.version)
        return order == .less || order == .equal && one.isInclusive && !two.isInclusive
    }

    /// Whether an interval that ends so and one that starts so leave nothing between them.
    private func meets(_ end: Bound?, _ start: Bound?) -> Bool {
        guard let end, let start else { return true }
        switch ordering.compare(start.version, end.version) {
        case .less: return true
        case .greater: return false
        case .equal: return start.isInclusive || end.isInclusive
        }
    }

    private func laterEnd(_ one: Bound, _ two: Bound) -> Bound {
        switch ordering.compare(one.version, two.version) {
        case .less: two
        case .greater: one
        case .equal: one.isInclusive ? one : two
        }
    }
}

extension VersionIntervals {
    /// The same as an advisory's range. OSV has no event for "after this version": the next version that anybody would
    /// publish stands for it.
    public var range: AffectedRange {
        var events: [AffectedRange.Event] = []
        for interval in intervals {
            events.append(
                .introduced(interval.lower.map { $0.isInclusive ? $0.version : successor(of: $0.version) } ?? "0"))
            if let upper = interval.upper {
                events.append(upper.isInclusive ? .lastAffected(upper.version) : .fixed(upper.version))
            }
        }
        return AffectedRange(events)
    }

    private func successor(of version: String) -> String {
        switch ordering {
        case .npm, .semver, .cargo, .go, .hex, .pub:
            guard let parsed = SemanticVersion(version, .loose), parsed.patch < Int.max else { return version + ".0.1" }
            if parsed.prerelease.isEmpty { return "\(parsed.major).\(parsed.minor).\(parsed.patch + 1)-0" }
            return parsed.description + ".0"
        case .dpkg, .rpm, .apk: return version + "+0"
        default: return version + ".0.1"
        }
    }
}
