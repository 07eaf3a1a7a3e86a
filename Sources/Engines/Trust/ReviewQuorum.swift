import Attestations

/// Which reviews count for a head, and for how many people they stand.
public struct ReviewQuorum: Sendable {
    /// Reviews that approve and count, one for each person.
    public private(set) var approvals: [VerifiedReview] = []
    /// The last word of people who reject.
    public private(set) var rejections: [VerifiedReview] = []
    /// Reviews of the head by its own authors.
    public private(set) var ownReviews: [VerifiedReview] = []
    /// Approvals of the commit that name another tree or target.
    public private(set) var misdirected: [VerifiedReview] = []

    /// A person counts once, whatever keys and identities they use: reviews that share a key or an identity are one
    /// person's. Nobody who wrote, committed or signed a commit of the range counts.
    public init(
        head: CommitVerification, commits: [CommitVerification], reference: String, reviews: [VerifiedReview],
        signers: AllowedSigners
    ) {
        var authors = Person()
        for commit in commits {
            authors.add(commit.commit.author.email)
            authors.add(commit.commit.committer.email)
            commit.identities.forEach { authors.add($0) }
            guard let key = commit.key else { continue }
            authors.keys.insert(key)
            signers.holders(of: key).forEach { authors.add($0) }
        }
        var people: [(person: Person, last: VerifiedReview)] = []
        for review in reviews where review.commit == head.id {
            guard review.tree == head.commit.tree, review.review.target.utf8.elementsEqual(reference.utf8) else {
                misdirected.append(review)
                continue
            }
            var person = Person(review)
            signers.holders(of: review.key).forEach { person.add($0) }
            guard !person.overlaps(authors) else {
                ownReviews.append(review)
                continue
            }
            var last = review
            // Merging with everybody it overlaps, so that a review with two identities joins two earlier ones.
            for other in people where other.person.overlaps(person) {
                person.formUnion(other.person)
                last = Self.later(other.last, last)
            }
            people.removeAll { $0.person.overlaps(person) }
            people.append((person, last))
        }
        for (_, last) in people {
            if last.review.decision == .approve { approvals.append(last) } else { rejections.append(last) }
        }
    }

    /// The one that was signed later; at the same second a rejection has the last word.
    private static func later(_ one: VerifiedReview, _ other: VerifiedReview) -> VerifiedReview {
        if one.review.time != other.review.time { return one.review.time > other.review.time ? one : other }
        return one.review.decision == .reject ? one : other
    }

    private struct Person {
        var keys: Set<PublicKey> = []
        /// Lower case: mail systems take Author@ and author@ for one.
        var names: Set<[UInt8]> = []

        init() {}

        init(_ review: VerifiedReview) {
            keys = [review.key]
            review.identities.forEach { add($0) }
            add(review.reviewer)
        }

        mutating func add(_ name: String) { names.insert(Array(name.lowercased().utf8)) }
        func overlaps(_ other: Person) -> Bool {
            !keys.isDisjoint(with: other.keys) || !names.isDisjoint(with: other.names)
        }
        mutating func formUnion(_ other: Person) {
            keys.formUnion(other.keys)
            names.formUnion(other.names)
        }
    }
}
