public import Ledger
public import WaybillCore

/// The changes of all repositories, as the dashboard reads them.
public protocol ChangeSource: Sendable {
    func repositories() async throws(WaybillError) -> [String]
    /// The changes of a repository, in any order; `files` and `diff` may be left out.
    func changes(in repository: String) async throws(WaybillError) -> [ProposedChange]
    /// One change with all that is known. Throws `.notFound` where there is none.
    func change(_ id: Int, in repository: String) async throws(WaybillError) -> ProposedChange
}

/// A branch that somebody proposes to merge, as its page shows it.
public struct ProposedChange: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable { case open, merged, abandoned }

    /// A commit with what is known about its signature.
    public struct Commit: Hashable, Sendable {
        public var id: String
        public var title: String
        public var author: String
        public var isSigned: Bool
        /// In words: `signed by author@shop.example`, `is not signed`.
        public var signature: String

        public init(id: String, title: String, author: String, isSigned: Bool, signature: String) {
            self.id = id
            self.title = title
            self.author = author
            self.isSigned = isSigned
            self.signature = signature
        }
    }

    /// What a reviewer said about a head of the change.
    public struct Review: Hashable, Sendable {
        public var reviewer: String
        public var isApproval: Bool
        public var commit: String
        public var paper: Digest
        public var counts: Bool
        /// Why it does not count.
        public var reason: String?
        public var comment: String?

        public init(
            reviewer: String, isApproval: Bool, commit: String, paper: Digest, counts: Bool, reason: String? = nil,
            comment: String? = nil
        ) {
            self.reviewer = reviewer
            self.isApproval = isApproval
            self.commit = commit
            self.paper = paper
            self.counts = counts
            self.reason = reason
            self.comment = comment
        }
    }

    /// A file that the change touches; without counts for a binary one.
    public struct File: Hashable, Sendable {
        public var path: String
        public var added: Int?
        public var removed: Int?

        public init(path: String, added: Int?, removed: Int?) {
            self.path = path
            self.added = added
            self.removed = removed
        }
    }

    public var id: Int
    public var repository: String
    public var branch: String
    /// The branch that it is to be merged into.
    public var target: String
    public var title: String
    public var by: String
    public var opened: Instant
    public var state: State
    /// The commit that would be, or was, merged.
    public var head: String?
    /// Where the target stands, or stood before the merge.
    public var base: String?
    public var commits: [Commit]
    public var reviews: [Review]
    public var files: [File]
    /// A unified diff; nil where there is none to show.
    public var diff: String?
    /// What merging would meet now; nil once merged.
    public var verdict: Verdict?

    public init(
        id: Int, repository: String, branch: String, target: String, title: String, by: String, opened: Instant,
        state: State, head: String? = nil, base: String? = nil, commits: [Commit] = [], reviews: [Review] = [],
        files: [File] = [], diff: String? = nil, verdict: Verdict? = nil
    ) {
        self.id = id
        self.repository = repository
        self.branch = branch
        self.target = target
        self.title = title
        self.by = by
        self.opened = opened
        self.state = state
        self.head = head
        self.base = base
        self.commits = commits
        self.reviews = reviews
        self.files = files
        self.diff = diff
        self.verdict = verdict
    }
}
