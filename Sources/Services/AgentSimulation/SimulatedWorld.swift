public import AgentService
import Attestations
import Clusters
import Delivery
public import GitRepositories
public import Ledger
public import Signers
import Synchronization
public import WaybillCore

/// Everything around an agent, in memory.
public final class SimulatedWorld: Sendable {
    public let repository = InMemoryRepository()
    public let cluster: SimulatedCluster
    /// The ledger without faults.
    public let ledger: any Ledger
    public let faults: Faults
    private let approved = Mutex<Set<ObjectID>>([])
    private let time = Mutex<Int64>(1_800_000_000_000)
    private let signer: any StatementSigner
    private let leads = Mutex(true)

    public init(
        seed: UInt64 = 0, latency: Duration? = nil, remembers: Bool = true, ledger: any Ledger,
        signer: any StatementSigner
    ) {
        faults = Faults(seed: seed)
        cluster = SimulatedCluster(faults: faults, latency: latency, remembers: remembers)
        self.ledger = ledger
        self.signer = signer
    }

    /// Whether this process still is the one that may write.
    public func set(leads value: Bool) { leads.withLock { $0 = value } }
    /// Time goes on.
    public func pass(seconds: Int64) { time.withLock { $0 += seconds * 1000 } }

    private func now() -> Instant {
        time.withLock {
            $0 += 1
            return Instant(milliseconds: $0)
        }
    }

    /// A new process: it knows nothing but what the ledger holds.
    public func agent(settings: AgentSettings) -> AgentService {
        let faults = faults
        var doors = AgentDoors(
            repository: FaultyRepository(repository, faults),
            fetch: { () async throws(WaybillError) in try await faults.call("fetch") {} }, cluster: cluster,
            ledger: FaultyLedger(ledger, faults), signer: signer, revisionGuard: Approval(world: self),
            papersFor: { _, _ async throws(WaybillError) in
                try await faults.call("papers") {}
                return Verdict(gate: .promote, subject: "images")
            },
            now: { self.now() })
        doors.mayWrite = { _ in self.leads.withLock { $0 } }
        return AgentService(settings, doors: doors)
    }

    /// A commit on the branch; returns it.
    @discardableResult
    public func push(_ files: [String: String?], approved isApproved: Bool = true) async throws(WaybillError)
        -> ObjectID
    {
        let head = try await repository.resolve(AgentSettings.trunk)
        let tree = try await repository.storeTree(changing: files.mapValues { $0.map { Array($0.utf8) } }, of: head)
        let person = CommitPerson(name: "a", email: "a@b", seconds: now().milliseconds / 1000)
        let commit = try await repository.store(
            CommitDraft(tree: tree, parents: head.map { [$0] } ?? [], author: person, message: "change"))
        if isApproved { approved.withLock { _ = $0.insert(commit) } }
        try await repository.move([ReferenceMove(AgentSettings.trunk, from: head, to: commit)])
        return commit
    }

    /// History is put right by somebody who is allowed to.
    public func reset(to commit: ObjectID?) async throws(WaybillError) {
        let head = try await repository.resolve(AgentSettings.trunk)
        try await repository.move([ReferenceMove(AgentSettings.trunk, from: head, to: commit)])
    }

    private struct Approval: RevisionGuard {
        let world: SimulatedWorld

        func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict {
            var verdict = Verdict(gate: .source, subject: "gitCommit:\(head)")
            for commit in try await world.repository.commits(from: lastApplied, to: head) {
                guard !world.approved.withLock({ $0.contains(commit) }) else { continue }
                verdict.violations.append(
                    Finding(
                        rule: "SIM-001", kind: .signature, severity: .high, message: "\(commit.short) is not signed"))
            }
            return verdict
        }
    }
}
