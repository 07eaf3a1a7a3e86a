/// The versions that an advisory is about, as OSV's events on a line of versions.
public struct AffectedRange: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// Affected from this version on; `0` is the first.
        case introduced(String)
        /// Not affected from this version on.
        case fixed(String)
        /// Affected up to and with this version.
        case lastAffected(String)
        /// Nothing from this version on belongs to the range.
        case limit(String)

        public var version: String {
            switch self {
            case .introduced(let version), .fixed(let version), .lastAffected(let version), .limit(let version): version
            }
        }

        /// At one version: what ends before what begins, and the last affected version is still affected.
        fileprivate var rank: Int {
            switch self {
            case .fixed: 0
            case .introduced: 1
            case .lastAffected: 2
            case .limit: 3
            }
        }
    }

    public var events: [Event]

    public init(_ events: [Event]) { self.events = events }

    /// Whether the version lies in the range (OSV schema, "Evaluation").
    public func contains(_ version: String, in ordering: VersionOrdering) -> Bool {
        guard isBeforeLimits(version, ordering) else { return false }
        var isAffected = false
        for event in sorted(ordering) {
            switch event {
            case .introduced(let start):
                if start == "0" || ordering.compare(version, start) != .less { isAffected = true }
            case .fixed(let end):
                if ordering.compare(version, end) != .less { isAffected = false }
            case .lastAffected(let last):
                if ordering.compare(version, last) == .greater { isAffected = false }
            case .limit: break
            }
        }
        return isAffected
    }

    /// The first fixed version after an affected one; nil where none is known.
    public func fix(for version: String, in ordering: VersionOrdering) -> String? {
        fixes.filter { ordering.compare($0, version) == .greater }
            .min { ordering.compare($0, $1) == .less }
    }

    public var fixes: [String] {
        events.compactMap { if case .fixed(let version) = $0 { version } else { nil } }
    }

    private func isBeforeLimits(_ version: String, _ ordering: VersionOrdering) -> Bool {
        let limits = events.compactMap { event -> String? in
            if case .limit(let version) = event, version != "*" { version } else { nil }
        }
        return limits.isEmpty || limits.contains { ordering.compare(version, $0) == .less }
    }

    /// In the order in which they take effect; the first version of all comes first.
    package func sorted(_ ordering: VersionOrdering) -> [Event] {
        events.sorted { left, right in
            let isFirst = (Self.isZero(left), Self.isZero(right))
            if isFirst.0 != isFirst.1 { return isFirst.0 }
            switch ordering.compare(left.version, right.version) {
            case .less: return true
            case .greater: return false
            case .equal: return left.rank < right.rank
            }
        }
    }

    private static func isZero(_ event: Event) -> Bool { event == .introduced("0") }
}
