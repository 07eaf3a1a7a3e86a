public import Clusters
public import Documents
public import Kubernetes
public import WaybillCore

/// A cluster of one map that can be slow and unwell. Workloads get healthy when they are told to.
public actor SimulatedCluster: Cluster {
    public private(set) var objects: [ObjectKey: Resource] = [:]
    /// Every real application, in order, and how often an object was made that was not there.
    public private(set) var applied: [ObjectKey] = []
    public private(set) var deleted: [ObjectKey] = []
    public private(set) var made: [ObjectKey: Int] = [:]
    public private(set) var requests = 0
    private var version = 0
    private let latency: Duration?
    private let faults: Faults
    /// Whether every application is kept in a list: not for large ones.
    private let remembers: Bool
    private var watchers:
        [Int: (kind: ObjectKind, continuation: AsyncThrowingStream<WatchEvent, any Error>.Continuation)] =
            [:]
    private var nextWatcher = 0
    private var isHealthy = true

    public init(faults: Faults = Faults(), latency: Duration? = nil, remembers: Bool = true) {
        self.faults = faults
        self.latency = latency
        self.remembers = remembers
    }

    /// Deployments that are written from now on become healthy, or do not.
    public func setHealthy(_ value: Bool) throws(WaybillError) {
        isHealthy = value
        for object in Array(objects.values) where object.kind == "Deployment" {
            _ = try store(object.value, over: object)
        }
    }

    /// Somebody else changes an object.
    public func tamper(_ key: ObjectKey, _ pointer: Pointer, to value: Value?) throws(WaybillError) {
        guard let old = objects[key] else { return }
        var changed = old.value
        changed[pointer] = value
        _ = try store(changed, over: old)
    }

    /// Somebody else puts an object there, or takes it away.
    public func put(_ resource: Resource) throws(WaybillError) {
        _ = try store(resource.value, over: objects[resource.key])
    }
    public func take(_ key: ObjectKey) {
        guard let gone = objects.removeValue(forKey: key) else { return }
        tell(.deleted, gone)
    }

    /// Every watch ends as connections do.
    public func cutWatches() {
        for watcher in watchers.values {
            watcher.continuation.finish(
                throwing: WaybillError(.unavailable, "the connection was cut", subject: "watch"))
        }
        watchers = [:]
    }

    private func wait() async {
        requests += 1
        // A simulation that ends early waits no longer; nothing depends on it.
        if let latency { try? await Task.sleep(for: latency) }
    }

    public func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? {
        await wait()
        return try faults.callNow("get \(key)") { objects[key] }
    }

    public func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource] {
        await wait()
        let selector = try LabelSelector(parsing: labels ?? "")
        return try faults.callNow("list \(kind)") {
            objects.values.filter {
                $0.objectKind == kind && (namespace == nil || $0.namespace == namespace) && selector.matches($0)
            }
        }
    }

    @discardableResult
    public func apply(
        _ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool
    ) async throws(WaybillError) -> Resource {
        await wait()
        return try faults.callNow("apply \(resource.key)") { () throws(WaybillError) in
            try merge(resource, dryRun: dryRun)
        }
    }

    private func merge(_ resource: Resource, dryRun: Bool) throws(WaybillError) -> Resource {
        let old = objects[resource.key]
        let merged = MergePatch.apply(resource.value, to: old?.value ?? [:])
        if dryRun { return try Resource(merged) }
        if remembers { applied.append(resource.key) }
        if old == nil { made[resource.key, default: 0] += 1 }
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
            let ready: Value = isHealthy ? replicas : 0
            value["status"] = [
                "observedGeneration": .integer(generation), "replicas": replicas, "updatedReplicas": replicas,
                "readyReplicas": ready, "availableReplicas": ready,
            ]
        }
        let resource = try Resource(value)
        objects[resource.key] = resource
        tell(old == nil ? .added : .modified, resource)
        return resource
    }

    private func tell(_ kind: WatchEvent.Kind, _ resource: Resource) {
        for watcher in watchers.values where watcher.kind == resource.objectKind {
            watcher.continuation.yield(WatchEvent(kind: kind, resource: resource))
        }
    }

    public func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource {
        await wait()
        return try faults.callNow("create \(resource.key)") { () throws(WaybillError) in
            guard objects[resource.key] == nil else {
                throw WaybillError(.conflict, "is there already", subject: resource.key.description)
            }
            return dryRun ? resource : try store(resource.value, over: nil)
        }
    }

    public func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource {
        await wait()
        return try faults.callNow("patch \(key)") { () throws(WaybillError) in
            guard let old = objects[key] else {
                throw WaybillError(.notFound, "is not there", subject: key.description)
            }
            if let wanted = merge["metadata"]?["resourceVersion"], !wanted.isNull, wanted.string != old.resourceVersion
            {
                throw WaybillError(.conflict, "was changed meanwhile", subject: key.description)
            }
            return try store(MergePatch.apply(merge, to: old.value), over: old)
        }
    }

    public func delete(_ key: ObjectKey) async throws(WaybillError) {
        await wait()
        try faults.callNow("delete \(key)") {
            deleted.append(key)
            if let gone = objects.removeValue(forKey: key) { tell(.deleted, gone) }
        }
    }

    public nonisolated func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error>
    {
        let (stream, continuation) = AsyncThrowingStream<WatchEvent, any Error>.makeStream()
        Task { await self.add(kind, continuation) }
        return stream
    }

    private func add(_ kind: ObjectKind, _ continuation: AsyncThrowingStream<WatchEvent, any Error>.Continuation) {
        watchers[nextWatcher] = (kind, continuation)
        nextWatcher += 1
    }

    public var watchCount: Int { watchers.count }
}
