import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Synchronization
import Testing
import WaybillCore

@testable import AgentService

/// Environments that are made of applications.
@Suite struct ApplicationsTests {
    private static func settings(_ name: String, text: String = "one", notes: String = "") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \(name)\(notes) }\ndata: { text: \"\(text)\" }\n"
    }

    private static func workload(_ name: String, wave: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: \(name)\(wave) }
        spec:
          selector: { matchLabels: { app: \(name) } }
          template:
            metadata: { labels: { app: \(name) } }
            spec: { containers: [{ name: web, image: "shop@\(World.image)" }] }

        """
    }

    /// A repository with these applications, each with these objects.
    private static func files(_ applications: [String: String], more: String = "") -> [String: String?] {
        var files: [String: String?] = [:]
        var list = ""
        for (name, text) in applications.sorted(by: { $0.key < $1.key }) {
            files["staging/\(name)/kustomization.yaml"] = "resources: [app.yaml]\n"
            files["staging/\(name)/app.yaml"] = text
            list += "      - { name: \(name), path: staging/\(name) }\n"
        }
        files["waybill.yaml"] =
            "version: 1\nenvironments:\n  - name: staging\n    path: staging\n\(more)    applications:\n\(list)"
        return files
    }

    private func condition(_ agent: AgentService, _ name: String) async -> ApplicationCondition? {
        await agent.applications.first { $0.name == name }
    }

    @Test func `one commit that touches one application is work for that one only`() async throws {
        let world = try World()
        let names = (0..<20).map { "app-\($0)" }
        let all = Dictionary(uniqueKeysWithValues: names.map { ($0, Self.settings($0)) })
        try await world.push(Self.files(all))
        let agent = world.agent()
        #expect(await agent.reconcile().state == .synced)
        #expect(agent.counters.values.applies == 20)
        let before = agent.counters.values
        try await world.push(["staging/app-7/app.yaml": Self.settings("app-7", text: "two")])
        let condition = await agent.reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        let after = agent.counters.values
        #expect(after.applies - before.applies == 1)
        #expect(after.syncs - before.syncs == 1)
        #expect(after.gets - before.gets <= 3)
        #expect(after.dryRuns - before.dryRuns == 1)
        #expect(condition.revision == condition.head)
    }

    @Test func `a round without news writes nothing and asks for no object, also in a new process`() async throws {
        let world = try World()
        try await world.push(
            Self.files(["a": Self.settings("a") + "---\n" + Self.workload("w"), "b": Self.settings("b")]))
        await world.agent().reconcile()
        let count = await world.cluster.applied.count
        let agent = world.agent()
        #expect(await agent.reconcile().state == .synced)
        #expect(await agent.reconcile().state == .synced)
        let values = agent.counters.values
        #expect(values.gets == 0 && values.dryRuns == 0 && values.applies == 0 && values.deletes == 0)
        #expect(await world.cluster.applied.count == count)
    }

    @Test func `an application that cannot be rendered stays and the others go on`() async throws {
        let world = try World()
        try await world.push(Self.files(["bad": Self.settings("bad"), "good": Self.settings("good")]))
        let agent = world.agent()
        await agent.reconcile()
        let files: [String: String?] = [
            "staging/bad/kustomization.yaml": "resource: [app.yaml]\n",
            "staging/good/app.yaml": Self.settings("good", text: "two"),
        ]
        let first = try await world.push(files)
        let condition = await agent.reconcile()
        #expect(condition.state == .refused)
        #expect(condition.violations.map(\.rule) == ["WB-AGT-004"])
        #expect(await self.condition(agent, "good")?.revision == first)
        // The refused one is still kept as it was, also by a new process.
        let key = ObjectKey(kind: World.configMap.kind, namespace: "staging", name: "bad")
        try await world.cluster.tamper(key) { $0[Pointer(["data", "text"])] = "drifted" }
        await world.agent().reconcile()
        #expect(await world.cluster.objects[key]?["data", "text"] == "one")
    }

    @Test func `one poisoned object does not stop the others and is named`() async throws {
        let world = try World()
        await world.cluster.poison("poison")
        try await world.push(
            Self.files(["a": Self.settings("x") + "---\n" + Self.settings("poison") + "---\n" + Self.settings("y")]))
        let agent = world.agent()
        let condition = await agent.reconcile()
        #expect(condition.state == .failed)
        #expect(condition.message.contains("ConfigMap/poison in staging"))
        #expect(Set(await world.cluster.applied.map(\.name)) == ["staging", "x", "y"])
        #expect(condition.revision == nil)
    }

    @Test func `an immutable field is said and changed only where that is allowed`() async throws {
        let world = try World()
        await world.cluster.harden("x")
        try await world.push(Self.files(["a": Self.settings("x")]))
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(["staging/a/app.yaml": Self.settings("x", text: "two")])
        let refused = await agent.reconcile()
        #expect(refused.state == .degraded)
        #expect(refused.message.contains("waybill.dev/replace"))
        let allowed = Self.settings("x", text: "two", notes: ", annotations: { waybill.dev/replace: enabled }")
        try await world.push(["staging/a/app.yaml": allowed])
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.deleted.map(\.name) == ["x"])
    }

    @Test func `who depends on an application waits until it is healthy`() async throws {
        let world = try World()
        await world.cluster.setHealthy(false)
        var files = Self.files(["database": Self.workload("database"), "shop": Self.settings("shop")])
        files["waybill.yaml"] = """
            version: 1
            environments:
              - name: staging
                path: staging
                applications:
                  - { name: shop, path: staging/shop, depends-on: [database] }
                  - { name: database, path: staging/database }
            """
        try await world.push(files)
        let agent = world.agent()
        #expect(await agent.reconcile().state == .progressing)
        #expect(await condition(agent, "shop")?.message == "waits for the application database")
        #expect(await world.cluster.objects.keys.contains { $0.name == "shop" } == false)
        await world.cluster.setHealthy(true)
        try await world.cluster.settle()
        let last = await agent.reconcile()
        #expect(last.state == .synced, "\(last.message)")
        #expect(await world.cluster.objects.keys.contains { $0.name == "shop" })
    }

    @Test func `a wave waits for the one before it, also across processes`() async throws {
        let world = try World()
        await world.cluster.setHealthy(false)
        let wave = ", annotations: { argocd.argoproj.io/sync-wave: \"1\" }"
        try await world.push(Self.files(["a": Self.workload("first") + "---\n" + Self.settings("second", notes: wave)]))
        let waiting = await world.agent().reconcile()
        #expect(waiting.state == .progressing)
        #expect(waiting.message.contains("waits for Deployment/first"))
        #expect(await world.cluster.applied.map(\.name) == ["staging", "first"])
        await world.cluster.setHealthy(true)
        try await world.cluster.settle()
        #expect(await world.agent().reconcile().state == .synced)
        #expect(await world.cluster.applied.map(\.name) == ["staging", "first", "second"])
    }

    @Test func `a hook runs once for each content`() async throws {
        let world = try World()
        let hook = Self.settings(
            "hook",
            notes:
                ", annotations: { argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded }"
        )
        try await world.push(Self.files(["a": hook + "---\n" + Self.settings("x")]))
        let agent = world.agent()
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.applied.map(\.name) == ["staging", "hook", "x"])
        #expect(await world.cluster.deleted.map(\.name) == ["hook"])
        await agent.reconcile()
        await world.agent().reconcile()
        #expect(await world.cluster.applied.map(\.name) == ["staging", "hook", "x"])
        try await world.push(["staging/a/app.yaml": hook + "---\n" + Self.settings("x", text: "two")])
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.applied.map(\.name) == ["staging", "hook", "x", "hook", "x"])
    }

    @Test func `an application that leaves goes, but not with much at once unless somebody confirms it`() async throws {
        let world = try World()
        let many = (0..<8).map { Self.settings("m\($0)") }.joined(separator: "---\n")
        try await world.push(Self.files(["few": Self.settings("few"), "many": many, "stays": Self.settings("stays")]))
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(Self.files(["stays": Self.settings("stays")]))
        await agent.reconcile()
        #expect(await world.cluster.deleted.map(\.name) == ["few"])
        var orders = AgentOrders()
        orders.applications["many"] = AgentOrders.Order()
        orders.applications["many"]?.syncAsked = 1_900_000_000_000
        orders.applications["many"]?.prunes = true
        try await orders.save("staging", to: world.ledger)
        await agent.reconcile()
        #expect(await world.cluster.deleted.count == 9)
        let state = try AgentState(await world.ledger.state("agent/staging"))
        #expect(state.applications == ["stays"])
    }

    @Test func `a suspended application is left alone until it is resumed`() async throws {
        let world = try World()
        try await world.push(Self.files(["a": Self.settings("a")]))
        let agent = world.agent()
        await agent.reconcile()
        var orders = AgentOrders()
        orders.applications["a"] = AgentOrders.Order()
        orders.applications["a"]?.suspended = "ops: incident 7"
        try await orders.save("staging", to: world.ledger)
        try await world.push(["staging/a/app.yaml": Self.settings("a", text: "two")])
        let suspended = await agent.reconcile()
        #expect(suspended.state == .suspended)
        #expect(suspended.message.contains("incident 7"))
        #expect(await world.cluster.objects.values.first { $0.name == "a" }?["data", "text"] == "one")
        try await AgentOrders().save("staging", to: world.ledger)
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects.values.first { $0.name == "a" }?["data", "text"] == "two")
    }

    @Test func `an environment that only reports leaves drift and says which`() async throws {
        let world = try World()
        try await world.push(Self.files(["a": Self.settings("a")], more: "    drift: report\n"))
        let agent = world.agent()
        await agent.reconcile()
        let key = ObjectKey(kind: World.configMap.kind, namespace: "staging", name: "a")
        try await world.cluster.tamper(key) { $0[Pointer(["data", "text"])] = "by hand" }
        #expect(await agent.reconcile().state == .drifted)
        #expect(await world.cluster.objects[key]?["data", "text"] == "by hand")
        #expect(await condition(agent, "a")?.notes.first?.contains("data.text") == true)
        // A new commit is no drift.
        try await world.push(["staging/a/app.yaml": Self.settings("a", text: "two")])
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[key]?["data", "text"] == "two")
    }

    @Test func `ignored fields are not put right`() async throws {
        let world = try World()
        let more = "    ignore: [{ kind: Deployment, pointers: [/spec/replicas] }]\n"
        try await world.push(
            Self.files(
                ["a": Self.workload("w").replacing("  selector:", with: "  replicas: 1\n  selector:")], more: more))
        let agent = world.agent()
        #expect(await agent.reconcile().state == .synced)
        let key = ObjectKey(kind: World.deployment.kind, namespace: "staging", name: "w")
        try await world.cluster.tamper(key) { $0[Pointer(["spec", "replicas"])] = 5 }
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[key]?["spec", "replicas"] == 5)
    }

    @Test func `rules in Rego say which fields are left alone, and a wrong one stops the application`() async throws {
        let world = try World()
        let more = "    ignore: [{ kind: Deployment, rego: [policy/drift.rego] }]\n"
        var files = Self.files(
            ["a": Self.workload("w").replacing("  selector:", with: "  replicas: 1\n  selector:")], more: more)
        files["policy/drift.rego"] =
            "package waybill.drift\nignore contains \"/spec/replicas\" if input.live.spec.replicas > 3\n"
        try await world.push(files)
        let agent = world.agent()
        let first = await agent.reconcile()
        #expect(first.state == .synced, "\(first.message)")
        let key = ObjectKey(kind: World.deployment.kind, namespace: "staging", name: "w")
        try await world.cluster.tamper(key) { $0[Pointer(["spec", "replicas"])] = 5 }
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[key]?["spec", "replicas"] == 5)
        try await world.cluster.tamper(key) { $0[Pointer(["spec", "replicas"])] = 2 }
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[key]?["spec", "replicas"] == 1)
        try await world.push(["policy/drift.rego": "package waybill.drift\nignore := 7\n"])
        try await world.cluster.tamper(key) { $0[Pointer(["spec", "replicas"])] = 9 }
        let wrong = await agent.reconcile()
        #expect(wrong.state == .failed, "\(wrong.message)")
        #expect(wrong.message.contains("waybill.drift"), "\(wrong.message)")
    }

    @Test func `an environment's own rule of health is what the agent waits for`() async throws {
        let world = try World()
        let more = "    health: [{ kind: ConfigMap, healthy: { field: data.state, in: [up] } }]\n"
        try await world.push(Self.files(["a": Self.settings("a")], more: more))
        let agent = world.agent()
        let waiting = await agent.reconcile()
        #expect(waiting.state == .progressing, "\(waiting.message)")
        try await world.push([
            "staging/a/app.yaml":
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { state: up }\n"
        ])
        #expect(await agent.reconcile().state == .synced)
    }

    @Test func `what an application may not do is refused`() async throws {
        let world = try World()
        var files = Self.files(["a": Self.settings("a", notes: ", namespace: kube-system"), "b": Self.settings("b")])
        try await world.push(files)
        let agent = world.agent()
        #expect(await agent.reconcile().violations.map(\.rule) == ["WB-AGT-006"])
        #expect(await world.cluster.applied.map(\.name) == ["staging", "b"])
        files["waybill.yaml"] =
            "version: 1\nenvironments:\n  - name: staging\n    path: staging\n    applications: [{ name: b, path: staging/b, service-account: deployer }]\n"
        files["staging/b/app.yaml"] = Self.settings("b", text: "two")
        try await world.push(files)
        #expect(await agent.reconcile().message.contains("service account deployer"))
    }

    @Test func `two applications cannot hold one object`() async throws {
        let world = try World()
        try await world.push(Self.files(["a": Self.settings("same"), "b": Self.settings("b")]))
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(["staging/b/app.yaml": Self.settings("same", text: "two")])
        #expect(await agent.reconcile().violations.map(\.rule) == ["WB-AGT-003"])
        #expect(await world.cluster.objects.values.first { $0.name == "same" }?["data", "text"] == "one")
        // Moved as a whole it changes hands without going.
        try await world.push(["staging/a/app.yaml": Self.settings("other")])
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects.values.first { $0.name == "same" }?["data", "text"] == "two")
        #expect(await world.cluster.deleted.map(\.name) == ["b"])
    }

    @Test(arguments: [
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x\n", "WB-AGT-004"),
        ("apiVersion: v1\nkind: ConfigMap\n", "WB-AGT-004"), ("kind: [\n", "WB-AGT-004"),
    ])
    func `malformed manifests are refused with their place`(_ text: String, _ rule: String) async throws {
        let world = try World()
        try await world.push(Self.files(["a": text]))
        let condition = await world.agent().reconcile()
        #expect(condition.violations.map(\.rule) == [rule])
        #expect(
            condition.violations.first?.place.description.contains("staging/a/app.yaml") == true,
            "\(condition.violations)")
        #expect(await world.cluster.applied.isEmpty)
    }

    @Test(arguments: ["../../etc", "staging/../..", "/etc", "staging/nowhere"])
    func `kustomizations that reach out are refused`(_ path: String) async throws {
        let world = try World()
        var files = Self.files(["a": Self.settings("a")])
        files["staging/a/kustomization.yaml"] = "resources: [\(path)]\n"
        try await world.push(files)
        #expect(await world.agent().reconcile().violations.map(\.rule) == ["WB-AGT-004"])
        #expect(await world.cluster.applied.isEmpty)
    }

    @Test func `kustomizations in a circle are refused`() async throws {
        let world = try World()
        var files = Self.files(["a": Self.settings("a")])
        files["staging/a/kustomization.yaml"] = "resources: [../b]\n"
        files["staging/b/kustomization.yaml"] = "resources: [../a]\n"
        try await world.push(files)
        #expect(await world.agent().reconcile().violations.map(\.rule) == ["WB-AGT-004"])
    }

    @Test func `a foreign inventory takes nothing away`() async throws {
        let world = try World()
        let stranger = try Resource([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": "stranger", "namespace": "staging", "labels": ["waybill.dev/environment": "production"],
            ],
        ])
        try await world.cluster.apply(stranger, fieldManager: "other", force: true, dryRun: false)
        var state = ApplicationState()
        state.inventory = [.init(key: stranger.key)]
        try await world.ledger.setState("agent/staging/application/a", to: state.value)
        try await world.push(Self.files(["a": Self.settings("a")]))
        #expect(await world.agent().reconcile().state == .synced)
        #expect(await world.cluster.objects[stranger.key] != nil)
        try await world.ledger.setState("agent/staging/application/a", to: ["inventory": [["kind": "x"]]])
        #expect(await world.agent().reconcile().state == .failed)
    }

    @Test func `what does not answer as it should is taken back, and another content is tried`() async throws {
        let world = try World()
        let verify = "    promotion: { timeout: 60s, verify: [{ name: smoke, http: \"http://a\", contains: ok }] }\n"
        try await world.push(Self.files(["a": Self.settings("a")], more: verify))
        let agent = world.agent()
        let first = await agent.reconcile()
        #expect(first.state == .synced)
        #expect(first.message == "verified: smoke")
        world.answer.withLock { $0 = (500, "broken") }
        try await world.push(["staging/a/app.yaml": Self.settings("a", text: "two")])
        let trying = await agent.reconcile()
        #expect(trying.state == .progressing)
        #expect(trying.message.contains("smoke: answered 500"))
        world.pass(seconds: 61)
        #expect(await agent.reconcile().state == .degraded)
        let back = await agent.reconcile()
        #expect(back.violations.map(\.rule) == ["WB-AGT-007"])
        let key = ObjectKey(kind: World.configMap.kind, namespace: "staging", name: "a")
        #expect(await world.cluster.objects[key]?["data", "text"] == "one")
        // Also a new process does not try it again.
        await world.agent().reconcile()
        #expect(await world.cluster.objects[key]?["data", "text"] == "one")
        #expect(try await world.actions().contains("agent.rolled-back"))
        world.answer.withLock { $0 = (200, "ok") }
        try await world.push(["staging/a/app.yaml": Self.settings("a", text: "three")])
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[key]?["data", "text"] == "three")
    }

    @Test func `a rollout that ends later is recorded again`() async throws {
        let world = try World()
        await world.cluster.setHealthy(false)
        let commit = try await world.push(Self.files(["a": Self.workload("w")]))
        let agent = world.agent()
        await agent.reconcile()
        await world.cluster.setHealthy(true)
        try await world.cluster.settle()
        await agent.reconcile()
        await agent.reconcile()
        let papers = try await world.ledger.papers(about: "gitCommit:\(commit)", predicateType: nil)
        #expect(papers.count == 2)
        #expect(try await world.ledger.deployments(runningOnly: false).count == 1)
    }
}
