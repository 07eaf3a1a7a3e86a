import Attestations
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Testing
import WaybillCore

@testable import AgentService

/// Environments whose objects come from a signed artifact.
@Suite struct ArtifactSourceTests {
    private static func repository(_ version: String = "tag: production", key: String = "key one") -> [String: String?]
    {
        [
            "waybill.yaml": """
            version: 1
            environments:
              - name: staging
                path: deploy
                artifact: { repository: registry.example/shop/manifests, \(version), key: keys/manifests.pub }

            """,
            "keys/manifests.pub": key,
        ]
    }

    private static func content(_ text: String) -> [String: String] {
        [
            "deploy/kustomization.yaml": "resources: [app.yaml]\n",
            "deploy/app.yaml":
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { text: \"\(text)\" }\n",
        ]
    }

    @Test func `what the artifact holds is applied, and its digest stands in the condition and the paper`() async throws
    {
        let world = try World()
        try await world.push(Self.repository())
        let digest = world.artifacts.push(Self.content("one"), created: 100)
        let agent = world.agent()
        let condition = await agent.reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        #expect(condition.artifact == digest)
        #expect(await world.liveText() == "one")
        let papers = try await world.ledger.papers(
            about: "gitCommit:\(try #require(condition.head))", predicateType: nil)
        let statement = try #require(papers.first).envelope.payload
        #expect(String(decoding: statement, as: UTF8.self).contains(digest.hex))
        // Without news it is read no second time, and nothing is written.
        let reads = world.artifacts.reads, applies = agent.counters.values.applies
        #expect(await agent.reconcile().state == .synced)
        #expect(world.artifacts.reads == reads && agent.counters.values.applies == applies)
    }

    @Test func `a newer artifact is followed, an older one is not, also by a new process`() async throws {
        let world = try World()
        try await world.push(Self.repository())
        let first = world.artifacts.push(Self.content("one"), created: 100)
        let agent = world.agent()
        await agent.reconcile()
        let second = world.artifacts.push(Self.content("two"), created: 200)
        #expect(await agent.reconcile().artifact == second)
        #expect(await world.liveText() == "two")
        world.artifacts.move(to: first)
        for process in [agent, world.agent()] {
            let condition = await process.reconcile()
            #expect(condition.state == .refused)
            #expect(condition.violations.map(\.rule) == ["WB-AGT-011"])
            #expect(condition.message.contains("was accepted already"), "\(condition.message)")
            #expect(await world.liveText() == "two")
        }
        // A signed commit may go back.
        try await world.push(Self.repository("digest: \"\(first)\""))
        #expect(await agent.reconcile().artifact == first)
        #expect(await world.liveText() == "one")
    }

    @Test(
        arguments: [
            (nil, 200, "is not signed"), ("key two", 200, "is not signed"), ("key one", nil, "does not say when"),
            ("key one", 100, "was accepted already"),
        ] as [(String?, Int64?, String)])
    func `what is unsigned, signed by another or has no age is not taken`(
        _ key: String?, _ created: Int64?, _ reason: String
    ) async throws {
        let world = try World()
        try await world.push(Self.repository())
        world.artifacts.push(Self.content("one"), created: 100)
        let agent = world.agent()
        await agent.reconcile()
        world.artifacts.push(Self.content("two"), created: created, key: key)
        // What is there is kept as it was, also against hands.
        try await world.cluster.tamper(World.configMap) { $0[Pointer(["data", "text"])] = "drifted" }
        let condition = await agent.reconcile()
        #expect(condition.state == .refused)
        #expect(condition.message.contains(reason), "\(condition.message)")
        #expect(await world.liveText() == "one")
        // Another key is another judgement.
        if key == "key two" {
            try await world.push(["keys/manifests.pub": "key two"])
            #expect(await agent.reconcile().state == .synced)
            #expect(await world.liveText() == "two")
        }
    }

    @Test func `nothing is applied before something signed was there, and a registry that is away changes nothing`()
        async throws
    {
        let world = try World()
        try await world.push(Self.repository())
        world.artifacts.push(Self.content("one"), created: 100, key: nil)
        let agent = world.agent()
        #expect(await agent.reconcile().state == .refused)
        #expect(await world.cluster.objects.isEmpty)
        world.artifacts.push(Self.content("two"), created: 100)
        #expect(await agent.reconcile().state == .synced)
        world.artifacts.setDown(true)
        #expect(await agent.reconcile().state == .failed)
        #expect(await world.liveText() == "two")
        world.artifacts.setDown(false)
        #expect(await agent.reconcile().state == .synced)
    }
}
