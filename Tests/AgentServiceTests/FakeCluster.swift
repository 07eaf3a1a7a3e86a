import AgentSimulation
import Clusters
import Documents
import Kubernetes
import WaybillCore

/// A cluster of one map: objects get healthy at once, and it remembers what was applied.
actor FakeCluster: Cluster {
    private(set) var objects: [ObjectKey: Resource] = [:]
    /// Every real application, in order.
    private(set) var applied: [Resource] = []
    private(set) var deleted: [ObjectKey] = []
    private var version = 0
    private var isHealthy = true
    /// Names that the API refuses, and names whose change it calls immutable.
    private var poisoned: Set<String> = []
    private var immutable: Set<String> = []
    private var watchers: [(kind: ObjectKind, continuation: AsyncThrowingStream<WatchEvent, any Error>.Continuation)] =
        []
    let faults: Faults

    init(faults: Faults = Faults()) { self.faults = faults }

    func setHealthy(_ value: Bool) { isHealthy = value }
    func poison(_ name: String) { poisoned.insert(name) }
    func harden(_ name: String) { immutable.insert(name) }

    /// The status of every deployment is written anew, as its controller would.
    func settle() throws {
        for (_, object) in objects where object.kind == "Deployment" { _ = try store(object.value, over: object) }
    }

    /// Somebody else changes an object.
    func tamper(_ key: ObjectKey, _ change: (inout Value) -> Void) throws {
        guard let old = objects[key] else { return }
        var value = old.value
        change(&value)
        _ = try store(value, over: old)
    }

    func remove(_ key: ObjectKey) {
        guard let gone = objects.removeValue(forKey: key) else { return }
        tell(.deleted, gone)
    }

    func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? {
        try faults.callNow("get") { objects[key] }
    }

    func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource] {
        objects.values.filter { $0.objectKind == kind }
    }

    @discardableResult
    func apply(_ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool) async throws(WaybillError)
        -> Resource
    {
        try faults.callNow("apply") { () throws(WaybillError) in try merge(resource, dryRun: dryRun) }
    }

    private func merge(_ resource: Resource, dryRun: Bool) throws(WaybillError) -> Resource {
        let old = objects[resource.key]
        if poisoned.contains(resource.name) {
            throw WaybillError(.forbidden, "admission denied the request: poison", subject: resource.key.description)
        }
        if let old, immutable.contains(resource.name), old.value["data"] != resource.value["data"] {
            throw WaybillError(.invalidInput, "data: field is immutable", subject: resource.key.description)
        }
        let merged = MergePatch.apply(resource.value, to: old?.value ?? [:])
        if dryRun { return try Resource(merged) }
        applied.append(resource)
        if let old, old.value == merged { return old }
        return try store(merged, over: old)
    }

    private func store(_ value: Value, over old: Resource?) throws(WaybillError) -> Resource {
        var value = value
        version += 1
        value[Pointer(["metadata", "resourceVersion"])] = .string("\(version)")
        if value["kind"]?.string == "Deployment" {
            let generation = (old?.generation ?? 0) + (old?.value["spec"] == value["spec"] ? 0 : 1)
            value[Pointer(["metadata", "generation"])] = .integer(generation)
            let replicas = value["spec"]?["replicas"] ?? 1
            value["status"] = [
                "observedGeneration": .integer(generation), "replicas": replicas, "updatedReplicas": replicas,
                "readyReplicas": isHealthy ? replicas : 0, "availableReplicas": isHealthy ? replicas : 0,
                "conditions": [
                    ["type": "Available", "status": .string(isHealthy ? "True" : "False")],
                    ["type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"],
                ],
            ]
        }
        let resource = try Resource(value)
        objects[resource.key] = resource
        tell(old == nil ? .added : .modified, resource)
        return resource
    }

    private func tell(_ kind: WatchEvent.Kind, _ resource: Resource) {
        for watcher in watchers where watcher.kind == resource.objectKind {
            watcher.continuation.yield(WatchEvent(kind: kind, resource: resource))
        }
    }

    func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource {
        throw WaybillError(.unsupported, "not used", subject: "create")
    }

    func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource {
        throw WaybillError(.unsupported, "not used", subject: "patch")
    }

    func delete(_ key: ObjectKey) async throws(WaybillError) {
        try faults.callNow("delete") { drop(key) }
    }

    private func drop(_ key: ObjectKey) {
        deleted.append(key)
        objects[key] = nil
    }

    nonisolated func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<WatchEvent, any Error>.makeStream()
        Task { await self.add(kind, continuation) }
        return stream
    }

    private func add(_ kind: ObjectKind, _ continuation: AsyncThrowingStream<WatchEvent, any Error>.Continuation) {
        watchers.append((kind, continuation))
    }

    var watchCount: Int { watchers.count }
}
