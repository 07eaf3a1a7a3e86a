import Documents
import Kubernetes

/// One pod of each daemon set on the node.
struct DaemonSetController: Sendable {
    let client: ClusterClient
    let backOff: CreationBackOff
    private static let manager = "daemonset-controller"
    private static let resource = "daemonsets.apps"

    func pass() async {
        let sets = await client.list(Self.resource).filter { !$0.isBeingDeleted }
        guard !sets.isEmpty else { return }
        let nodes = await client.list("nodes")
        for set in sets { await reconcile(set, nodes) }
    }

    /// Pods of other schedulers go nowhere here.
    private func reconcile(_ set: Value, _ nodes: [Value]) async {
        let template = set[path: "spec", "template"]
        let hash = PodFactory.hash(template)
        _ = await client.keepRevision(of: set, template, as: Self.manager)
        let selector = template?["spec"]?["nodeSelector"]?.object ?? Object()
        let fitting = nodes.filter { node in
            selector.allSatisfy { node[path: "metadata", "labels", $0.key] == $0.value }
        }
        let pods = await client.pods(of: set)
        var missing = 0
        for node in fitting {
            let own = pods.filter { Self.node(of: $0) == node.name }
            let active = own.filter(\.isActivePod)
            if active.isEmpty {
                missing += 1
                if own.isEmpty {
                    var pod = PodFactory.pod(of: set, template: template)
                    pod[Pointer(["metadata", "labels", "controller-revision-hash"])] = .string(hash)
                    pod[Pointer(["metadata", "labels", "pod-template-generation"])] =
                        set[path: "metadata", "annotations", "deprecated.daemonset.template.generation"]
                    pod[Pointer(["spec", "nodeName"])] = .string(node.name)
                    _ = await client.createPod(pod, for: set, backOff, as: Self.manager)
                } else {
                    for pod in own where !pod.isBeingDeleted { try? await client.delete("pods", pod, as: Self.manager) }
                }
            }
        }
        if missing == 0, set[path: "spec", "updateStrategy", "type"] != "OnDelete" {
            for pod in pods where pod[path: "metadata", "labels", "controller-revision-hash"]?.string != hash {
                if !pod.isBeingDeleted { try? await client.delete("pods", pod, as: Self.manager) }
                break
            }
        }
        await report(set, fitting.count, hash)
    }

    private static func node(of pod: Value) -> String { pod[path: "spec", "nodeName"]?.string ?? "" }

    private func report(_ seen: Value, _ wanted: Int, _ hash: String) async {
        guard let set = await client.get(Self.resource, seen.namespace, seen.name), set.uid == seen.uid else { return }
        let pods = await client.pods(of: set).filter(\.isActivePod)
        let ready = pods.count(where: \.isReadyPod)
        let updated = pods.count { $0[path: "metadata", "labels", "controller-revision-hash"]?.string == hash }
        var status: Value = [
            "currentNumberScheduled": .integer(pods.count), "desiredNumberScheduled": .integer(wanted),
            "numberMisscheduled": 0, "numberReady": .integer(ready),
            "observedGeneration": seen[path: "metadata", "generation"] ?? 1,
        ]
        if updated > 0 { status["updatedNumberScheduled"] = .integer(updated) }
        if ready > 0 { status["numberAvailable"] = .integer(ready) }
        if wanted > ready { status["numberUnavailable"] = .integer(wanted - ready) }
        try? await client.setStatus(Self.resource, set, status, as: Self.manager)
    }
}
