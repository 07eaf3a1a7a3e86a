public import Documents
public import Kubernetes
public import WaybillCore

/// A cluster in memory, for tests: it keeps field ownership, versions and watches, and runs nothing.
public actor InMemoryCluster: Cluster {
    private var objects: [ObjectKey: Resource] = [:]
    private var version = 1
    private var watchers: [Int: (ObjectKind, String?, AsyncThrowingStream<WatchEvent, any Error>.Continuation)] = [:]
    private var nextWatcher = 0

    public init(_ resources: [Resource] = []) {
        for resource in resources { objects[resource.key] = resource }
    }

    public func get(_ key: ObjectKey) -> Resource? { objects[key] }

    public func list(_ kind: ObjectKind, namespace: String?, labels: String?) throws(WaybillError) -> [Resource] {
        let selector = try LabelSelector(parsing: labels ?? "")
        return objects.values
            .filter { $0.objectKind == kind && (namespace == nil || $0.namespace == namespace) && selector.matches($0) }
            .sorted { $0.key < $1.key }
    }

    @discardableResult
    public func apply(_ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool) throws(WaybillError)
        -> Resource
    {
        let key = resource.key
        guard !fieldManager.isEmpty else {
            throw WaybillError(.invalidInput, "a field manager is needed", subject: key.description)
        }
        let live = objects[key]
        let manager = ManagedFields.Manager(fieldManager, .apply, apiVersion: resource.apiVersion)
        let result: FieldOwnership.Result
        let managers = try ManagedFields(live?["metadata", "managedFields"])
        do throws(ApplyConflict) {
            result = try FieldOwnership(kind: resource.objectKind).apply(
                resource.value, to: live?.value ?? [:], managers: managers, as: manager, force: force, time: Self.time)
        } catch {
            let list = error.fields.map { "\($0.path) is owned by \($0.manager.name)" }.joined(separator: ", ")
            throw WaybillError(
                .conflict, "apply failed: \(list)", subject: key.description,
                remedy: "take the fields over with force, or leave them out")
        }
        var next = try Resource(FieldOwnership.restoringIdentity(of: live?.value ?? resource.value, in: result.object))
        next["metadata", "managedFields"] = result.managers.value
        return store(next, over: live, dryRun: dryRun)
    }

    @discardableResult
    public func create(_ resource: Resource, dryRun: Bool) throws(WaybillError) -> Resource {
        guard objects[resource.key] == nil else {
            throw WaybillError(.conflict, "is there already", subject: resource.key.description)
        }
        var next = resource
        let manager = ManagedFields.Manager("waybill", .update, apiVersion: resource.apiVersion)
        next["metadata", "managedFields"] =
            FieldOwnership(kind: resource.objectKind)
            .update(from: [:], to: resource.value, managers: ManagedFields(), as: manager, time: Self.time).value
        return store(next, over: nil, dryRun: dryRun)
    }

    @discardableResult
    public func patch(_ key: ObjectKey, merge: Value, subresource: String?) throws(WaybillError) -> Resource {
        guard let live = objects[key] else { throw WaybillError(.notFound, "is not there", subject: key.description) }
        guard subresource == nil || subresource == "status" else {
            throw WaybillError(
                .unsupported, "the subresource \(subresource ?? "") is not kept in memory", subject: key.description)
        }
        let patched = MergePatch.apply(merge, to: live.value)
        var next = live
        if subresource == "status" {
            next.value["status"] = patched["status"]
        } else {
            next = try Resource(patched)
            next.value["status"] = live.value["status"]
        }
        guard next.key == key else {
            throw WaybillError(.invalidInput, "a patch may not rename the object", subject: key.description)
        }
        let manager = ManagedFields.Manager(
            "waybill", .update, apiVersion: live.apiVersion, subresource: subresource ?? "")
        next["metadata", "managedFields"] =
            FieldOwnership(kind: key.kind)
            .update(
                from: live.value, to: next.value, managers: try ManagedFields(live["metadata", "managedFields"]),
                as: manager, time: Self.time
            )
            .value
        return store(next, over: live, dryRun: false)
    }

    public func delete(_ key: ObjectKey) {
        guard let gone = objects.removeValue(forKey: key) else { return }
        publish(WatchEvent(kind: .deleted, resource: gone))
        // Background propagation: what only this object owned goes with it.
        guard let uid = gone.uid else { return }
        for (other, resource) in objects {
            let owners = (resource["metadata", "ownerReferences"]?.array ?? []).compactMap { $0["uid"]?.string }
            if owners == [uid] { delete(other) }
        }
    }

    public nonisolated func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error>
    {
        AsyncThrowingStream { continuation in
            let registration = Task { await self.register(kind, namespace, continuation) }
            continuation.onTermination = { _ in
                Task { await self.forget(await registration.value) }
            }
        }
    }

    private func register(
        _ kind: ObjectKind, _ namespace: String?,
        _ continuation: AsyncThrowingStream<WatchEvent, any Error>.Continuation
    ) -> Int {
        nextWatcher += 1
        watchers[nextWatcher] = (kind, namespace, continuation)
        return nextWatcher
    }

    private func forget(_ id: Int) { watchers[id] = nil }

    private func store(_ resource: Resource, over live: Resource?, dryRun: Bool) -> Resource {
        var next = resource
        if let live {
            if Self.content(next) == Self.content(live) { return live }
            let generation = live.generation ?? 1
            next["metadata", "generation"] = .integer(
                next.value["spec"] == live.value["spec"] ? generation : generation + 1)
        } else {
            next["metadata", "uid"] = .string(
                "00000000-0000-4000-8000-" + String(1_000_000_000_000 + version).dropFirst())
            next["metadata", "creationTimestamp"] = .string(Self.time)
            next["metadata", "generation"] = 1
        }
        next["metadata", "resourceVersion"] = .string(String(version + 1))
        if dryRun { return next }
        version += 1
        objects[next.key] = next
        publish(WatchEvent(kind: live == nil ? .added : .modified, resource: next))
        return next
    }

    private static func content(_ resource: Resource) -> Value {
        var value = resource.value
        for key in ["resourceVersion", "generation"] { value[Pointer(["metadata", key])] = nil }
        return value
    }

    private func publish(_ event: WatchEvent) {
        for (kind, namespace, continuation) in watchers.values
        where kind == event.resource.objectKind && (namespace == nil || namespace == event.resource.namespace) {
            continuation.yield(event)
        }
    }

    /// Time stands still in memory, so that tests see the same bytes every time.
    private static let time = "2026-01-01T00:00:00Z"
}
