import Attestations
import Delivery
import Documents
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
    /// Whether the installation signed that a commit is a promotion of its own.
    let isPromotion: @Sendable (ObjectID) async throws(WaybillError) -> Bool

    public init(
        _ repository: Repository, environment: String,
        rootSigners: @escaping @Sendable () throws(WaybillError) -> AllowedSigners,
        isPromotion: @escaping @Sendable (ObjectID) async throws(WaybillError) -> Bool = { _ in false },
        now: @escaping @Sendable () -> Instant
    ) {
        self.repository = repository
        self.environment = environment
        self.rootSigners = rootSigners
        self.now = now
        self.isPromotion = isPromotion
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
            let verifier = rules.source.verifier(at: moment)
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
            verdict.violations += try await excess(of: step, reviews, rules, from: from, to: id)
            guard verdict.isAllowed else { continue }
            from = id
            step = []
            rules = try await terms.rules(after: rules, at: id, isFirst: lastApplied == nil)
        }
        verdict.gate = .promote
        return verdict
    }

    /// How the machine's own key went beyond promotions in a step that no person reviewed. What a later commit of the
    /// step has taken back does not count.
    private func excess(
        of step: [CommitVerification], _ reviews: [VerifiedReview], _ rules: HistoryTerms<Repository>.Rules,
        from: ObjectID?, to head: ObjectID
    ) async throws(WaybillError) -> [Finding] {
        let signers = rules.source.signers
        let own = step.filter { commit in
            commit.commit.committer.email.hasSameBytes(as: AutomationLimits.identity)
                || commit.identities.contains { $0.hasSameBytes(as: AutomationLimits.identity) }
                || commit.key.map { signers.holders(of: $0).contains(AutomationLimits.identity) } == true
        }
        let isReviewed = reviews.contains { review in
            review.review.decision == .approve && !review.identities.contains(AutomationLimits.identity)
        }
        guard !own.isEmpty, !isReviewed else { return [] }
        var remaining: Set<String>?
        if let from { remaining = Set(try await repository.changedPaths(from: from, to: head)) }
        var findings: [Finding] = []
        for commit in own {
            guard let id = ObjectID(commit.id) else { continue }
            let paths = try await paths(of: commit).filter { remaining?.contains($0) ?? true }
            guard !paths.isEmpty else { continue }
            findings += AutomationLimits(rules.environments).violations(paths, of: commit.id)
            let isExplained = try await isPromotion(id)
            if findings.isEmpty, !isExplained { findings.append(AutomationLimits.unexplained(commit.id)) }
        }
        return findings
    }

    private func paths(of commit: CommitVerification) async throws(WaybillError) -> [String] {
        guard let id = ObjectID(commit.id) else { return [] }
        guard let parent = commit.commit.parents.first.flatMap({ ObjectID($0) }) else {
            return try await repository.files(at: id, under: "").map(\.path)
        }
        return try await repository.changedPaths(from: parent, to: id)
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
