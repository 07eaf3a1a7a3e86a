import Attestations
import Delivery
public import GitRepositories
public import Ledger
public import Trust
public import WaybillCore

/// Lets an environment go forward only along commits that its own rules accept, step by step.
///
/// A range may hold several merges, each reviewed on its own. Each commit that could be the end of one is judged by the
/// rules at the end of the one before, beginning at the last good revision; the head must be such an end. Reviews come
/// from the repository's evidence branch, so nobody but the reviewers is believed.
public struct SignedHistoryGuard<Repository: GitRepository>: RevisionGuard {
    /// Commits that one round verifies at most.
    static var commitsMax: Int { 10_000 }

    let repository: Repository
    let environment: String
    /// The signers that the repository was registered with: what counts before there is a good revision.
    let rootSigners: @Sendable () throws(WaybillError) -> AllowedSigners
    let now: @Sendable () -> Instant

    public init(
        _ repository: Repository, environment: String,
        rootSigners: @escaping @Sendable () throws(WaybillError) -> AllowedSigners,
        now: @escaping @Sendable () -> Instant
    ) {
        self.repository = repository
        self.environment = environment
        self.rootSigners = rootSigners
        self.now = now
    }

    public func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict {
        let range = try await repository.commits(from: lastApplied, to: head)
        guard range.count <= Self.commitsMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.commitsMax) commits at once", subject: head.short)
        }
        let moment = Timestamp(seconds: now().milliseconds / 1000)
        let terms = HistoryTerms(repository: repository, environment: environment, root: try rootSigners())
        var rules = try await terms.rules(at: lastApplied)
        var from = lastApplied
        var step: [CommitVerification] = []
        var verdict = Verdict(gate: .promote, subject: "gitCommit:\(head)")
        for id in range {
            guard let object = try await repository.object(id), object.type == "commit" else {
                throw WaybillError(.corrupted, "the commit is not in the repository", subject: id.short)
            }
            let verifier = CommitVerifier(signers: rules.source.signers, revoked: rules.source.revoked, moment: moment)
            step.append(try verifier.verify(commit: object.bytes, id: id.hex))
            let reviews = try await reviews(of: id, rules, moment)
            // Without a review this commit ends no step, unless none is asked.
            guard id == head || rules.reviewsMin == 0 || !reviews.isEmpty else { continue }
            let needed = try await terms.reviews(rules, from: from, to: id)
            verdict = SourceRules(
                protectedReferences: [AgentSettings.trunk], requiredReviews: needed, signers: rules.source.signers
            ).judge(
                PushFacts(
                    reference: AgentSettings.trunk, old: from?.hex, new: id.hex, isFastForward: true, commits: step,
                    reviews: reviews))
            guard verdict.isAllowed else { continue }
            from = id
            step = []
            rules = try await terms.rules(after: rules, at: id, isFirst: lastApplied == nil)
        }
        verdict.gate = .promote
        return verdict
    }

    private func reviews(
        of commit: ObjectID, _ rules: HistoryTerms<Repository>.Rules, _ moment: Timestamp
    ) async throws(WaybillError) -> [VerifiedReview] {
        let verifier = ReviewVerifier(reviewers: rules.source.signers, revoked: rules.source.revoked)
        var reviews: [VerifiedReview] = []
        for envelope in try await EvidenceBranch(of: repository).reviews(of: commit) {
            do throws(WaybillError) {
                reviews.append(try verifier.verify(envelope, at: moment))
            } catch  where error.code == .forbidden {
                // A review that proves nothing does not count, and does no harm.
                continue
            }
        }
        return reviews
    }
}
