public import Attestations
public import Documents
public import GitRepositories
public import Ledger
public import WaybillCore

/// A branch that somebody proposes to merge into a protected one.
public struct Change: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        case open, merged
        /// The branch is gone without having been merged.
        case abandoned
    }

    /// A commit of the change with what is known about its signature.
    public struct Commit: Hashable, Sendable {
        public var id: String
        public var title: String
        public var author: String
        public var isSigned: Bool
        /// In words: `signed by author@shop.example`, `is not signed`.
        public var signature: String
    }

    /// What a reviewer said about a head of the change, and whether it counts now.
    public struct ReviewEntry: Hashable, Sendable {
        public var reviewer: String
        public var decision: Review.Decision
        public var commit: String
        public var envelope: Digest
        public var counts: Bool
        /// Why it does not count.
        public var reason: String?
        public var comment: String?
    }

    public var id: Int
    public var repository: String
    public var branch: String
    /// The branch that it is to be merged into.
    public var target: String
    public var title: String
    public var by: Identity
    public var opened: Instant
    public var state: State
    /// The commit that would be, or was, merged.
    public var head: ObjectID?
    /// Where the target stands, or stood when the change was merged.
    public var base: ObjectID?
    public var commits: [Commit]
    public var files: [FileChange]
    public var reviews: [ReviewEntry]
    /// What merging would meet now; nil once merged.
    public var verdict: Verdict?

    public var value: Value {
        [
            "id": .integer(id), "repository": .string(repository), "branch": .string(branch), "target": .string(target),
            "title": .string(title), "by": .string(by.name), "opened": .integer(Int(opened.milliseconds)),
            "state": .string(state.rawValue), "head": Value(head?.hex), "base": Value(base?.hex),
            "commits": .array(
                commits.map {
                    [
                        "id": .string($0.id), "title": .string($0.title), "author": .string($0.author),
                        "signed": .bool($0.isSigned), "signature": .string($0.signature),
                    ]
                }),
            "files": .array(
                files.map {
                    [
                        "path": .string($0.path), "added": $0.added.map(Value.integer) ?? .null,
                        "removed": $0.removed.map(Value.integer) ?? .null,
                    ]
                }),
            "reviews": .array(reviews.map(\.value)), "verdict": verdict?.value ?? .null,
        ]
    }
}

extension Change.ReviewEntry {
    public var value: Value {
        [
            "reviewer": .string(reviewer), "decision": .string(decision.rawValue), "commit": .string(commit),
            "envelope": .string(envelope.description), "counts": .bool(counts), "reason": Value(reason), "comment": Value(comment),
        ]
    }
}

/// What the ledger keeps about a change; the rest is read from Git.
struct ChangeRecord: Sendable {
    var id: Int
    var branch: String
    var target: String
    var title: String
    var by: Identity
    var opened: Instant
    /// The commit that was merged, and where the target stood before.
    var merged: ObjectID?
    var base: ObjectID?
    /// Heads that were reviewed, oldest first.
    var reviewedHeads: [ObjectID] = []

    init(id: Int, branch: String, target: String, title: String, by: Identity, opened: Instant) {
        self.id = id
        self.branch = branch
        self.target = target
        self.title = title
        self.by = by
        self.opened = opened
    }

    init?(_ value: Value?) {
        guard let id = value?["id"]?.integer, let branch = value?["branch"]?.string, let target = value?["target"]?.string,
            let title = value?["title"]?.string, let by = value?["by"]?.string, let opened = value?["opened"]?.integer
        else { return nil }
        self.init(
            id: id, branch: branch, target: target, title: title, by: Identity(by),
            opened: Instant(milliseconds: Int64(opened)))
        merged = value?["merged"]?.string.flatMap { ObjectID($0) }
        base = value?["base"]?.string.flatMap { ObjectID($0) }
        reviewedHeads = (value?["reviewed"]?.array ?? []).compactMap { $0.string.flatMap { ObjectID($0) } }
    }

    var value: Value {
        [
            "id": .integer(id), "branch": .string(branch), "target": .string(target), "title": .string(title),
            "by": .string(by.name), "opened": .integer(Int(opened.milliseconds)), "merged": Value(merged?.hex),
            "base": Value(base?.hex), "reviewed": .array(reviewedHeads.map { .string($0.hex) }),
        ]
    }

    var branchReference: String { "refs/heads/\(branch)" }
    var targetReference: String { "refs/heads/\(target)" }
}
