public import Attestations
import Documents
import GitRepositories
import Ledger
import Trust
public import WaybillCore

extension ForgeService {
    /// Takes a reviewer's signed decision about the head of a change. It is kept also where it does not count.
    /// Throws `.forbidden` for a paper that proves nothing and `.conflict` for one about another head.
    public func review(_ id: Int, in name: String, _ envelope: Envelope, by identity: Identity)
        async throws(WaybillError)
        -> Change.ReviewEntry
    {
        let repository = try open(name)
        return try await serially(name) { () async throws(WaybillError) in
            do throws(WaybillError) {
                return try await self.takeReview(id, repository, envelope, by: identity)
            } catch {
                try await self.record(
                    "review.refused", by: identity, about: "change:\(name)/\(id)",
                    "\(name): change \(id): \(error.message)",
                    verdict: "deny")
                throw error
            }
        }
    }

    nonisolated func takeReview(
        _ id: Int, _ repository: HostedRepository, _ envelope: Envelope, by identity: Identity
    ) async throws(WaybillError) -> Change.ReviewEntry {
        let name = repository.name
        var record = try await record(of: id, name)
        guard record.merged == nil, let head = try await repository.git.resolve(record.branchReference) else {
            throw WaybillError(.conflict, "the change is not open", subject: "\(name) change \(id)")
        }
        let gate = try gate(repository)
        let base = try await repository.git.resolve(record.targetReference)
        let terms = try await gate.terms(at: base)
        let review = try ReviewVerifier(reviewers: terms.signers, revoked: terms.revoked).verify(envelope, at: moment)
        guard review.commit == head.hex else {
            throw WaybillError(
                .conflict, "the review is about \(review.commit.prefix(10)), the head is \(head.short)",
                subject: "\(name) change \(id)", remedy: "look at the change again and review its head")
        }
        let facts = try await gate.facts(ReferenceUpdate(name: record.targetReference, old: base, new: head), terms)
        guard facts.commits.last(where: { $0.id == head.hex })?.commit.tree == review.tree,
            review.review.target == record.targetReference
        else {
            throw WaybillError(
                .forbidden, "the review names another tree or target than the change", subject: "\(name) change \(id)",
                remedy: "review \(head.short) for \(record.targetReference)")
        }
        try await EvidenceBranch(of: repository.git).add(
            envelope, at: [EvidencePath.review(envelope, of: head)],
            because: "\(review.reviewer) reviewed \(head.short)",
            on: moment)
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: "gitCommit:\(head)", predicateType: PredicateType.review,
                recorded: options.now(), envelope: envelope)
        ])
        if record.reviewedHeads.last != head {
            record.reviewedHeads.append(head)
            try await ledger.setState(stateName(name, "changes/\(id)"), to: record.value)
        }
        let entry = Self.entry(review, facts, gate.rules(record.targetReference, terms, reviews: 1))
        try await self.record(
            "review.recorded", by: Identity(review.reviewer), about: "change:\(name)/\(id)",
            "\(name): change \(id): \(review.reviewer) \(review.review.decision == .approve ? "approves" : "rejects") \(head.short)"
                + (entry.reason.map { ", which does not count: \($0)" } ?? ""),
            detail: entry.value)
        return entry
    }

    /// Whether a review counts: asked of the same rules that decide about merging, with this review alone.
    static func entry(_ review: VerifiedReview, _ facts: PushFacts, _ rules: SourceRules) -> Change.ReviewEntry {
        var alone = facts
        alone.reviews = [review]
        let missing = rules.judge(alone).violations.first { $0.rule == "WB-SRC-005" }
        var reason: String?
        if review.commit != facts.new {
            reason = "the head has moved since"
        } else if review.review.decision == .approve, let missing {
            reason = missing.evidence ?? missing.message
        }
        return Change.ReviewEntry(
            reviewer: review.reviewer, decision: review.review.decision, commit: review.commit,
            envelope: review.envelope,
            counts: reason == nil, reason: reason, comment: review.review.comment)
    }
}
