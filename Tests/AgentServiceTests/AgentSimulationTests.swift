import AgentSimulation
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Signers
import Testing
import WaybillCore

@testable import AgentService

/// Doors that fail by a seed, and processes that end at any call: what was never verified is never applied, and the
/// environment arrives when the failures stop.
@Suite struct AgentSimulationTests {
    @Test(arguments: 1...40)
    func `only verified revisions are applied and the environment converges`(_ seed: Int) async throws {
        let world = try World(seed: UInt64(seed))
        var verified: Set<String> = []
        var agent = world.agent()
        for step in 0..<12 {
            // Every third push is one that nobody vouched for; then history is put right by somebody allowed to.
            let text = "step \(step)"
            let isGood = (step + seed) % 3 != 0
            let before = try await world.repository.resolve("refs/heads/main")
            try await world.push(World.files(text: text), approved: isGood)
            if isGood { verified.insert(text) }
            world.faults.set(on: true)
            for round in 0..<4 {
                let condition = await agent.reconcile()
                // A failed round ends the process; the next one knows only the ledger.
                if condition.state == .failed || round == 3 { agent = world.agent() }
            }
            world.faults.set(on: false)
            for resource in await world.cluster.applied where resource.kind == "ConfigMap" {
                let applied = resource["data", "text"]?.string ?? ""
                #expect(verified.contains(applied), "seed \(seed): \(applied) was never verified")
            }
            if !isGood {
                let head = try await world.repository.resolve("refs/heads/main")
                try await world.repository.move([ReferenceMove("refs/heads/main", from: head, to: before)])
            }
        }
        #expect(world.faults.count > 0)
        try await world.push(World.files(text: "the end"))
        var condition = await agent.reconcile()
        condition = await agent.reconcile()
        #expect(condition.state == .synced, "seed \(seed): \(condition.message)")
        #expect(await world.liveText() == "the end")
        let state = try AgentState(await world.ledger.state("agent/staging"))
        #expect(
            state.applied == condition.head && state.recorded == condition.head && state.highWaterMark == condition.head
        )
        let running = try await world.ledger.deployments(runningOnly: true)
        #expect(running.count == 1)
    }
}

/// More of the same over many applications; `waybill-conformance agent-simulation` takes as many seeds as there is time.
@Suite struct LargeSimulationTests {
    @Test(arguments: 1...24)
    func `whatever fails, nothing is lost, touched or run twice, and it converges`(_ seed: Int) async throws {
        let complaints = try await AgentSimulation(seed: UInt64(seed)).run(
            ledger: try SQLiteLedger(path: nil), signer: InMemorySigner())
        #expect(complaints.isEmpty, "\(complaints.prefix(3).joined(separator: "; "))")
    }
}
