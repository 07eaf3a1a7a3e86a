import AgentSimulation
import Clusters
import Documents
import Kubernetes
import Ledger
import Signers
import Synchronization
import Testing
import WaybillCore

@testable import AgentService

@Suite struct AgentLeaseTests {
    private final class Watchtower: Sendable {
        let time = Mutex<Int64>(1_800_000_000_000)
        let faults = Faults()
        let cluster: SimulatedCluster
        init() { cluster = SimulatedCluster(faults: faults) }
        func lease(_ identity: String) -> AgentLease {
            AgentLease(
                cluster, namespace: "waybill", environment: "staging", identity: identity, seconds: 15,
                now: { self.time.withLock { $0 } })
        }
        func pass(_ seconds: Int64) { time.withLock { $0 += seconds * 1000 } }
    }

    @Test func `one leads, and another only when the first has stopped by its own clock`() async {
        let tower = Watchtower()
        let one = tower.lease("one"), other = tower.lease("other")
        #expect(await one.renew())
        #expect(await other.renew() == false)
        #expect(one.isHeld && !other.isHeld)
        tower.pass(9)
        #expect(one.isHeld)
        tower.pass(2)
        // Nobody else may lead yet, and this one leads no more.
        #expect(!one.isHeld)
        #expect(await other.renew() == false)
        tower.pass(5)
        #expect(await other.renew())
        #expect(await one.renew() == false)
    }

    @Test func `a cluster that does not answer renews nothing`() async {
        let tower = Watchtower()
        let lease = tower.lease("one")
        await lease.renew()
        tower.faults.kill(after: 0)
        #expect(await lease.renew())
        tower.pass(11)
        #expect(await lease.renew() == false)
        #expect(!lease.isHeld)
        tower.faults.revive()
        #expect(await lease.renew())
    }

    @Test func `an agent that lost the lead changes nothing more`() async throws {
        let world = SimulatedWorld(ledger: try SQLiteLedger(path: nil), signer: InMemorySigner())
        try await world.push([
            "waybill.yaml": "version: 1\nenvironments: [{ name: staging, path: staging }]\n",
            "staging/kustomization.yaml": "resources: [app.yaml]\n",
            "staging/app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
        ])
        world.set(leads: false)
        let agent = world.agent(settings: AgentSettings(environment: "staging"))
        #expect(await agent.reconcile().message.contains("another agent has taken over"))
        #expect(await world.cluster.applied.isEmpty)
        world.set(leads: true)
        #expect(await agent.reconcile().state == .synced)
    }
}
