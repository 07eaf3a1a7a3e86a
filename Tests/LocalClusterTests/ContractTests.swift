import Clusters
import Documents
import Foundation
import Kubernetes
import LocalCluster
import Testing
import WaybillCore

/// What every implementation of `Cluster` keeps. The last one is a server of the tester's choice.
enum ClusterUnderTest: String, Sendable, CaseIterable {
    case memory, local, real

    func with(_ body: (any Cluster) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(InMemoryCluster())
        case .local: try await withCluster { _, client in try await body(client) }
        case .real:
            guard let path = ProcessInfo.processInfo.environment["WAYBILL_TEST_KUBECONFIG"] else { return }
            let client = try KubernetesClient(kubeconfig: path)
            try await body(client)
            await client.stop()
        }
    }

    static var available: [ClusterUnderTest] {
        ProcessInfo.processInfo.environment["WAYBILL_TEST_KUBECONFIG"] == nil ? [.memory, .local] : allCases
    }
}

private func configMap(_ name: String, _ data: Value) throws -> Resource {
    try Resource([
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": .string(name), "namespace": "default", "labels": ["test": .string(name)]], "data": data,
    ])
}

@Suite(.serialized) struct ContractTests {
    let name = "waybill-\(UInt32.random(in: .min ... .max))"

    @Test(arguments: ClusterUnderTest.available)
    func `apply creates, changes, and conflicts with other managers`(_ which: ClusterUnderTest) async throws {
        try await which.with { cluster in
            let key = try configMap(name, [:]).key
            #expect(try await cluster.get(key) == nil)
            let first = try await cluster.apply(
                configMap(name, ["k": "1"]), fieldManager: "one", force: false, dryRun: false)
            #expect(first.uid != nil)
            await #expect(throws: WaybillError.self) {
                try await cluster.apply(configMap(name, ["k": "2"]), fieldManager: "two", force: false, dryRun: false)
            }
            let dry = try await cluster.apply(
                configMap(name, ["k": "2"]), fieldManager: "two", force: true, dryRun: true)
            #expect(dry["data", "k"]?.string == "2")
            #expect(try await cluster.get(key)?["data", "k"]?.string == "1")
            let again = try await cluster.apply(
                configMap(name, ["k": "1"]), fieldManager: "one", force: false, dryRun: false)
            #expect(again.resourceVersion == first.resourceVersion)
            let emptied = try await cluster.apply(
                configMap(name, ["j": "1"]), fieldManager: "one", force: false, dryRun: false)
            #expect(emptied["data"] == ["j": "1"])
            try await cluster.delete(key)
            try await cluster.delete(key)
            #expect(try await cluster.get(key) == nil)
        }
    }

    @Test(arguments: ClusterUnderTest.available)
    func `create refuses what is there, lists select by label, patches merge`(_ which: ClusterUnderTest) async throws {
        try await which.with { cluster in
            let key = try configMap(name, [:]).key
            try await cluster.create(configMap(name, ["k": "1"]), dryRun: false)
            let error = await #expect(throws: WaybillError.self) {
                try await cluster.create(configMap(name, [:]), dryRun: false)
            }
            #expect(error?.code == .conflict)
            #expect(
                try await cluster.list(key.kind, namespace: "default", labels: "test=\(name)").map(\.name) == [name])
            #expect(try await cluster.list(key.kind, namespace: nil, labels: "test=\(name),absent").isEmpty)
            let patched = try await cluster.patch(key, merge: ["data": ["k": nil, "n": "2"]], subresource: nil)
            #expect(patched["data"] == ["n": "2"])
            try await cluster.delete(key)
            let missing = await #expect(throws: WaybillError.self) {
                try await cluster.patch(key, merge: [:], subresource: nil)
            }
            #expect(missing?.code == .notFound)
        }
    }

    @Test(arguments: ClusterUnderTest.available)
    func `a watch tells what happens from now on`(_ which: ClusterUnderTest) async throws {
        try await which.with { cluster in
            let key = try configMap(name, [:]).key
            let watch = cluster.watch(key.kind, namespace: "default")
            let seen = Task {
                var kinds: [WatchEvent.Kind] = []
                for try await event in watch where event.resource.name == name {
                    kinds.append(event.kind)
                    if event.kind == .deleted { break }
                }
                return kinds
            }
            // The watch opens by itself; what it missed before that is not its business.
            try await Task.sleep(for: .milliseconds(500))
            try await cluster.create(configMap(name, ["k": "1"]), dryRun: false)
            try await cluster.patch(key, merge: ["data": ["k": "2"]], subresource: nil)
            try await cluster.delete(key)
            #expect(try await seen.value == [.added, .modified, .deleted])
        }
    }

    @Test(arguments: ClusterUnderTest.available)
    func `one leads until it stops renewing`(_ which: ClusterUnderTest) async throws {
        try await which.with { cluster in
            let first = LeaderElection(cluster, namespace: "default", name: name, identity: "first")
            let second = LeaderElection(cluster, namespace: "default", name: name, identity: "second")
            let start = Date()
            #expect(try await first.holds(now: start))
            #expect(try await !second.holds(now: start + 10))
            #expect(try await first.holds(now: start + 10))
            #expect(try await !second.holds(now: start + 20))
            #expect(try await second.holds(now: start + 26))
            #expect(try await !first.holds(now: start + 27))
            try await second.release()
            #expect(try await first.holds(now: start + 28))
            try await cluster.delete(key("Lease", name, group: "coordination.k8s.io"))
        }
    }
}
