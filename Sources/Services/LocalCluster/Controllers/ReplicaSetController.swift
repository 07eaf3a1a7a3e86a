import Documents
import Kubernetes

/// Keeps as many pods as a replica set asks for.
struct ReplicaSetController: Sendable {
    let client: ClusterClient
    let backOff: CreationBackOff
    /// Replica sets, or the replication controllers that were there before them.
    var resource = "replicasets.apps"

    private var manager: String {
        resource == "replicationcontrollers" ? "replication-controller" : "replicaset-controller"
    }

    private func selector(of set: Value) -> LabelSelector? {
        guard resource == "replicationcontrollers" else {
            // One that cannot be read was refused at the door.
            return set[path: "spec", "selector"].flatMap { try? LabelSelector($0) }
        }
        let labels = set[path: "spec", "selector"]?.object ?? Object()
        return labels.isEmpty ? nil : LabelSelector(labels.map { .equals($0.key, $0.value.string ?? "") })
    }

    func reconcile(_ set: Value) async {
        guard !set.isBeingDeleted else { return }
        let pods = await PodClaim(client: client, manager: manager).pods(of: set, selector(of: set))
        let active = pods.filter(\.isActivePod)
        let wanted = set[path: "spec", "replicas"]?.integer ?? 1
        var failure: String?
        if active.count < wanted, await backOff.isOpen(set.uid) {
            failure = await create(wanted - active.count, set)
        } else if active.count < wanted {
            failure = set.condition("ReplicaFailure")?["message"]?.string
        } else if active.count > wanted {
            for pod in Self.leastWanted(active).prefix(active.count - wanted) {
                try? await client.delete("pods", pod, as: manager)
                await client.event(
                    set, type: "Normal", reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)",
                    as: manager)
            }
        }
        await report(set, failure)
    }

    /// Nil when all went well, else why a pod was refused.
    private func create(_ count: Int, _ set: Value) async -> String? {
        for _ in 0..<min(count, 50) {
            var pod: Value = ["apiVersion": "v1", "kind": "Pod", "spec": set[path: "spec", "template", "spec"] ?? [:]]
            pod["metadata"] = set[path: "spec", "template", "metadata"] ?? [:]
            pod[Pointer(["metadata", "generateName"])] = .string("\(set.name)-")
            pod[Pointer(["metadata", "namespace"])] = .string(set.namespace)
            pod[Pointer(["metadata", "ownerReferences"])] = [.controllerReference(to: set)]
            do throws(APIError) {
                let created = try await client.create("pods", pod, as: manager)
                await client.event(
                    set, type: "Normal", reason: "SuccessfulCreate", message: "Created pod: \(created.name)",
                    as: manager)
            } catch {
                await backOff.failed(set.uid)
                await client.event(
                    set, type: "Warning", reason: "FailedCreate", message: "Error creating: \(error.message)",
                    as: manager)
                return error.message
            }
        }
        await backOff.succeeded(set.uid)
        return nil
    }

    /// Those that are missed least come first: not ready before ready, young before old.
    static func leastWanted(_ pods: [Value]) -> [Value] {
        pods.sorted { left, right in
            if left.isReadyPod != right.isReadyPod { return !left.isReadyPod }
            let (one, other) = (
                left[path: "metadata", "creationTimestamp"]?.string ?? "",
                right[path: "metadata", "creationTimestamp"]?.string ?? ""
            )
            return one == other ? left.name < right.name : one > other
        }
    }

    private func report(_ set: Value, _ failure: String?) async {
        guard let set = await client.get(resource, set.namespace, set.name) else { return }
        let pods = await client.list("pods", set.namespace).filter { $0.controllerUID == set.uid && $0.isActivePod }
        let ready = pods.count(where: \.isReadyPod)
        let available = pods.count { Self.isAvailable($0, after: set[path: "spec", "minReadySeconds"]?.integer ?? 0) }
        var status: Value = [
            "replicas": .integer(pods.count), "observedGeneration": set[path: "metadata", "generation"] ?? 1,
        ]
        if !pods.isEmpty { status["fullyLabeledReplicas"] = .integer(pods.count) }
        if ready > 0 { status["readyReplicas"] = .integer(ready) }
        if available > 0 { status["availableReplicas"] = .integer(available) }
        if let failure {
            let before = set.condition("ReplicaFailure")
            status["conditions"] = [
                [
                    "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": .string(failure),
                    "lastTransitionTime": before?["lastTransitionTime"] ?? .string(APITime.now),
                ]
            ]
        }
        try? await client.setStatus(resource, set, status, as: manager)
    }

    static func isAvailable(_ pod: Value, after seconds: Int) -> Bool {
        guard pod.isReadyPod else { return false }
        guard seconds > 0 else { return true }
        guard let since = pod.condition("Ready")?["lastTransitionTime"]?.string.flatMap(APITime.seconds),
            let now = APITime.seconds(APITime.now)
        else { return false }
        return now - since >= seconds
    }
}
