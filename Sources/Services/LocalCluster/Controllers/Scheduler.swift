import Documents

/// Gives pods to the cluster's only node. Pods that name another scheduler are not ours.
struct Scheduler: Sendable {
    let client: ClusterClient

    func pass() async {
        for pod in await client.list("pods") where pod.isActivePod {
            guard pod[path: "spec", "nodeName"]?.string?.isEmpty ?? true,
                pod[path: "spec", "schedulerName"]?.string == "default-scheduler"
            else { continue }
            guard let path = try? client.path("pods", pod.namespace, pod.name, "binding") else { continue }
            var request = APIRequest(method: "POST", path: [])
            request.contentType = "application/json"
            request.body = JSONWriter.bytes([
                "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(pod.name)],
                "target": ["kind": "Node", "name": .string(Node.name)],
            ])
            _ = try? await client.objects.handle(path, request)
        }
    }
}
