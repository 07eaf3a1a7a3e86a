import Delivery
import Documents
import Kubernetes
import Synchronization
import Testing
import WaybillCore

@testable import AgentService

/// Environments in other clusters, and objects that programs make.
@Suite struct PlacesTests {
    private static func files(_ cluster: String?, prune: Bool = true) -> [String: String?] {
        var files = World.files()
        let place = cluster.map { ", cluster: \($0)" } ?? ""
        files["waybill.yaml"] = "version: 1\nenvironments: [{ name: staging, path: staging\(place) }]\n"
        return files
    }

    @Test func `an environment in another cluster is not applied to this one`() async throws {
        let world = try World()
        try await world.push(Self.files("edge"))
        let agent = world.agent()
        #expect(await agent.reconcile().message == "moves to the cluster edge")
        #expect(world.moves.withLock { $0 } == ["edge"])
        #expect(await world.cluster.objects.isEmpty)
        #expect(await world.agent(cluster: "edge").reconcile().state == .synced)
        #expect(await world.liveText() == "one")
    }

    @Test func `an environment that has objects stays where they are`() async throws {
        let world = try World()
        try await world.push(Self.files(nil))
        let agent = world.agent()
        #expect(await agent.reconcile().state == .synced)
        try await world.push(Self.files("edge"))
        try await world.cluster.tamper(World.configMap) { $0[Pointer(["data", "text"])] = "drifted" }
        for process in [agent, world.agent()] {
            let condition = await process.reconcile()
            #expect(condition.state == .refused)
            #expect(condition.violations.map(\.rule) == ["WB-AGT-010"])
            #expect(await world.liveText() == "one")
        }
        #expect(world.moves.withLock { $0 }.isEmpty)
        // Once it is empty it may go.
        var empty = Self.files(nil)
        empty["staging/kustomization.yaml"] =
            "configMapGenerator: [{ name: settings, options: { disableNameSuffixHash: true } }]\n"
        try await world.push(empty)
        #expect(await agent.reconcile().state == .synced)
    }

    private static let jsonnet: [String: String?] = [
        "waybill.yaml":
            "version: 1\nenvironments: [{ name: staging, path: staging, variables: { word: two }, render: { jsonnet: main.jsonnet, libraries: [lib] } }]\n",
        "staging/main.jsonnet": "first", "lib/shop.libsonnet": "{}", "other/secret": "hidden",
    ]

    @Test func `what a program writes is applied, it sees its own files only, and a new file calls for it again`()
        async throws
    {
        let world = try World()
        try await world.push(Self.jsonnet)
        world.program.answer.withLock {
            $0 =
                #"{"a":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"text":"${word}"}}]}"#
        }
        let agent = world.agent()
        let condition = await agent.reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        #expect(await world.liveText() == "two")
        #expect(Set(world.program.seen.withLock { $0 }) == [["lib/shop.libsonnet", "staging/main.jsonnet"]])
        try await world.push(["other/secret": "changed"])
        let before = agent.counters.values.renders
        #expect(await agent.reconcile().state == .synced)
        #expect(agent.counters.values.renders == before)
        try await world.push(["lib/new.libsonnet": "{}"])
        #expect(await agent.reconcile().state == .synced)
        #expect(agent.counters.values.renders > before)
    }

    @Test func `a program that is not there or fails refuses the application, and what is there stays`() async throws {
        let world = try World()
        try await world.push(World.files())
        let agent = world.agent()
        await agent.reconcile()
        try await world.push(Self.jsonnet)
        let condition = await agent.reconcile()
        #expect(condition.state == .refused)
        #expect(condition.violations.map(\.rule) == ["WB-AGT-004"])
        #expect(condition.message.contains("is not installed"), "\(condition.message)")
        #expect(await world.liveText() == "one")
    }
}
