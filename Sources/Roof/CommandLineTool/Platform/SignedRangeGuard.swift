import AgentService
import Attestations
import Files
import ForgeService
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// Lets an environment go forward only along commits whose signatures the last good revision accepts.
struct SignedRangeGuard: RevisionGuard {
    let git: GitExecutable
    let ledger: any Ledger
    /// The signers that the repository was registered with: what counts before there is a good revision.
    let rootSigners: String
    /// Commits that one round verifies at most.
    private static let commitsMax = 10_000

    func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict {
        let range = try await git.commits(from: lastApplied, to: head)
        guard range.count <= Self.commitsMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.commitsMax) commits at once", subject: head.short)
        }
        let root = try AllowedSigners(parsing: try Files.read(rootSigners), file: rootSigners)
        let policy = try await policy(at: lastApplied)
        var verifications: [CommitVerification] = []
        for id in range {
            guard let object = try await git.object(id), object.type == "commit" else {
                throw WaybillError(.corrupted, "the commit is not in the repository", subject: id.short)
            }
            // Each commit is judged by the signers before it, so that a key may be replaced by one who is trusted.
            let parent = try GitCommit(parsing: object.bytes).parents.first.flatMap { ObjectID($0) }
            let signers = try await self.signers(at: parent, policy) ?? root
            verifications.append(try CommitVerifier(signers: signers).verify(commit: object.bytes, id: id.hex))
        }
        let signers = try await self.signers(at: lastApplied, policy) ?? root
        let rules = SourceRules(
            protectedReferences: ["refs/heads/main"], requiredReviews: lastApplied == nil ? 0 : policy.reviews,
            signers: signers)
        var verdict = rules.judge(
            PushFacts(
                reference: "refs/heads/main", old: lastApplied?.hex, new: head.hex, isFastForward: true,
                commits: verifications, reviews: try await reviews(of: head, signers)))
        verdict.gate = .promote
        return verdict
    }

    private func policy(at revision: ObjectID?) async throws(WaybillError) -> SourcePolicy {
        guard let revision, let bytes = try await git.read(SourcePolicy.file, at: revision) else {
            return SourcePolicy()
        }
        return try SourcePolicy(parsing: bytes)
    }

    private func signers(at revision: ObjectID?, _ policy: SourcePolicy) async throws(WaybillError) -> AllowedSigners? {
        guard let revision, let bytes = try await git.read(policy.signers, at: revision) else { return nil }
        return try AllowedSigners(parsing: bytes, file: policy.signers)
    }

    private func reviews(of head: ObjectID, _ signers: AllowedSigners) async throws(WaybillError) -> [VerifiedReview] {
        var reviews: [VerifiedReview] = []
        for paper in try await ledger.papers(about: "gitCommit:\(head.hex)", predicateType: PredicateType.review) {
            do throws(WaybillError) {
                reviews.append(
                    try ReviewVerifier(reviewers: signers).verify(
                        paper.envelope, at: Timestamp(seconds: paper.recorded.milliseconds / 1000)))
            } catch  where error.code == .forbidden {
                // A review that proves nothing does not count, and does no harm.
                continue
            }
        }
        return reviews
    }
}
