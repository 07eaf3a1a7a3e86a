import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// The links that stand in a source repository: commit, review, merge.
struct SourceWalk: Sendable {
    /// Commits that one merge brings at most.
    static let commitsMax = 10_000

    let ledger: any Ledger
    let keys: [TrustedKey]
    let name: String
    let git: (any GitRepository)?
    var revocations = Revocations()

    /// What cannot be read because it was changed or left out is a broken link, named by what it says.
    func links(commit: String) async throws(WaybillError) -> [ChainLink] {
        do {
            return try await whole(commit: commit)
        } catch let error where error.code == .corrupted {
            return [ChainLink(name: "commit", isIntact: false, detail: error.description)]
        }
    }

    private func whole(commit: String) async throws(WaybillError) -> [ChainLink] {
        guard let git, let id = ObjectID(commit) else {
            return [ChainLink(name: "commit", isIntact: false, detail: "the repository \(name) is not here")]
        }
        guard let head = try await Self.verify(id, in: git, revocations) else {
            return [ChainLink(name: "commit", isIntact: false, detail: "the commit \(id.short) is not in \(name)")]
        }
        let (merged, entry) = try await merged(id)
        // Without the record of the merge nobody knows where it began: the commit is then judged alone.
        let base = entry.map { $0.old.flatMap { ObjectID($0) } } ?? head.commit.parents.first.flatMap { ObjectID($0) }
        let terms = try await Self.terms(at: base ?? id, isFirst: base == nil, git, revocations)
        let range = try await commits(from: base, to: id, terms, git)
        return [
            Self.signed(head, range),
            try await reviewed(head, range, terms, reference: entry?.reference ?? "refs/heads/main"), merged,
        ]
    }

    /// Every commit that the merge brought, judged by the signers before it.
    private func commits(
        from base: ObjectID?, to head: ObjectID, _ terms: SourceTerms, _ git: any GitRepository
    ) async throws(WaybillError) -> [CommitVerification] {
        let verifier = terms.verifier()
        let ids = try await git.commits(from: base, to: head)
        guard ids.count <= Self.commitsMax else {
            throw WaybillError(.limitExceeded, "the merge brought more than \(Self.commitsMax) commits", subject: name)
        }
        var range: [CommitVerification] = []
        for id in ids {
            guard let object = try await git.object(id), object.type == "commit" else {
                throw WaybillError(.corrupted, "the commit is not in \(name)", subject: id.short)
            }
            range.append(try verifier.verify(commit: object.bytes, id: id.hex))
        }
        return range
    }

    private static func signed(_ head: CommitVerification, _ range: [CommitVerification]) -> ChainLink {
        let signer = head.commit.author.email
        if let bad = range.first(where: { !$0.outcome.isGood }) {
            return ChainLink(name: "commit", isIntact: false, detail: "\(bad.label) \(bad.outcome)", signer: signer)
        }
        let outcome = range.last { $0.id == head.id }?.outcome
        guard let outcome else {
            return ChainLink(
                name: "commit", isIntact: false, detail: "the merge did not bring \(head.label)", signer: signer)
        }
        let others = range.count > 1 ? ", with \(range.count - 1) more signed commits" : ""
        return ChainLink(name: "commit", isIntact: true, detail: "\(head.label) \(outcome)\(others)", signer: signer)
    }

    /// What the repository asked before the merge. Before the first commit nobody can have reviewed; the signers that it
    /// brought count.
    private static func terms(
        at commit: ObjectID, isFirst: Bool, _ git: any GitRepository, _ revocations: Revocations
    ) async throws(WaybillError) -> SourceTerms {
        var terms = try await SourceTerms(at: commit, in: git)
        if isFirst { terms.settings.reviews = 0 }
        terms.revoked = revocations.applied(to: terms.revoked)
        return terms
    }

    /// The commit judged by the signers that stood in the repository before it.
    static func verify(
        _ id: ObjectID, in git: any GitRepository, _ revocations: Revocations
    ) async throws(WaybillError) -> CommitVerification? {
        guard let object = try await git.object(id), object.type == "commit" else { return nil }
        let commit = try GitCommit(parsing: object.bytes)
        let terms = try await Self.terms(
            at: commit.parents.first.flatMap { ObjectID($0) } ?? id, isFirst: commit.parents.isEmpty, git,
            revocations)
        return try terms.verifier().verify(commit: object.bytes, id: id.hex)
    }

