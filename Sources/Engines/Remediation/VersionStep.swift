import Packages

/// How far apart two versions are.
enum VersionStep: Int, Comparable {
    case same, prerelease, patch, minor, major

    static func < (left: VersionStep, right: VersionStep) -> Bool { left.rawValue < right.rawValue }

    init(from one: String, to other: String) {
        let a = Self.numbers(one), b = Self.numbers(other)
        if a.0 != b.0 {
            self = .major
        } else if a.1 != b.1 {
            self = .minor
        } else if a.2 != b.2 {
            self = .patch
        } else {
            self = one == other ? .same : .prerelease
        }
    }

    /// The first three numbers; what cannot be read counts as zero.
    private static func numbers(_ version: String) -> (Int, Int, Int) {
        if let semantic = SemanticVersion(version, .loose) { return (semantic.major, semantic.minor, semantic.patch) }
        let parts = version.split { !($0.isASCII && $0.isNumber) }.prefix(3).map { Int($0) ?? 0 }
        return (parts.first ?? 0, parts.count > 1 ? parts[1] : 0, parts.count > 2 ? parts[2] : 0)
    }
}

extension RemediationOptions.Level {
    func allows(_ step: VersionStep) -> Bool {
        switch self {
        case .none: step == .same
        case .patch: step <= .patch
        case .minor: step <= .minor
        case .major: true
        }
    }
}
