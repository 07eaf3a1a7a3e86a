import Clusters
import Delivery
import Documents
import Kubernetes
import WaybillCore

/// Asks the cluster what must change, and changes it.
struct ClusterSync {
    let doors: AgentDoors
    let settings: AgentSettings
    let rendering: RevisionReader.Rendering

    private var cluster: any Cluster { doors.cluster }

    func plan(inventory: [ObjectKey]) async throws(WaybillError) -> (plan: SyncPlan, live: [ObjectKey: Resource]) {
        var live: [ObjectKey: Resource] = [:], predicted: [ObjectKey: Resource] = [:]
        for resource in rendering.desired.resources {
            live[resource.key] = try await cluster.get(resource.key)
            predicted[resource.key] = try await predict(resource)
        }
        for key in inventory where live[key] == nil { live[key] = try await cluster.get(key) }
        let plan = SyncPlan(
            desired: rendering.desired.resources, predicted: predicted, live: live, inventory: inventory,
            environment: settings.environment, prunes: rendering.environment.prune)
        return (plan, live)
    }

    /// Everything is tried before anything is changed. A namespace or a kind that comes with the same revision cannot
    /// be tried yet; every other refusal ends the round with nothing half done.
    private func predict(_ resource: Resource) async throws(WaybillError) -> Resource? {
        do {
            return try await cluster.apply(resource, fieldManager: settings.fieldManager, force: true, dryRun: true)
        } catch  where error.code == .notFound || error.code == .unsupported {
            return nil
        }
    }

    /// Returns the objects as the cluster stored them.
    func carryOut(_ plan: SyncPlan) async throws(WaybillError) -> [ObjectKey: Resource] {
        var stored: [ObjectKey: Resource] = [:]
        if !plan.apply.isEmpty { try await makeNamespace() }
        for resource in plan.apply {
            stored[resource.key] = try await cluster.apply(
                resource, fieldManager: settings.fieldManager, force: true, dryRun: false)
        }
        for key in plan.prune { try await cluster.delete(key) }
        return stored
    }

    /// The environment's namespace is its container, not one of its objects: it is made and never pruned.
    private func makeNamespace() async throws(WaybillError) {
        let key = ObjectKey(
            kind: ObjectKind(group: "", version: "v1", kind: "Namespace"), namespace: "",
            name: rendering.environment.namespace)
        guard !rendering.desired.resources.contains(where: { $0.key == key }), try await cluster.get(key) == nil else {
            return
        }
        let namespace = try Resource(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(key.name)]])
        try await cluster.apply(namespace, fieldManager: settings.fieldManager, force: false, dryRun: false)
    }
}
