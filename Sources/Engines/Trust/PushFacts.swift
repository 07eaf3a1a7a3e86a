/// What is known about one reference that a push or a merge would move.
public struct PushFacts: Sendable {
    /// The full name: `refs/heads/main`.
    public var reference: String
    /// The commit before; nil when the reference is created.
    public var old: String?
    /// The commit afterwards; nil when the reference is deleted. For an annotated tag the tag's own name.
    public var new: String?
    /// Whether `old` is an ancestor of `new`.
    public var isFastForward: Bool
    /// All commits that `new` reaches and `old` does not, parents before children.
    public var commits: [CommitVerification]
    /// The tag object, when `new` is an annotated tag.
    public var tag: TagVerification?
    /// Reviews whose signatures were verified; those about other commits do not count and do no harm.
    public var reviews: [VerifiedReview]

    public init(
        reference: String, old: String?, new: String?, isFastForward: Bool, commits: [CommitVerification],
        tag: TagVerification? = nil, reviews: [VerifiedReview] = []
    ) {
        self.reference = reference
        self.old = old
        self.new = new
        self.isFastForward = isFastForward
        self.commits = commits
        self.tag = tag
        self.reviews = reviews
    }
}
