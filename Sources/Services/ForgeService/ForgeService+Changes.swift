public import Attestations
import Documents
import GitRepositories
import Ledger
import Trust
public import WaybillCore

extension ForgeService {
    /// The longest title of a change, in bytes.
    static let titleBytesMax = 200

    /// Proposes to merge a pushed branch.
    public func openChange(
        in name: String, branch: String, into target: String = "main", title: String, by identity: Identity
    ) async throws(WaybillError) -> Change {
        let repository = try open(name)
        guard !title.isEmpty, title.utf8.count <= Self.titleBytesMax, !title.utf8.contains(where: { $0 < 0x20 }) else {
            throw WaybillError(.invalidInput, "the title must be one line of at most \(Self.titleBytesMax) bytes", subject: name)
        }
        for branch in [branch, target] { try ReferenceName.check("refs/heads/\(branch)") }
        return try await serially(name) { () async throws(WaybillError) in
            let trunk = try await repository.git.resolve(HostedRepository.trunk)
            let policy = try await self.gate(repository).terms(at: trunk).policy
            guard policy.protects("refs/heads/\(target)"), !policy.protects("refs/heads/\(branch)") else {
                throw WaybillError(
                    .invalidInput, "a change goes from a branch to a protected one", subject: "\(branch) into \(target)")
            }
            guard try await repository.git.resolve("refs/heads/\(branch)") != nil else {
                throw WaybillError(.notFound, "there is no such branch", subject: branch, remedy: "git push origin \(branch)")
            }
            for record in try await self.records(name) where record.branch == branch && record.merged == nil {
                throw WaybillError(.conflict, "change \(record.id) is open for this branch", subject: branch)
            }
            let next = try await self.nextID(name)
            let record = ChangeRecord(
                id: next, branch: branch, target: target, title: title, by: identity, opened: self.options.now())
            try await self.keep(record, name)
            let change = try await self.view(record, repository)
            try await self.record(
                "change.opened", by: identity, about: "change:\(name)/\(next)", "\(name): change \(next): \(title)",
                detail: ["repository": .string(name), "change": .integer(next), "head": Value(change.head?.hex)])
            return change
        }
    }

    public func changes(in name: String) async throws(WaybillError) -> [Change] {
        let repository = try open(name)
        var changes: [Change] = []
        for record in try await records(name) { changes.append(try await view(record, repository)) }
        return changes
    }

    public func change(_ id: Int, in name: String) async throws(WaybillError) -> Change {
        try await view(record(of: id, name), open(name))
    }

    /// The change as a unified diff, at most `bytesMax` bytes of it.
    public func diff(of id: Int, in name: String, bytesMax: Int = 1 << 20) async throws(WaybillError) -> [UInt8] {
        let repository = try open(name)
        let change = try await change(id, in: name)
        guard let head = change.head else { return [] }
        guard let base = change.base, let fork = try await repository.git.mergeBase(base, head) else { return [] }
        return try await repository.git.diff(from: fork, to: head, bytesMax: bytesMax)
    }

    /// Takes a reviewer's signed decision about the head of a change. It is kept also where it does not count.
    /// Throws `.forbidden` for a paper that proves nothing and `.conflict` for one about another head.
    public func review(_ id: Int, in name: String, _ envelope: Envelope, by identity: Identity) async throws(WaybillError)
        -> Change.ReviewEntry
    {
        let repository = try open(name)
        return try await serially(name) { () async throws(WaybillError) in
            do throws(WaybillError) {
                return try await self.takeReview(id, repository, envelope, by: identity)
            } catch {
                try await self.record(
                    "review.refused", by: identity, about: "change:\(name)/\(id)", "\(name): change \(id): \(error.message)",
                    verdict: "deny")
                throw error
            }
        }
    }

