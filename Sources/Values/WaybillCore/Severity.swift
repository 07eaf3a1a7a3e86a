/// How much a finding matters, from least to most.
public enum Severity: String, Sendable, CaseIterable, Comparable, Hashable {
    case unknown, info, low, medium, high, critical

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    /// Reads the spellings of common feeds: any case, `moderate` for medium, `negligible` and `note` for info.
    public init?(spelling: String) {
        switch spelling.lowercased() {
        case "moderate", "warning": self = .medium
        case "important", "error": self = .high
        case "negligible", "informational", "note", "none": self = .info
        case let text:
            guard let severity = Severity(rawValue: text) else { return nil }
            self = severity
        }
    }
}
