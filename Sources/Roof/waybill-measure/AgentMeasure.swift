import AgentService
import AgentSimulation
import Clusters
import Delivery
import Documents
import Files
import Foundation
import GitRepositories
import Kubernetes
import Ledger
import Signers
import WaybillCore

/// What an agent costs at scale, over a simulated API with latency: `waybill-measure agent [ROW]`.
enum AgentMeasure {
    static let latency = Duration.milliseconds(2)

    static func run(_ wanted: String) async throws {
        if "agent.zero".hasPrefix(wanted) || "agent.one".hasPrefix(wanted) || "agent.drift".hasPrefix(wanted) {
            try await thousand()
        }
        if "agent.idle".hasPrefix(wanted) { try await idle() }
        Measure.row("agent.resident", residentMegabytes(), "MB", "after all of the above")
    }

    /// 1,000 applications of 4 objects each.
    static func thousand() async throws {
        let world = try world()
        try await world.push(files(applications: 1000, objects: 4))
        let agent = world.agent(settings: AgentSettings(environment: "staging", healthInterval: .milliseconds(50)))
        let start = ContinuousClock.now
        let first = await agent.reconcile()
        let taken = (ContinuousClock.now - start) / .seconds(1)
        let values = agent.counters.values
        Measure.row(
            "agent.zero", taken, "s",
            "1000 applications x 4 objects, \(latency) an answer, \(first.state.rawValue), \(values.applies) applies, \(values.gets) gets"
        )
        let before = agent.counters.values
        try await world.push(["staging/apps/app-500/settings.yaml": settings("app-500", 0, text: "two")])
        let cpu = clock()
        let second = await agent.reconcile()
        let after = agent.counters.values
        Measure.row(
            "agent.one", Double(clock() - cpu) / Double(CLOCKS_PER_SEC), "s",
            "CPU of one commit to one of 1000 applications: \(after.renders - before.renders) renders, \(after.gets - before.gets) gets, \(after.dryRuns - before.dryRuns) dry runs, \(after.applies - before.applies) applies, \(second.state.rawValue)"
        )
        try await drift(world, agent)
    }

    /// A hand edit, until the cluster is right again.
    static func drift(_ world: SimulatedWorld, _ agent: AgentService) async throws {
        let task = Task { await agent.run() }
        while await world.cluster.watchCount < 3 { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .seconds(1))
        let key = ObjectKey(
            kind: ObjectKind(group: "", version: "v1", kind: "ConfigMap"), namespace: "staging", name: "app-7-0")
        var times: [Double] = []
        for number in 0..<5 {
            let start = ContinuousClock.now
            try await world.cluster.tamper(key, Pointer(["data", "text"]), to: .string("by hand \(number)"))
            while await world.cluster.objects[key]?["data", "text"] != "one" {
                try await Task.sleep(for: .milliseconds(2))
            }
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        task.cancel()
        await task.value
        Measure.row("agent.drift", times.max() ?? 0, "ms", "worst of 5 hand edits among 4000 objects, until put right")
    }

    /// 10,000 objects that are as they should be.
    static func idle() async throws {
        let world = try world()
        try await world.push(files(applications: 1000, objects: 10))
        let settings = AgentSettings(environment: "staging", healthInterval: .milliseconds(50))
        let agent = world.agent(settings: settings)
        await agent.reconcile()
        for (name, agent) in [("agent.idle", agent), ("agent.idle.restart", world.agent(settings: settings))] {
            let before = agent.counters.values
            let start = clock()
            let condition = await agent.reconcile()
            let after = agent.counters.values
            Measure.row(
                name, Double(clock() - start) / Double(CLOCKS_PER_SEC), "s",
                "CPU of a round over 10000 objects without news: \(after.lists - before.lists) lists, \(after.gets - before.gets) gets, \(after.applies + after.dryRuns - before.applies - before.dryRuns) writes, \(condition.state.rawValue)"
            )
        }
    }

    private static func world() throws -> SimulatedWorld {
        SimulatedWorld(
            latency: latency, remembers: false, ledger: try SQLiteLedger(path: nil), signer: InMemorySigner())
    }

    static func settings(_ name: String, _ number: Int, text: String = "one") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \(name)-\(number) }\ndata: { text: \"\(text)\" }\n"
    }

    static func files(applications: Int, objects: Int) -> [String: String?] {
        var files: [String: String?] = [
            "waybill.yaml":
                "version: 1\nenvironments:\n  - name: staging\n    path: staging\n    application-folders: [staging/apps]\n"
        ]
        let image = Digest.sha256(of: [1, 2, 3])
        for number in 0..<applications {
            let name = "app-\(number)", folder = "staging/apps/\(name)"
            files["\(folder)/kustomization.yaml"] = "resources: [settings.yaml, workload.yaml]\n"
            files["\(folder)/settings.yaml"] =
                (0..<(objects - 2)).map { settings(name, $0) }.joined(separator: "---\n")
            files["\(folder)/workload.yaml"] = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: \(name) }
                spec:
                  replicas: 1
                  selector: { matchLabels: { app: \(name) } }
                  template:
                    metadata: { labels: { app: \(name) } }
                    spec: { containers: [{ name: web, image: "shop@\(image)" }] }
                ---
                apiVersion: v1
                kind: Service
                metadata: { name: \(name) }
                spec: { selector: { app: \(name) }, ports: [{ port: 80 }] }
                """
        }
        return files
    }

    static func residentMegabytes() -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
        }
        return 0
    }
}
