import Documents
import Kubernetes

/// Counts how many pods of each disruption budget may go.
struct DisruptionController: Sendable {
    let client: ClusterClient

    func pass() async {
        for budget in await client.list("poddisruptionbudgets.policy") where !budget.isBeingDeleted {
            await reconcile(budget)
        }
    }

    private func reconcile(_ budget: Value) async {
        let selector = budget[path: "spec", "selector"].flatMap { try? LabelSelector($0) }
        let pods = await client.list("pods", budget.namespace).filter { pod in
            guard let selector, let resource = try? Resource(pod) else { return false }
            return selector.matches(resource) && pod.isActivePod
        }
        let healthy = pods.count(where: \.isReadyPod)
        let expected = pods.count
        let wanted: Int
        if let least = budget[path: "spec", "minAvailable"] {
            wanted = RollingUpdate.share(least, of: expected, roundsUp: true)
        } else {
            let most = budget[path: "spec", "maxUnavailable"] ?? 0
            wanted = max(0, expected - RollingUpdate.share(most, of: expected, roundsUp: true))
        }
        let allowed = expected > 0 ? max(0, healthy - wanted) : 0
        let before = budget.condition("DisruptionAllowed")
        let word: Value = allowed > 0 ? "True" : "False"
        let status: Value = [
            "currentHealthy": .integer(healthy), "desiredHealthy": .integer(wanted),
            "disruptionsAllowed": .integer(allowed), "expectedPods": .integer(expected),
            "observedGeneration": budget[path: "metadata", "generation"] ?? 1,
            "conditions": [
                [
                    "type": "DisruptionAllowed", "status": word,
                    "reason": allowed > 0 ? "SufficientPods" : "InsufficientPods", "message": "",
                    "observedGeneration": budget[path: "metadata", "generation"] ?? 1,
                    "lastTransitionTime": before?["status"] == word
                        ? before?["lastTransitionTime"] ?? .string(APITime.now) : .string(APITime.now),
                ]
            ],
        ]
        try? await client.setStatus("poddisruptionbudgets.policy", budget, status, as: "disruption-controller")
    }
}
