import AgentSimulation
import Attestations
import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Secrets
import Signers
import Synchronization
import WaybillCore

@testable import AgentService

/// Commits that somebody vouched for.
final class ApprovedCommits: RevisionGuard, Sendable {
    let approved = Mutex<Set<ObjectID>>([])
    let asked = Mutex<[(from: ObjectID?, to: ObjectID)]>([])
    let repository: InMemoryRepository

    init(_ repository: InMemoryRepository) { self.repository = repository }

    func approve(_ commit: ObjectID) { approved.withLock { _ = $0.insert(commit) } }

    func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict {
        asked.withLock { $0.append((lastApplied, head)) }
        var verdict = Verdict(gate: .source, subject: "gitCommit:\(head)")
        for commit in try await repository.commits(from: lastApplied, to: head) {
            guard !approved.withLock({ $0.contains(commit) }) else { continue }
            verdict.violations.append(
                Finding(rule: "TEST-001", kind: .signature, severity: .high, message: "\(commit.short) is not signed"))
        }
        return verdict
    }
}

/// What programs write, and which files they saw. Without an answer it is not installed.
final class FakeProgram: Sendable {
    let answer = Mutex<String?>(nil)
    let seen = Mutex<[[String]]>([])

    func run(_ rendering: ProgramRendering, _ files: [String: [UInt8]]) throws(WaybillError) -> [UInt8] {
        seen.withLock { $0.append(files.keys.sorted()) }
        guard let text = answer.withLock({ $0 }) else {
            throw WaybillError(.unsupported, "is not installed", subject: rendering.settings.program.rawValue)
        }
        return Array(text.utf8)
    }
}

/// Everything around an agent, with doors that may fail.
final class World: Sendable {
    let repository = InMemoryRepository()
    let cluster: FakeCluster
    let ledger: any Ledger
    let commits: ApprovedCommits
    let faults: Faults
    let refusedImages = Mutex<Set<Digest>>([])
    /// What every HTTP request is answered with.
    let answer = Mutex<(status: Int, body: String)>((200, "ok"))
    /// The signed artifacts of its registry, and what programs write.
    let artifacts = FakeArtifacts()
    let program = FakeProgram()
    /// Environments that wanted to be in another cluster.
    let moves = Mutex<[String?]>([])
    /// The agent's file of keys.
    let ageKeys = Mutex("")
    private let time = Mutex<Int64>(1_800_000_000_000)
    private let signer = InMemorySigner()

    init(seed: UInt64 = 0) throws {
        faults = Faults(seed: seed)
        cluster = FakeCluster(faults: faults)
        ledger = FaultyLedger(try SQLiteLedger(path: nil), faults)
        commits = ApprovedCommits(repository)
    }

    static let image = Digest.sha256(of: [1, 2, 3])

    /// A new process: it knows nothing but what the ledger holds.
    func agent(healthTimeout: Duration = .milliseconds(20), cluster name: String? = nil) -> AgentService {
        var settings = AgentSettings(
            environment: "staging", interval: .seconds(60), healthInterval: .milliseconds(1),
            healthTimeout: healthTimeout,
            watchRetry: .milliseconds(50))
        settings.cluster = name
        var doors = AgentDoors(
            repository: FaultyRepository(repository, faults),
            fetch: { () async throws(WaybillError) in try await self.faults.call("fetch") {} }, cluster: cluster,
            ledger: ledger, signer: signer, revisionGuard: commits,
            papersFor: { digests, _ async throws(WaybillError) in
                try await self.faults.call("papers") {}
                var verdict = Verdict(gate: .promote, subject: "images")
                for digest in digests where self.refusedImages.withLock({ $0.contains(digest) }) {
                    verdict.violations.append(
                        Finding(
                            rule: "TEST-002", kind: .policy, severity: .high,
                            message: "\(digest.short) has no papers"))
                }
                return verdict
            },
            now: {
                self.time.withLock {
                    $0 += 1000; return Instant(milliseconds: $0)
                }
            })
        doors.ageKeys = { () throws(WaybillError) in
            let text = self.ageKeys.withLock { $0 }
            return text.isEmpty ? [] : try AgeIdentity.identities(in: Array(text.utf8), file: "keys.txt")
        }
        doors.artifacts = artifacts
        doors.moved = { entry in self.moves.withLock { $0.append(entry.cluster) } }
        doors.render = { rendering, files throws(WaybillError) in
            try self.program.run(rendering, files)
        }
        doors.ask = { _ in
            self.answer.withLock { (status: $0.status, body: Array($0.body.utf8)) }
        }
        return AgentService(settings, doors: doors)
    }

    /// A commit on the branch; returns it.
    @discardableResult
    func push(_ files: [String: String?], approved: Bool = true, force: Bool = false) async throws -> ObjectID {
        let head = try await repository.resolve("refs/heads/main")
        let parent = force ? nil : head
        let changes = files.mapValues { $0.map { Array($0.utf8) } }
        let tree = try await repository.storeTree(changing: changes, of: parent)
        let person = CommitPerson(
            name: "a", email: "a@b",
            seconds: time.withLock {
                $0 += 1000; return $0 / 1000
            })
        let commit = try await repository.store(
            CommitDraft(tree: tree, parents: parent.map { [$0] } ?? [], author: person, message: "change"))
        if approved { commits.approve(commit) }
        try await repository.move([ReferenceMove("refs/heads/main", from: head, to: commit)])
        return commit
    }

    static func files(text: String = "one", image: Digest? = World.image, extra: String = "") -> [String: String?] {
        [
            "waybill.yaml": "version: 1\nenvironments: [{ name: staging, path: staging }]\n",
            "staging/kustomization.yaml": "resources: [app.yaml]\n",
            "staging/app.yaml": """
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: settings }
            data: { text: "\(text)" }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: shop }
            spec:
              replicas: 1
              selector: { matchLabels: { app: shop } }
              template:
                metadata: { labels: { app: shop } }
                spec:
                  containers:
                    - { name: web, image: "shop\(image.map { "@\($0)" } ?? ":latest")" }
            \(extra)
            """,
        ]
    }

    static let configMap = ObjectKey(
        kind: ObjectKind(group: "", version: "v1", kind: "ConfigMap"), namespace: "staging", name: "settings")
    static let deployment = ObjectKey(
        kind: ObjectKind(group: "apps", version: "v1", kind: "Deployment"), namespace: "staging", name: "shop")

    /// Time goes on.
    func pass(seconds: Int64) { time.withLock { $0 += seconds * 1000 } }

    func liveText() async -> String? { await cluster.objects[Self.configMap]?["data", "text"]?.string }
    func actions() async throws -> [String] {
        try await ledger.events(about: "environment:staging", limit: 500).map(\.action).reversed()
    }
}
