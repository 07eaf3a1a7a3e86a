public import Documents
public import WaybillCore

/// A reviewer's decision about the head of a change (`PredicateType.review`). The statement's subject names the head by
/// `gitCommit` and what it holds by `gitTree`.
public struct Review: Hashable, Sendable {
    public enum Decision: String, Sendable, CaseIterable { case approve, reject }

    public var decision: Decision
    /// The reviewer's identity, which must be the signing key's.
    public var reviewer: String
    /// The reference that the change is to be merged to: `refs/heads/main`.
    public var target: String
    /// The commit of the target that the reviewer compared with; nil where it was not recorded.
    public var base: String?
    public var comment: String?
    public var time: Timestamp

    public init(
        decision: Decision, reviewer: String, target: String, base: String? = nil, comment: String? = nil,
        time: Timestamp
    ) {
        self.decision = decision
        self.reviewer = reviewer
        self.target = target
        self.base = base
        self.comment = comment
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "review")
        self.init(
            decision: try reader.word("decision"), reviewer: try reader.requiredString("reviewer"),
            target: try reader.requiredString("target"), base: try reader.string("base"),
            comment: try reader.string("comment"),
            time: try reader.requiredTime("reviewedOn"))
    }

    public var value: Value {
        .members(
            ("decision", .string(decision.rawValue)), ("reviewer", .string(reviewer)), ("target", .string(target)),
            ("base", base.map(Value.string)), ("comment", comment.map(Value.string)), ("reviewedOn", .time(time)))
    }

    /// The statement that a reviewer signs about a head and its tree.
    public func statement(commit: String, tree: String) -> Statement {
        Statement(
            subjects: [Statement.Subject(name: target, digest: ["gitCommit": commit, "gitTree": tree])],
            predicateType: PredicateType.review, predicate: value)
    }
}
