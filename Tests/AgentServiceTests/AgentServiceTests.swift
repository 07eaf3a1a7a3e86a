import Attestations
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Synchronization
import Testing
import WaybillCore

@testable import AgentService

@Suite struct AgentServiceTests {
    @Test func `a verified revision is applied, recorded and signed`() async throws {
        let world = try World()
        let commit = try await world.push(World.files())
        let condition = await world.agent().reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        #expect(condition.revision == commit)
        let live = try #require(await world.cluster.objects[World.deployment])
        #expect(live.labels["waybill.dev/environment"] == "staging")
        let running = try await world.ledger.deployments(runningOnly: true)
        #expect(running.map(\.workload) == ["Deployment/shop"])
        #expect(running.first?.image == World.image)
        #expect(running.first?.revision == commit.hex)
        let papers = try await world.ledger.papers(
            about: World.image.description, predicateType: PredicateType.deployment)
        let paper = try #require(papers.first)
        let statement = try Statement(parsing: paper.envelope.payload)
        #expect(statement.isAbout(World.image))
        // The signer signs nothing else, and the ledger shows it as a deployment.
        let report = try DeploymentReport(statement.predicate)
        #expect(report.environment == "staging")
        #expect(report.revision == commit.hex)
        #expect(report.applied.contains { $0.contains("Deployment") })
        #expect(
            try await world.ledger.papers(about: "gitCommit:\(commit)", predicateType: PredicateType.deployment).count
                == 1)
        #expect(try await world.actions() == ["agent.synced"])
    }

    @Test func `a second round changes nothing and says nothing`() async throws {
        let world = try World()
        try await world.push(World.files())
        let agent = world.agent()
        await agent.reconcile()
        let count = await world.cluster.applied.count
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.applied.count == count)
        #expect(try await world.actions() == ["agent.synced"])
    }

    @Test func `a commit that is not verified leaves the environment where it is`() async throws {
        let world = try World()
        let good = try await world.push(World.files(text: "one"))
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(World.files(text: "evil"), approved: false)
        let condition = await agent.reconcile()
        #expect(condition.state == .refused)
        #expect(condition.revision == good)
        #expect(condition.message.contains("stays on last good revision"))
        #expect(await world.liveText() == "one")
        // A signed commit on top does not make the one beneath it good.
        try await world.push(World.files(text: "three"))
        #expect(await agent.reconcile().state == .refused)
        #expect(await world.liveText() == "one")
    }

    @Test func `history that was rewritten is refused, also when its commits are signed`() async throws {
        let world = try World()
        try await world.push(World.files(text: "one"))
        let good = try await world.push(World.files(text: "two"))
        await world.agent().reconcile()
        try await world.push(World.files(text: "one"), force: true)
        let condition = await world.agent().reconcile()
        #expect(condition.state == .refused)
        #expect(condition.violations.map(\.rule) == ["WB-AGT-001"])
        #expect(condition.revision == good)
        #expect(await world.liveText() == "two")
    }

    @Test func `going back is a new commit`() async throws {
        let world = try World()
        try await world.push(World.files(text: "one"))
        await world.agent().reconcile()
        try await world.push(World.files(text: "two"))
        await world.agent().reconcile()
        try await world.push(World.files(text: "one"))
        #expect(await world.agent().reconcile().state == .synced)
        #expect(await world.liveText() == "one")
    }

    @Test func `an image without papers or without a digest is not applied`() async throws {
        let world = try World()
        world.refusedImages.withLock { _ = $0.insert(World.image) }
        try await world.push(World.files())
        let agent = world.agent()
        #expect(await agent.reconcile().violations.map(\.rule) == ["TEST-002"])
        #expect(await world.cluster.applied.isEmpty)
        // Papers that arrive later open the gate without a new commit.
        world.refusedImages.withLock { $0 = [] }
        #expect(await agent.reconcile().state == .synced)
        try await world.push(World.files(image: nil))
        #expect(await agent.reconcile().violations.map(\.rule) == ["WB-AGT-002"])
    }

    @Test func `a revision that cannot be rendered is refused with its place`() async throws {
        let world = try World()
        try await world.push(World.files())
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(["staging/kustomization.yaml": "resource: [app.yaml]\n"])
        let condition = await agent.reconcile()
        #expect(condition.violations.map(\.rule) == ["WB-AGT-004"])
        #expect(condition.violations.first?.place.description == "staging/kustomization.yaml:1:1")
    }

    @Test func `what leaves the repository leaves the cluster, and what the agent did not bring stays`() async throws {
        let world = try World()
        let extra = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n"
        try await world.push(World.files(extra: extra))
        await world.agent().reconcile()
        let stranger = try Resource([
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "stranger", "namespace": "staging"],
        ])
        try await world.cluster.apply(stranger, fieldManager: "kubectl", force: false, dryRun: false)
        try await world.push(World.files())
        #expect(await world.agent().reconcile().state == .synced)
        #expect(await world.cluster.deleted.map(\.name) == ["extra"])
        #expect(await world.cluster.objects[stranger.key] != nil)
    }

    @Test func `drift is found with its fields and put right`() async throws {
        let world = try World()
        try await world.push(World.files())
        let agent = world.agent()
        await agent.reconcile()
        try await world.cluster.tamper(World.deployment) { $0[Pointer(["spec", "replicas"])] = 7 }
        #expect(await agent.reconcile().state == .synced)
        #expect(await world.cluster.objects[World.deployment]?["spec", "replicas"] == 1)
        let events = try await world.ledger.events(about: "environment:staging", limit: 10)
        #expect(events.map(\.action) == ["drift.corrected", "drift.found", "agent.synced"])
        #expect(events[1].detail["fields"]?[0]?["field"] == "spec.replicas")
        #expect(events[1].message.contains("spec.replicas"))
        await world.cluster.remove(World.configMap)
        await agent.reconcile()
        #expect(await world.liveText() == "one")
    }

    @Test func `drift is put right while the branch is refused`() async throws {
        let world = try World()
        try await world.push(World.files(text: "one"))
        await world.agent().reconcile()
        try await world.push(World.files(text: "evil"), approved: false)
        try await world.cluster.tamper(World.configMap) { $0[Pointer(["data", "text"])] = "drifted" }
        #expect(await world.agent().reconcile().state == .refused)
        #expect(await world.liveText() == "one")
    }

    @Test func `an unhealthy workload is said to be on its way and no round waits for ever`() async throws {
        let world = try World()
        await world.cluster.setHealthy(false)
        try await world.push(World.files())
        let condition = await world.agent().reconcile()
        #expect(condition.state == .progressing)
        #expect(try await world.ledger.deployments(runningOnly: true).count == 1)
    }

    @Test func `a workload that is gone has ended`() async throws {
        let world = try World()
        try await world.push(World.files())
        await world.agent().reconcile()
        try await world.push([
            "staging/app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { text: alone }\n"
        ])
        await world.agent().reconcile()
        #expect(try await world.ledger.deployments(runningOnly: true).isEmpty)
        #expect(try await world.ledger.deployments(runningOnly: false).count == 1)
    }

    @Test func `a state that cannot be read stops the agent`() async throws {
        let world = try World()
        try await world.push(World.files())
        try await world.ledger.setState("agent/staging", to: ["highWaterMark": "not a commit"])
        #expect(await world.agent().reconcile().state == .failed)
        #expect(await world.cluster.applied.isEmpty)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a running agent follows pushes and puts drift right without waiting for its interval`() async throws {
        let world = try World()
        try await world.push(World.files(text: "one"))
        let agent = world.agent()
        let task = Task { await agent.run() }
        try await eventually { await agent.condition?.state == .synced }
        try await eventually { await world.cluster.watchCount >= 2 }
        try await world.cluster.tamper(World.deployment) { $0[Pointer(["spec", "replicas"])] = 7 }
        try await eventually { await world.cluster.objects[World.deployment]?["spec", "replicas"] == 1 }
        try await world.push(World.files(text: "two"))
        await agent.poke()
        try await eventually { await world.liveText() == "two" }
        try await eventually { await agent.condition?.state == .synced }
        task.cancel()
        await task.value
        #expect(await world.cluster.objects[World.deployment]?["spec", "replicas"] == 1)
    }

    private func eventually(_ holds: () async -> Bool) async throws {
        while await !holds() { try await Task.sleep(for: .milliseconds(5)) }
    }
}