    /// Approvals by people who wrote no commit of the merge, each with its signature checked.
    private func reviewed(
        _ head: CommitVerification, _ range: [CommitVerification], _ terms: SourceTerms, reference: String
    ) async throws(WaybillError) -> ChainLink {
        let papers: [Paper]
        do {
            papers = try await ledger.papers(about: "gitCommit:\(head.id)", predicateType: PredicateType.review)
        } catch let error where error.code == .corrupted {
            return ChainLink(name: "review", isIntact: false, detail: error.description)
        }
        let verifier = ReviewVerifier(reviewers: terms.signers, revoked: terms.revoked)
        var reasons: [String] = []
        var reviews: [VerifiedReview] = []
        for each in papers {
            do throws(WaybillError) {
                if let time = revocations.papers[each.id] {
                    throw WaybillError(.forbidden, "a review was revoked at \(time)", subject: "review")
                }
                reviews.append(
                    try verifier.verify(each.envelope, at: Timestamp(seconds: each.recorded.milliseconds / 1000)))
            } catch {
                reasons.append(error.message)
            }
        }
        let quorum = ReviewQuorum(
            head: head, commits: range, reference: reference, reviews: reviews, signers: terms.signers)
        reasons += quorum.rejections.map { "\($0.reviewer) rejected it" }.sorted()
        reasons += quorum.ownReviews.map { "\($0.reviewer) wrote part of it" }.sorted()
        if !quorum.misdirected.isEmpty { reasons.append("a review is about another tree or branch") }
        let approvals = quorum.approvals.sorted { $0.reviewer < $1.reviewer }
        guard approvals.count >= terms.settings.reviews else {
            let count =
                approvals.isEmpty ? "nobody but its authors" : "only \(approvals.count) of \(terms.settings.reviews)"
            return ChainLink(
                name: "review", isIntact: false, detail: (["\(count) approved it"] + reasons).joined(separator: "; "))
        }
        guard !approvals.isEmpty else {
            return ChainLink(name: "review", isIntact: true, detail: "the branch asked for no review")
        }
        let names = Set(approvals.map(\.reviewer)).sorted().joined(separator: ", ")
        return ChainLink(
            name: "review", isIntact: true, detail: "approved by \(names)", signer: names,
            paper: approvals.first?.envelope)
    }

    /// The signed record that the protected branch moved to this commit.
    private func merged(_ id: ObjectID) async throws(WaybillError) -> (ChainLink, ReferenceLogEntry?) {
        func broken(_ detail: String, _ paper: Digest? = nil) -> (ChainLink, ReferenceLogEntry?) {
            (ChainLink(name: "merged", isIntact: false, detail: detail, paper: paper), nil)
        }
        let papers: [Paper]
        do {
            papers = try await ledger.papers(about: "gitCommit:\(id.hex)", predicateType: PredicateType.referenceMove)
        } catch let error where error.code == .corrupted {
            return broken(error.description)
        }
        guard let paper = papers.last else { return broken("there is no record of the merge") }
        switch PaperReader(ledger: ledger, keys: keys, revocations: revocations).verify(paper, about: nil) {
        case .failure(let reason): return broken(reason, paper.id)
        case .success(let verified):
            guard verified.statement.subjects.contains(where: { $0.digest["gitCommit"] == id.hex }) else {
                return broken("is about another commit", paper.id)
            }
            let entry: ReferenceLogEntry
            do throws(WaybillError) { entry = try ReferenceLogEntry(verified.statement.predicate) } catch {
                return broken("cannot be read: \(error)", paper.id)
            }
            let link = ChainLink(
                name: "merged", isIntact: true,
                detail: "\(entry.reference) moved by \(entry.actor), entry \(entry.number) of the log",
                signer: verified.signers.map(\.name).joined(separator: ", "), paper: paper.id)
            return (link, entry)
        }
    }
}
