/// A point on the road where a verdict is asked.
public enum Gate: String, Sendable, CaseIterable, Hashable {
    case source, review, build, test, scan, posture, policy, publish, promote, admit, watch
}

/// The answer of a gate about a subject: allowed, or denied with every violation.
public struct Verdict: Hashable, Sendable {
    public var gate: Gate
    /// What was judged: a commit, an image by digest, an object.
    public var subject: String
    /// Why not. Empty means allowed.
    public var violations: [Finding]
    /// What was noticed and does not deny.
    public var warnings: [Finding]

    public init(gate: Gate, subject: String, violations: [Finding] = [], warnings: [Finding] = []) {
        self.gate = gate
        self.subject = subject
        self.violations = violations
        self.warnings = warnings
    }

    public var isAllowed: Bool { violations.isEmpty }
    public var word: String { isAllowed ? "allow" : "deny" }
}