    private nonisolated func takeReview(
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
        try await Evidence(git: repository.git).add(
            envelope, at: Evidence.reviewPath(head, envelope), because: "\(review.reviewer) reviewed \(head.short)", at: moment)
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

    /// Moves the target to the change's head, if the rules allow it. The verdict says which it was.
    /// Throws `.conflict` when the target moves at the same time.
    public func merge(_ id: Int, in name: String, by identity: Identity) async throws(WaybillError) -> Verdict {
        let repository = try open(name)
        return try await serially(name) { () async throws(WaybillError) in
            try await self.mergeNow(id, repository, by: identity)
        }
    }

    private nonisolated func mergeNow(_ id: Int, _ repository: HostedRepository, by identity: Identity) async throws(WaybillError)
        -> Verdict
    {
        let name = repository.name
        // A push that a crash has interrupted is followed first, so that the papers are in order.
        try await settleNow(name)
        let record = try await record(of: id, name)
        guard record.merged == nil, let head = try await repository.git.resolve(record.branchReference) else {
            throw WaybillError(.conflict, "the change is not open", subject: "\(name) change \(id)")
        }
        let base = try await repository.git.resolve(record.targetReference)
        guard base != head else {
            throw WaybillError(.conflict, "there is nothing to merge", subject: "\(name) change \(id)")
        }
        let update = ReferenceUpdate(name: record.targetReference, old: base, new: head)
        let verdict = try await gate(repository).judge(update)
        guard verdict.isAllowed else {
            try await self.record(
                "change.refused", by: identity, about: "change:\(name)/\(id)",
                "\(name): change \(id) is not merged: \(verdict.violations.first?.message ?? "")", verdict: "deny",
                detail: verdict.value)
            return verdict
        }
        try await remember(PendingMove(commit: head, by: identity, change: id), name, update.name)
        let evidence = Evidence(git: repository.git)
        let envelope = try await moveStatement(update, to: head, repository, by: identity, change: id)
        let paper = try await evidence.draft(
            adding: envelope, at: Evidence.movePath(head, update.name), because: "change \(id) merged into \(record.target)",
            at: moment)
        // The branch and the paper about its move change in one transaction of Git.
        try await repository.git.move([ReferenceMove(update.name, from: base, to: head), paper])
        try await settleNow(name)
        return verdict
    }

    /// Changes whose head the target has reached are merged, whichever way it got there.
    nonisolated func closeMergedChanges(
        _ repository: HostedRepository, _ reference: String, _ new: ObjectID, by identity: Identity
    ) async throws(WaybillError) {
        let name = repository.name
        let before = try await ledger.state(stateName(name, "heads"))?[reference]?.string.flatMap { ObjectID($0) }
        for var record in try await records(name) where record.merged == nil && record.targetReference == reference {
            guard let head = try await repository.git.resolve(record.branchReference),
                try await repository.git.isAncestor(head, of: new)
            else { continue }
            record.merged = head
            record.base = before
            try await ledger.setState(stateName(name, "changes/\(record.id)"), to: record.value)
            try await self.record(
                "change.merged", by: identity, about: "change:\(name)/\(record.id)",
                "\(name): change \(record.id) is merged into \(record.target): \(record.title)", verdict: "allow",
                detail: ["repository": .string(name), "change": .integer(record.id), "commit": .string(head.hex)])
        }
    }

    // MARK: Records

    private nonisolated func nextID(_ name: String) async throws(WaybillError) -> Int {
        (try await ledger.state(stateName(name, "changes"))?.integer ?? 0) + 1
    }

    /// The record first, then the count: a record that is not counted is overwritten by the next change.
    private nonisolated func keep(_ record: ChangeRecord, _ name: String) async throws(WaybillError) {
        try await ledger.setState(stateName(name, "changes/\(record.id)"), to: record.value)
        try await ledger.setState(stateName(name, "changes"), to: .integer(record.id))
    }

    private nonisolated func record(of id: Int, _ name: String) async throws(WaybillError) -> ChangeRecord {
        let count = try await ledger.state(stateName(name, "changes"))?.integer ?? 0
        guard (1...max(1, count)).contains(id), count > 0,
            let record = ChangeRecord(try await ledger.state(stateName(name, "changes/\(id)")))
        else { throw WaybillError(.notFound, "there is no such change", subject: "\(name) change \(id)") }
        return record
    }

    nonisolated func records(_ name: String) async throws(WaybillError) -> [ChangeRecord] {
        let count = try await ledger.state(stateName(name, "changes"))?.integer ?? 0
        var records: [ChangeRecord] = []
        for id in 0..<count { records.append(try await record(of: id + 1, name)) }
        return records
    }

    // MARK: Views

    private nonisolated func view(_ record: ChangeRecord, _ repository: HostedRepository) async throws(WaybillError) -> Change {
        let git = repository.git
        let branchHead = try await git.resolve(record.branchReference)
        let head = record.merged ?? branchHead
        let base = record.merged == nil ? try await git.resolve(record.targetReference) : record.base
        var change = Change(
            id: record.id, repository: repository.name, branch: record.branch, target: record.target, title: record.title,
            by: record.by, opened: record.opened, state: record.merged != nil ? .merged : head == nil ? .abandoned : .open,
            head: head, base: base, commits: [], files: [], reviews: [], verdict: nil)
        guard let head else { return change }
        let gate = try gate(repository)
        let terms = try await gate.terms(at: base)
        let update = ReferenceUpdate(name: record.targetReference, old: base, new: head)
        let facts = try await gate.facts(update, terms)
        change.commits = facts.commits.map {
            Change.Commit(
                id: $0.id, title: $0.commit.title, author: $0.commit.author.email, isSigned: $0.outcome.isGood,
                signature: $0.outcome.description)
        }
        if let base, let fork = try await git.mergeBase(base, head) {
            change.files = try await git.diffStatistics(from: fork, to: head)
        }
        let rules = gate.rules(record.targetReference, terms, reviews: 1)
        for earlier in record.reviewedHeads where earlier != head {
            change.reviews += try await gate.reviews(of: earlier, terms).map { Self.entry($0, facts, rules) }
        }
        change.reviews += facts.reviews.map { Self.entry($0, facts, rules) }
        if record.merged == nil, base != head { change.verdict = try await gate.judge(update) }
        return change
    }

    /// Whether a review counts: asked of the same rules that decide about merging, with this review alone.
    private static func entry(_ review: VerifiedReview, _ facts: PushFacts, _ rules: SourceRules) -> Change.ReviewEntry {
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
            reviewer: review.reviewer, decision: review.review.decision, commit: review.commit, envelope: review.envelope,
            counts: reason == nil, reason: reason, comment: review.review.comment)
    }
}
