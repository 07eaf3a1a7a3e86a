import Documents
import Kubernetes

/// Which pods are a controller's own: those that it owns and selects. Orphans that it selects are taken in, and those
/// that it does not select any more are let go.
struct PodClaim: Sendable {
    let client: ClusterClient
    let manager: String

    func pods(of owner: Value, _ selector: LabelSelector?) async -> [Value] {
        guard let selector else { return await client.pods(of: owner) }
        var own: [Value] = []
        for pod in await client.list("pods", owner.namespace) {
            let isPicked = (try? Resource(pod)).map(selector.matches) ?? false
            if pod.controllerUID == owner.uid {
                if isPicked { own.append(pod) } else { await release(pod, owner) }
            } else if pod.controllerUID == nil, isPicked, pod.isActivePod, await adopt(pod, owner) {
                own.append(pod)
            }
        }
        return own
    }

    private func references(_ pod: Value) -> [Value] { pod[path: "metadata", "ownerReferences"]?.array ?? [] }

    private func adopt(_ pod: Value, _ owner: Value) async -> Bool {
        await set(pod, references(pod) + [.controllerReference(to: owner)])
    }

    private func release(_ pod: Value, _ owner: Value) async {
        _ = await set(pod, references(pod).filter { $0["uid"]?.string != owner.uid })
    }

    /// False where somebody was faster: the next pass sees what is there then.
    private func set(_ pod: Value, _ references: [Value]) async -> Bool {
        do throws(APIError) {
            try await client.patch(
                "pods", pod,
                ["metadata": ["ownerReferences": references.isEmpty ? .null : .array(references)]], as: manager)
            return true
        } catch {
            return false
        }
    }
}
