import Attestations
import Documents
import GitRepositories
import Ledger
public import WaybillCore

extension ForgeService {
    /// Moves the target to the change's head, if the rules allow it. The verdict says which it was.
    /// Throws `.conflict` when the target moves at the same time.
    public func merge(_ id: Int, in name: String, by identity: Identity) async throws(WaybillError) -> Verdict {
        let repository = try open(name)
        return try await serially(name) { () async throws(WaybillError) in
            try await self.mergeNow(id, repository, by: identity)
        }
    }

    nonisolated func mergeNow(_ id: Int, _ repository: HostedRepository, by identity: Identity)
        async throws(WaybillError)
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
        let evidence = EvidenceBranch(of: repository.git)
        let envelope = try await moveStatement(update, to: head, repository, by: identity, change: id)
        let paper = try await evidence.draft(
            adding: envelope, at: [EvidencePath.move(of: update.name, to: head), EvidencePath.lastMove],
            because: "change \(id) merged into \(record.target)", on: moment)
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
}
