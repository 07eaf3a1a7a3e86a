public import Documents
public import WaybillCore

/// A range of commits was judged for a protected reference (`PredicateType.source`). The statement's subject is the new
/// head, by `gitCommit` and `gitTree`.
public struct SourceSummary: Hashable, Sendable {
    public struct SignedCommit: Hashable, Sendable {
        public var id: String
        /// The signer's identity.
        public var signer: String
        public var keyFingerprint: String

        public init(id: String, signer: String, keyFingerprint: String) {
            self.id = id
            self.signer = signer
            self.keyFingerprint = keyFingerprint
        }
    }

    public struct Approval: Hashable, Sendable {
        public var reviewer: String
        /// The review's envelope.
        public var envelope: Digest

        public init(reviewer: String, envelope: Digest) {
            self.reviewer = reviewer
            self.envelope = envelope
        }
    }

    public var repository: String
    public var reference: String
    public var base: String?
    public var commits: [SignedCommit]
    public var approvals: [Approval]
    public var time: Timestamp

    public init(
        repository: String, reference: String, base: String?, commits: [SignedCommit], approvals: [Approval], time: Timestamp
    ) {
        self.repository = repository
        self.reference = reference
        self.base = base
        self.commits = commits
        self.approvals = approvals
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "source")
        var commits: [SignedCommit] = []
        for element in try reader.objects("commits") {
            commits.append(
                SignedCommit(
                    id: try element.requiredString("id"), signer: try element.requiredString("signer"),
                    keyFingerprint: try element.requiredString("key")))
        }
        var approvals: [Approval] = []
        for element in try reader.objects("approvals") {
            approvals.append(
                Approval(
                    reviewer: try element.requiredString("reviewer"),
                    envelope: try Digest(parsing: element.requiredString("envelope"))))
        }
        self.init(
            repository: try reader.requiredString("repository"), reference: try reader.requiredString("reference"),
            base: try reader.string("base"), commits: commits, approvals: approvals, time: try reader.requiredTime("verifiedOn"))
    }

    public var value: Value {
        .members(
            ("repository", .string(repository)), ("reference", .string(reference)), ("base", base.map(Value.string)),
            (
                "commits",
                .array(commits.map { ["id": .string($0.id), "signer": .string($0.signer), "key": .string($0.keyFingerprint)] })
            ),
            (
                "approvals",
                .array(approvals.map { ["reviewer": .string($0.reviewer), "envelope": .string($0.envelope.description)] })
            ),
            ("verifiedOn", .time(time)))
    }
}
