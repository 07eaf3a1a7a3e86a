import Attestations
import Documents
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// The links that stand in a source repository: commit, review, merge.
struct SourceWalk: Sendable {
    static let signersPath = ".waybill/allowed_signers"
    let ledger: any Ledger
    let keys: [TrustedKey]
    let name: String
    let git: (any GitRepository)?

    func links(commit: String) async throws(WaybillError) -> [ChainLink] {
        guard let git, let id = ObjectID(commit) else {
            return [ChainLink(name: "commit", isIntact: false, detail: "the repository \(name) is not here")]
        }
        guard let verification = try await Self.verify(id, in: git) else {
            return [ChainLink(name: "commit", isIntact: false, detail: "the commit \(id.short) is not in \(name)")]
        }
        let commitLink = ChainLink(
            name: "commit", isIntact: verification.outcome.isGood,
            detail: "\(verification.label) \(verification.outcome)",
            signer: verification.commit.author.email)
        return [commitLink, try await reviewed(id, verification, git), try await merged(id)]
    }

    /// The commit judged by the signers that stood in the repository before it.
    static func verify(_ id: ObjectID, in git: any GitRepository) async throws(WaybillError) -> CommitVerification? {
        guard let object = try await git.object(id), object.type == "commit" else { return nil }
        let commit = try GitCommit(parsing: object.bytes)
        let before = commit.parents.first.flatMap { ObjectID($0) } ?? id
        let signers = try await signers(at: before, in: git)
        return try CommitVerifier(signers: signers).verify(commit: object.bytes, id: id.hex)
    }

    static func signers(at revision: ObjectID, in git: any GitRepository) async throws(WaybillError) -> AllowedSigners {
        guard let bytes = try await git.read(signersPath, at: revision) else { return AllowedSigners() }
        return try AllowedSigners(parsing: bytes, file: signersPath)
    }

    /// Approvals by people other than the author, each with its signature checked.
    private func reviewed(
        _ id: ObjectID, _ verification: CommitVerification, _ git: any GitRepository
    ) async throws(WaybillError) -> ChainLink {
        let papers: [Paper]
        do {
            papers = try await ledger.papers(about: "gitCommit:\(id.hex)", predicateType: PredicateType.review)
        } catch let error where error.code == .corrupted {
            return ChainLink(name: "review", isIntact: false, detail: error.description)
        }
        let before = verification.commit.parents.first.flatMap { ObjectID($0) } ?? id
        let verifier = ReviewVerifier(reviewers: try await Self.signers(at: before, in: git))
        let authors = Set(
            [verification.commit.author.email, verification.commit.committer.email].map { $0.lowercased() })
        var reasons: [String] = []
        // A person's last word counts, whatever they said before.
        var last: [PublicKey: VerifiedReview] = [:]
        for each in papers {
            do throws(WaybillError) {
                let review = try verifier.verify(
                    each.envelope, at: Timestamp(seconds: each.recorded.milliseconds / 1000))
                guard review.commit == id.hex, review.tree == verification.commit.tree else {
                    reasons.append("a review is about another commit or tree")
                    continue
                }
                guard review.key != verification.key,
                    !review.identities.contains(where: { authors.contains($0.lowercased()) })
                else { continue }
                if let earlier = last[review.key], earlier.review.time > review.review.time { continue }
                last[review.key] = review
            } catch {
                reasons.append(error.message)
            }
        }
        reasons += last.values.filter { $0.review.decision == .reject }.map { "\($0.reviewer) rejected it" }.sorted()
        let counted = last.values.filter { $0.review.decision == .approve }.sorted { $0.reviewer < $1.reviewer }
        let approvals = counted.map(\.reviewer)
        guard !approvals.isEmpty else {
            let reason = reasons.isEmpty ? "nobody but the author approved it" : reasons.joined(separator: "; ")
            return ChainLink(name: "review", isIntact: false, detail: reason)
        }
        return ChainLink(
            name: "review", isIntact: true, detail: "approved by \(Set(approvals).sorted().joined(separator: ", "))",
            signer: approvals.joined(separator: ", "), paper: counted.first?.envelope)
    }

    /// The signed record that the protected branch moved to this commit.
    private func merged(_ id: ObjectID) async throws(WaybillError) -> ChainLink {
        let papers: [Paper]
        do {
            papers = try await ledger.papers(about: "gitCommit:\(id.hex)", predicateType: PredicateType.referenceMove)
        } catch let error where error.code == .corrupted {
            return ChainLink(name: "merged", isIntact: false, detail: error.description)
        }
        guard let paper = papers.last else {
            return ChainLink(name: "merged", isIntact: false, detail: "there is no record of the merge")
        }
        switch PaperReader(ledger: ledger, keys: keys).verify(paper, about: nil) {
        case .failure(let reason): return ChainLink(name: "merged", isIntact: false, detail: reason, paper: paper.id)
        case .success(let verified):
            guard verified.statement.subjects.contains(where: { $0.digest["gitCommit"] == id.hex }) else {
                return ChainLink(name: "merged", isIntact: false, detail: "is about another commit", paper: paper.id)
            }
            let predicate = verified.statement.predicate
            return ChainLink(
                name: "merged", isIntact: true,
                detail: "\(predicate["reference"]?.string ?? "main") moved by \(predicate["by"]?.string ?? "?")",
                signer: verified.signers.map(\.name).joined(separator: ", "), paper: paper.id)
        }
    }
}
