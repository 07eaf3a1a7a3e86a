public import Documents
public import WaybillCore

/// A gate's verdict (SLSA verification summary 1.0, `PredicateType.verdict`).
public struct VerificationSummary: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case passed = "PASSED"
        case failed = "FAILED"
    }

    public var verifierID: String
    public var verifierVersion: [String: String]
    public var time: Timestamp
    /// What was verified, as people find it: a repository with digest, `git+https://…`.
    public var resourceURI: String
    /// The policy by which it was judged, with its digest.
    public var policy: ResourceDescriptor
    /// The envelopes that were looked at.
    public var inputs: [ResourceDescriptor]
    public var outcome: Outcome
    public var levels: [String]
    public var slsaVersion: String?
    /// The gate that judged. A member of our own: other readers leave it alone.
    public var gate: Gate?

    public init(
        verifierID: String, verifierVersion: [String: String] = [:], time: Timestamp, resourceURI: String,
        policy: ResourceDescriptor, inputs: [ResourceDescriptor] = [], outcome: Outcome, levels: [String] = [],
        slsaVersion: String? = "1.0", gate: Gate? = nil
    ) {
        self.verifierID = verifierID
        self.verifierVersion = verifierVersion
        self.time = time
        self.resourceURI = resourceURI
        self.policy = policy
        self.inputs = inputs
        self.outcome = outcome
        self.levels = levels
        self.slsaVersion = slsaVersion
        self.gate = gate
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "verdict")
        let verifier = try reader.requiredObject("verifier")
        let gate: Gate? = try reader.member("waybillGate") == nil ? nil : reader.word("waybillGate")
        self.init(
            verifierID: try verifier.requiredString("id"), verifierVersion: try verifier.digests("version"),
            time: try reader.requiredTime("timeVerified"), resourceURI: try reader.requiredString("resourceUri"),
            policy: try ResourceDescriptor(reader.requiredObject("policy")),
            inputs: try ResourceDescriptor.list("inputAttestations", in: reader), outcome: try reader.word("verificationResult"),
            levels: try reader.strings("verifiedLevels"), slsaVersion: try reader.string("slsaVersion"), gate: gate)
    }

    public var value: Value {
        .members(
            (
                "verifier",
                .members(
                    ("id", .string(verifierID)), ("version", verifierVersion.isEmpty ? nil : .digests(verifierVersion)))
            ),
            ("timeVerified", .time(time)), ("resourceUri", .string(resourceURI)), ("policy", policy.value),
            ("inputAttestations", inputs.isEmpty ? nil : .array(inputs.map(\.value))),
            ("verificationResult", .string(outcome.rawValue)), ("verifiedLevels", .strings(levels)),
            ("slsaVersion", slsaVersion.map(Value.string)), ("waybillGate", gate.map { .string($0.rawValue) }))
    }
}
