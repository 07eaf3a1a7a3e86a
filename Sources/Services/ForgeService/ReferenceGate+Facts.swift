import Delivery
import GitRepositories
import Trust
import WaybillCore

extension ReferenceGate {
    /// What is known about a proposed move of a protected branch; for the page of a change.
    func facts(_ update: ReferenceUpdate, _ terms: SourceTerms) async throws(WaybillError) -> PushFacts {
        try await facts(update, old: update.old, butNotFrom: update.old, terms)
    }

    /// The reviews of a commit that the repository's evidence holds and whose signatures are good.
    func reviews(of commit: ObjectID, _ terms: SourceTerms) async throws(WaybillError) -> [VerifiedReview] {
        let verifier = ReviewVerifier(reviewers: terms.signers, revoked: terms.revoked)
        var reviews: [VerifiedReview] = []
        for envelope in try await EvidenceBranch(of: git).reviews(of: commit) {
            do throws(WaybillError) {
                reviews.append(try verifier.verify(envelope, at: moment))
            } catch {
                // A reviewer who is no longer listed: the review does not count any more.
                guard error.code == .forbidden else { throw error }
            }
        }
        return reviews
    }

    func facts(
        _ update: ReferenceUpdate, old: ObjectID?, butNotFrom hidden: ObjectID?, _ terms: SourceTerms
    ) async throws(WaybillError) -> PushFacts {
        guard let new = update.new else {
            return PushFacts(reference: update.name, old: old?.hex, new: nil, isFastForward: false, commits: [])
        }
        guard let object = try await git.object(new) else { throw missing(new) }
        guard object.type == "commit" else {
            throw WaybillError(.invalidInput, "a branch names a commit, not a \(object.type)", subject: update.name)
        }
        let ids = try await git.commits(from: hidden, to: new)
        guard ids.count <= Self.commitsMax else {
            throw WaybillError(
                .limitExceeded, "brings \(ids.count) commits, more than \(Self.commitsMax)", subject: update.name,
                remedy: "push the history in several steps")
        }
        let verifier = verifier(terms)
        var commits: [CommitVerification] = []
        for id in ids {
            guard let object = try await git.object(id) else { throw missing(id) }
            commits.append(try verifier.verify(commit: object.bytes, id: id.hex))
        }
        var isFastForward = true
        if let old { isFastForward = try await git.isAncestor(old, of: new) }
        return PushFacts(
            reference: update.name, old: old?.hex, new: new.hex, isFastForward: isFastForward, commits: commits,
            reviews: try await reviews(of: new, terms))
    }

    func verifier(_ terms: SourceTerms) -> CommitVerifier {
        terms.verifier(at: moment)
    }

    /// A policy that nobody could read, or signers that nobody could be, would shut everybody out or let anybody in.
    func lockouts(from base: ObjectID?, to new: ObjectID) async throws(WaybillError) -> [Finding] {
        let after: SourceTerms
        do throws(WaybillError) {
            after = try await terms(at: new)
        } catch {
            return [
                ForgeRule.policy.finding(
                    "the policy of \(new.short) cannot be read: \(error.message)", error.subject, remedy: error.remedy)
            ]
        }
        guard !after.signers.entries.isEmpty else {
            return [ForgeRule.policy.finding("\(after.settings.signers) would name no signer", after.settings.signers)]
        }
        guard let base, try await git.read(after.settings.signers, at: new) == nil else { return [] }
        let before = try await terms(at: base).settings.signers
        guard try await git.read(before, at: base) != nil else { return [] }
        return [ForgeRule.policy.finding("\(before) would be removed, and with it the list of signers", before)]
    }

    func missing(_ id: ObjectID) -> WaybillError {
        WaybillError(.corrupted, "is not in the repository", subject: "Git object \(id)")
    }
}
