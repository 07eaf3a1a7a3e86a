import Documents

/// Deletes objects whose owners are all gone, and lets owners go that wait for their dependents.
struct GarbageCollector: Sendable {
    let client: ClusterClient
    private static let manager = "garbage-collector"

    func pass() async {
        let all = await client.store.all()
        let alive = Dictionary(all.map { ($0.1.uid, $0.1) }) { first, _ in first }
        for (key, object) in all {
            let owners = object[path: "metadata", "ownerReferences"]?.array ?? []
            guard !owners.isEmpty, !object.isBeingDeleted else { continue }
            let living = owners.filter { owner in
                guard let found = alive[owner["uid"]?.string ?? ""] else { return false }
                // A reference that names an object of another name or kind points to nothing.
                return found.name == owner["name"]?.string && found["kind"] == owner["kind"]
            }
            // An owner that waits in the foreground takes its dependents with it.
            let waiting = living.filter { owner in
                let finalizers = alive[owner["uid"]?.string ?? ""]?[path: "metadata", "finalizers"]?.array ?? []
                return finalizers.contains("foregroundDeletion")
            }
            if living.isEmpty || waiting.count == living.count {
                try? await client.delete(key.resource, object, as: Self.manager)
            }
        }
        for (key, object) in all where object.isBeingDeleted {
            await release(key.resource, object, dependents: all.filter { owns(object, $0.1) })
        }
    }

    private func owns(_ owner: Value, _ object: Value) -> Bool {
        (object[path: "metadata", "ownerReferences"]?.array ?? []).contains { $0["uid"]?.string == owner.uid }
    }

    private func release(_ resource: String, _ object: Value, dependents: [(ObjectStore.Key, Value)]) async {
        let finalizers = object[path: "metadata", "finalizers"]?.array ?? []
        if finalizers.contains("orphan") {
            for (key, dependent) in dependents {
                let rest = (dependent[path: "metadata", "ownerReferences"]?.array ?? []).filter {
                    $0["uid"]?.string != object.uid
                }
                _ = try? await client.patch(
                    key.resource, dependent, ["metadata": ["ownerReferences": rest.isEmpty ? .null : .array(rest)]],
                    as: Self.manager)
            }
        } else if finalizers.contains("foregroundDeletion") {
            let blocking = dependents.contains { _, dependent in
                (dependent[path: "metadata", "ownerReferences"]?.array ?? []).contains {
                    $0["uid"]?.string == object.uid && $0["blockOwnerDeletion"]?.bool == true
                }
            }
            if blocking { return }
        } else {
            return
        }
        let rest = finalizers.filter { $0 != "orphan" && $0 != "foregroundDeletion" }
        _ = try? await client.patch(
            resource, object, ["metadata": ["finalizers": rest.isEmpty ? .null : .array(rest)]], as: Self.manager)
    }
}
