public import Attestations
public import WaybillCore

/// A review whose signature was verified: the reviewer's key made it, and the reviewer is who the key speaks for.
public struct VerifiedReview: Hashable, Sendable {
    public let review: Review
    public let commit: String
    public let tree: String
    public let key: PublicKey
    /// All identities that the reviewers' file gives to the key.
    public let identities: [String]
    public let envelope: Digest

    init(review: Review, commit: String, tree: String, key: PublicKey, identities: [String], envelope: Digest) {
        self.review = review
        self.commit = commit
        self.tree = tree
        self.key = key
        self.identities = identities
        self.envelope = envelope
    }

    public var reviewer: String { review.reviewer }
}

/// Verifies reviews against the keys of those who may review.
public struct ReviewVerifier: Sendable {
    public var reviewers: AllowedSigners
    public var revoked: RevokedKeys

    public init(reviewers: AllowedSigners, revoked: RevokedKeys = RevokedKeys()) {
        self.reviewers = reviewers
        self.revoked = revoked
    }

    /// The review in an envelope. Throws `.forbidden` where it does not count, and says why.
    public func verify(_ envelope: Envelope, at moment: Timestamp) throws(WaybillError) -> VerifiedReview {
        func refuse(_ message: String) -> WaybillError { WaybillError(.forbidden, message, subject: "review") }
        let verifier = EnvelopeVerifier(keys: TrustedKey.people(of: reviewers, predicateTypes: [PredicateType.review]))
        let verified: VerifiedStatement
        switch verifier.verify(envelope, at: moment) {
        case .success(let statement): verified = statement
        case .failure(let failure): throw refuse("the review \(failure)")
        }
        guard verified.statement.predicateType == PredicateType.review else {
            throw refuse("the paper is not a review")
        }
        guard let subject = verified.statement.subjects.first, verified.statement.subjects.count == 1,
            let commit = subject.digest["gitCommit"], let tree = subject.digest["gitTree"]
        else { throw refuse("the review must name one commit (gitCommit) and its tree (gitTree)") }
        let review = try Review(verified.statement.predicate)
        let signer = verified.signers.first { trusted in
            reviewers.principals(of: trusted.key, namespace: TrustedKey.sshNamespace, at: moment)
                .contains { $0.utf8.elementsEqual(review.reviewer.utf8) }
        }
        guard let signer else {
            throw refuse(
                "the review names \(Redaction.excerpt(review.reviewer)), who is not the holder of the key that signed it"
            )
        }
        guard !revoked.contains(signer.key) else { throw refuse("the review is signed by a revoked key") }
        return VerifiedReview(
            review: review, commit: commit, tree: tree, key: signer.key, identities: reviewers.holders(of: signer.key),
            envelope: verified.envelope)
    }
}
