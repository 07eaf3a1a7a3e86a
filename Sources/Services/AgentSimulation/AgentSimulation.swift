import AgentService
import Delivery
import Documents
import GitRepositories
import Kubernetes
public import Ledger
public import Signers
import Synchronization
public import WaybillCore

/// A life of an environment under faults, by a seed: pushes good and bad, hands in the cluster, servers that do not
/// answer, processes that end at any call, leadership that goes and comes.
public struct AgentSimulation: Sendable {
    public let seed: UInt64
    public let steps: Int

    public init(seed: UInt64, steps: Int = 8) {
        self.seed = seed
        self.steps = steps
    }

    /// What went wrong; empty where nothing did.
    public func run(ledger: any Ledger, signer: any StatementSigner) async throws(WaybillError) -> [String] {
        let world = SimulatedWorld(seed: seed, ledger: ledger, signer: signer)
        var random = SeededRandom(seed: seed ^ 0xA5A5)
        var settings = AgentSettings(
            environment: "staging", healthInterval: .microseconds(100), healthTimeout: .microseconds(400))
        settings.backoff.limit = .zero
        let bystanders = try Self.bystanders()
        for object in bystanders { try await world.cluster.put(object) }
        let watching = Watch(seed: seed)
        var agent = world.agent(settings: settings)
        var wanted = Plan()
        for step in 0..<steps {
            let before = try await world.repository.resolve(AgentSettings.trunk)
            var next = wanted
            next.change(step, &random)
            let isGood = random.next(below: 4) != 0
            try await world.push(next.files(after: wanted), approved: isGood)
            if isGood {
                watching.allow(next)
                wanted = next
            }
            if random.next(below: 3) == 0, let key = next.keys.first {
                try await world.cluster.tamper(key, Pointer(["data", "text"]), to: "by hand")
            }
            world.faults.set(on: true)
            world.faults.set(rarity: 4 + Int(random.next(below: 12)))
            for _ in 0..<3 {
                world.set(leads: random.next(below: 5) != 0)
                if random.next(below: 2) == 0 { world.faults.kill(after: Int(random.next(below: 40))) }
                let condition = await agent.reconcile()
                world.faults.revive()
                if condition.state == .failed || random.next(below: 3) == 0 { agent = world.agent(settings: settings) }
                await watching.look(world, bystanders: bystanders, at: step)
            }
            world.faults.set(on: false)
            world.set(leads: true)
            if !isGood { try await world.reset(to: before) }
        }
        try await converge(world, &agent, settings, wanted, watching)
        return watching.complaints
    }

    private func converge(
        _ world: SimulatedWorld, _ agent: inout AgentService, _ settings: AgentSettings, _ wanted: Plan,
        _ watching: Watch
    ) async throws(WaybillError) {
        var condition = AgentCondition(.failed, revision: nil, head: nil, message: "")
        for _ in 0..<4 { condition = await agent.reconcile() }
        if condition.state != .synced {
            watching.complain("does not converge: \(condition.state) \(condition.message)")
        }
        let objects = await world.cluster.objects
        for (name, text) in wanted.texts {
            let live = objects[Plan.key(name)]?["data", "text"]?.string
            if live != text { watching.complain("\(name) is \(live ?? "not there"), not \(text)") }
        }
        for (key, object) in objects
        where object.labels["waybill.dev/environment"] == "staging" && key.kind.kind == "ConfigMap"
            && wanted.texts[key.name] == nil && !key.name.hasPrefix("hook")
        {
            watching.complain("\(key) was forgotten")
        }
    }

    private static func bystanders() throws(WaybillError) -> [Resource] {
        var all: [Resource] = []
        for (name, labels) in [("other", ["waybill.dev/environment": "production"]), ("stranger", [:])]
            as [(String, Value)]
        {
            all.append(
                try Resource([
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": ["name": .string(name), "namespace": "staging", "labels": labels],
                    "data": ["text": "x"],
                ]))
        }
        return all
    }
}

/// What an environment is to hold.
private struct Plan: Sendable {
    /// By the object's name: the application is its first letter.
    var texts: [String: String] = [:]
    var hook = 0

    static func key(_ name: String) -> ObjectKey {
        ObjectKey(kind: ObjectKind(group: "", version: "v1", kind: "ConfigMap"), namespace: "staging", name: name)
    }

    var keys: [ObjectKey] { texts.keys.sorted().map(Self.key) }

    mutating func change(_ step: Int, _ random: inout SeededRandom) {
        for application in ["a", "b", "c"] {
            for number in 0..<3 where random.next(below: 2) == 0 {
                let name = "\(application)-\(number)"
                // Three in four changes write, one takes away; one object of each application always stays.
                texts[name] = random.next(below: 4) == 0 && number > 0 ? nil : "step \(step)"
            }
            texts["\(application)-0"] = texts["\(application)-0"] ?? "step \(step)"
        }
        hook = step
    }

    func files(after old: Plan) -> [String: String?] {
        var files: [String: String?] = [
            "waybill.yaml": """
            version: 1
            environments:
              - name: staging
                path: staging
                prune-limit: 100%
                applications:
                  - { name: a, path: staging/a }
                  - { name: b, path: staging/b, depends-on: [a] }
                  - { name: c, path: staging/c }
            """
        ]
        for application in ["a", "b", "c"] {
            files["staging/\(application)/kustomization.yaml"] = "resources: [app.yaml]\n"
            var documents = texts.sorted { $0.key < $1.key }.filter { $0.key.hasPrefix(application) }.map {
                name, text in
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \(name) }\ndata: { text: \"\(text)\" }\n"
            }
            if application == "a" {
                documents.append(
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hook-\(hook), annotations: { waybill.dev/hook: pre-sync, waybill.dev/hook-delete: hook-succeeded } }\n"
                )
            }
            files["staging/\(application)/app.yaml"] = documents.joined(separator: "---\n")
        }
        return files
    }
}

/// Looks on and complains.
private final class Watch: Sendable {
    private struct State {
        var complaints: [String] = []
        var allowed: [String: Set<String>] = [:]
    }
    private let state = Mutex(State())
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    var complaints: [String] { state.withLock { $0.complaints } }

    func complain(_ text: String) {
        state.withLock { $0.complaints.append("seed \(seed): \(text)") }
    }

    /// Texts that were ever verified, by object.
    func allow(_ plan: Plan) {
        state.withLock { state in
            for (name, text) in plan.texts { state.allowed[name, default: []].insert(text) }
        }
    }

    func look(_ world: SimulatedWorld, bystanders: [Resource], at step: Int) async {
        let objects = await world.cluster.objects
        for object in bystanders where objects[object.key]?["data"] != object["data"] {
            complain("step \(step): \(object.key) was touched")
        }
        for object in objects.values where object.labels["waybill.dev/environment"] == "staging" {
            guard let text = object["data", "text"]?.string, text != "by hand" else { continue }
            let isAllowed = state.withLock { $0.allowed[object.name]?.contains(text) ?? false }
            if !isAllowed { complain("step \(step): \(object.key) holds \(text), which was never verified") }
        }
        for (key, count) in await world.cluster.made where key.name.hasPrefix("hook") && count > 1 {
            complain("step \(step): \(key) ran \(count) times")
        }
    }
}
