import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
import Signers
import Trust
import WaybillCore

/// Moves of protected branches: the ledger says how far we have followed each branch, Git says where it stands.
/// Whatever lies between is judged again, gets its papers, and is announced; so a crash at any point is made good.
extension ForgeService {
    private static let unknown = Identity("unknown")

    nonisolated func stateName(_ repository: String, _ rest: String) -> String { "forge/\(repository)/\(rest)" }

    nonisolated func remember(_ move: PendingMove, _ repository: String, _ reference: String) async throws(WaybillError)
    {
        try await ledger.setState(stateName(repository, "pending/\(reference)"), to: move.value)
    }

    func settle(_ name: String) async throws(WaybillError) {
        try await serially(name) { () async throws(WaybillError) in try await self.settleNow(name) }
    }

    /// Only while no other work on the repository is under way.
    nonisolated func settleNow(_ name: String) async throws(WaybillError) {
        let repository = try open(name)
        guard let trunk = try await repository.git.resolve(HostedRepository.trunk) else { return }
        let known = try await ledger.state(stateName(name, "heads")) ?? [:]
        let before = known[HostedRepository.trunk]?.string.flatMap { ObjectID($0) }
        let policy = try await gate(repository).terms(at: before ?? trunk).settings
        var references = [HostedRepository.trunk]
        for branch in policy.protect where "refs/heads/\(branch)" != HostedRepository.trunk {
            references.append("refs/heads/\(branch)")
        }
        for reference in references {
            let old = known[reference]?.string.flatMap { ObjectID($0) }
            guard let new = try await repository.git.resolve(reference), new != old else { continue }
            try await settle(
                ReferenceUpdate(name: reference, old: old, new: new), to: new, repository,
                trunk: reference == HostedRepository.trunk ? old : before)
        }
    }

    private nonisolated func settle(
        _ update: ReferenceUpdate, to new: ObjectID, _ repository: HostedRepository, trunk: ObjectID?
    ) async throws(WaybillError) {
        let name = repository.name, pendingName = stateName(name, "pending/\(update.name)")
        let pending = PendingMove(try await ledger.state(pendingName)).flatMap { $0.commit == new ? $0 : nil }
        let by = pending?.by ?? Self.unknown
        let verdict = try await gate(repository).judge(update, trunk: trunk)
        guard verdict.isAllowed else { return try await recordUnexplained(update, new, verdict, name) }
        let evidence = EvidenceBranch(of: repository.git)
        let envelope: Envelope
        if let written = try await evidence.move(of: update.name, to: new) {
            envelope = written
        } else {
            envelope = try await moveStatement(update, to: new, repository, by: by, change: pending?.change)
            try await evidence.add(
                envelope, at: [EvidencePath.move(of: update.name, to: new), EvidencePath.lastMove],
                because: "\(update.name) moved to \(new.short)",
                on: moment)
        }
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: "gitCommit:\(new)", predicateType: PredicateType.referenceMove,
                recorded: options.now(), envelope: envelope)
        ])
        try await record(
            "reference.moved", by: by, about: "gitCommit:\(new)", "\(name): \(update.name) moved to \(new.short)",
            verdict: "allow",
            detail: [
                "repository": .string(name), "reference": .string(update.name), "old": Value(update.old?.hex),
                "new": .string(new.hex),
            ])
        try await closeMergedChanges(repository, update.name, new, by: by)
        // One write says both how far we are and who must still be told.
        var heads = try await ledger.state(stateName(name, "heads")) ?? [:]
        heads[update.name] = .string(new.hex)
        let unannounced = heads["unannounced"]?.array ?? []
        heads["unannounced"] = .array(
            unannounced + [["reference": .string(update.name), "old": Value(update.old?.hex), "new": .string(new.hex)]])
        try await ledger.setState(stateName(name, "heads"), to: heads)
        try await ledger.setState(pendingName, to: nil)
        await announce(name, update, new)
    }

    /// The signed paper about a move. Its reviews and signers are what the verdict rested on.
    nonisolated func moveStatement(
        _ update: ReferenceUpdate, to new: ObjectID, _ repository: HostedRepository, by: Identity, change: Int?
    ) async throws(WaybillError) -> Envelope {
        let gate = try gate(repository)
        let facts = try await gate.facts(update, gate.terms(at: update.old))
        let tree = facts.commits.last { $0.id == new.hex }?.commit.tree
        guard let tree else {
            throw WaybillError(
                .corrupted, "its range does not hold its head", subject: "\(repository.name) \(update.name)")
        }
        let signers = Set(
            facts.commits.compactMap { commit -> String? in
                if case .good(let principal) = commit.outcome { principal } else { nil }
            })
        let last = try await EvidenceBranch(of: repository.git).lastMove()
        let number = try last.map { envelope throws(WaybillError) in
            try ReferenceLogEntry(Statement(parsing: envelope.payload).predicate).number
        }
        let entry = ReferenceLogEntry(
            repository: repository.name, reference: update.name, old: update.old?.hex, new: new.hex,
            number: (number ?? 0) + 1, previous: last?.digest, actor: by.name, time: moment, change: change,
            commits: facts.commits.count, signers: signers.sorted(), reviews: facts.reviews.map(\.envelope))
        let statement = Statement(
            subjects: [Statement.Subject(name: update.name, digest: ["gitCommit": new.hex, "gitTree": tree])],
            predicateType: PredicateType.referenceMove, predicate: entry.value)
        return try await signer.sign(statement)
    }

    /// Somebody moved the branch around the forge. It gets no paper, and nobody is told to build it.
    private nonisolated func recordUnexplained(
        _ update: ReferenceUpdate, _ new: ObjectID, _ verdict: Verdict, _ name: String
    ) async throws(WaybillError) {
        let mark = stateName(name, "unexplained/\(update.name)")
        guard try await ledger.state(mark)?.string != new.hex else { return }
        try await record(
            "reference.unexplained", by: Self.unknown, about: "gitCommit:\(new)",
            "\(name): \(update.name) stands at \(new.short), which its rules refuse: \(verdict.violations.first?.message ?? "")",
            verdict: "deny", detail: verdict.value)
        try await ledger.setState(mark, to: .string(new.hex))
    }

    // MARK: Announcing

    private func announce(_ name: String, _ update: ReferenceUpdate, _ new: ObjectID) {
        let key = UInt64.random(in: .min ... .max)
        announcements[key] = Task {
            await onMerged(name, update.name, update.old, new)
            await announced(name, update, new)
            announcements[key] = nil
        }
    }

    private func announced(_ name: String, _ update: ReferenceUpdate, _ new: ObjectID) async {
        do throws(WaybillError) {
            try await serially(name) { () async throws(WaybillError) in
                let state = self.stateName(name, "heads")
                guard var heads = try await self.ledger.state(state) else { return }
                let rest = (heads["unannounced"]?.array ?? []).filter {
                    $0["new"]?.string != new.hex || $0["reference"]?.string != update.name
                }
                heads["unannounced"] = .array(rest)
                try await self.ledger.setState(state, to: heads)
            }
        } catch {
            // It stays in the list and is announced again at the next start.
        }
    }

    func announceAgain(_ name: String) async throws(WaybillError) {
        let heads = try await ledger.state(stateName(name, "heads"))
        for move in heads?["unannounced"]?.array ?? [] {
            guard let reference = move["reference"]?.string, let new = move["new"]?.string.flatMap({ ObjectID($0) })
            else { continue }
            let old = move["old"]?.string.flatMap { ObjectID($0) }
            announce(name, ReferenceUpdate(name: reference, old: old, new: new), new)
        }
    }
}
