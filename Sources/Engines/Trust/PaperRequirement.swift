public import WaybillCore

/// One paper that a subject must have at a gate, and what must be true of it.
public struct PaperRequirement: Hashable, Sendable {
    /// What people call the paper: `provenance`, `scan`.
    public var name: String
    public var predicateType: String
    /// Names of trusted keys of whom one must have signed; empty means that nobody can, so the paper never counts.
    public var signedBy: [String]
    public var conditions: [Condition]
    /// How old the paper may be by the time that it states; nil means any age.
    public var ageMaxSeconds: Int64?
    /// What to run to get the paper.
    public var remedy: String?

    public init(
        name: String, predicateType: String, signedBy: [String], conditions: [Condition] = [], ageMaxSeconds: Int64? = nil,
        remedy: String? = nil
    ) {
        self.name = name
        self.predicateType = predicateType
        self.signedBy = signedBy
        self.conditions = conditions
        self.ageMaxSeconds = ageMaxSeconds
        self.remedy = remedy
    }

    /// What a paper must say. A condition that a type of paper cannot answer is not met.
    public enum Condition: Hashable, Sendable {
        /// The paper's own verdict is PASSED: a test result, scan, posture report or verification summary.
        case passed
        /// Provenance: the builder is one of these.
        case builder([String])
        /// Provenance: the build is of one of these types.
        case buildType([String])
        /// Provenance: this commit went in.
        case builtFrom(commit: String)
        /// Verification summary: it was given at this gate.
        case gate(Gate)
        /// Verification summary: it names all of these levels.
        case levels([String])
        /// Verification summary: the verifier is one of these.
        case verifier([String])
        /// Scan or posture report: no finding of this severity or worse counts. An unknown severity is the worst.
        case noFinding(atOrAbove: Severity)
        /// Scan: the advisories that it used are not older than this.
        case databaseAgeMaxSeconds(Int64)
        /// Promotion or deployment: the environment is this one.
        case environment(String)
    }
}
