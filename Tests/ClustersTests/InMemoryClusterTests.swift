import Clusters
import Documents
import Kubernetes
import Testing
import WaybillCore

private func configMap(_ data: Value) throws -> Resource {
    try Resource([
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": "a", "namespace": "default", "labels": ["app": "x"]],
        "data": data,
    ])
}

@Test func `a cluster in memory keeps field ownership`() async throws {
    let cluster = InMemoryCluster()
    try await cluster.apply(configMap(["k": "1"]), fieldManager: "one", force: false, dryRun: false)
    await #expect(throws: WaybillError.self) {
        try await cluster.apply(configMap(["k": "2"]), fieldManager: "two", force: false, dryRun: false)
    }
    let dry = try await cluster.apply(configMap(["k": "2"]), fieldManager: "two", force: true, dryRun: true)
    #expect(dry["data", "k"]?.string == "2")
    let key = try configMap([:]).key
    #expect(await cluster.get(key)?["data", "k"]?.string == "1")
    #expect(try await cluster.list(key.kind, namespace: nil, labels: "app=x").count == 1)
    #expect(try await cluster.list(key.kind, namespace: "other", labels: nil).isEmpty)
    await cluster.delete(key)
    await cluster.delete(key)
    #expect(await cluster.get(key) == nil)
}

@Test func `an apply that changes nothing keeps the version`() async throws {
    let cluster = InMemoryCluster()
    let first = try await cluster.apply(configMap(["k": "1"]), fieldManager: "one", force: false, dryRun: false)
    let second = try await cluster.apply(configMap(["k": "1"]), fieldManager: "one", force: false, dryRun: false)
    #expect(first.resourceVersion == second.resourceVersion)
}
