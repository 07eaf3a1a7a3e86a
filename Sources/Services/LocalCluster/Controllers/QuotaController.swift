import Documents
import Kubernetes

/// Keeps quotas' status in step with what is there.
struct QuotaController: Sendable {
    let client: ClusterClient

    func pass() async {
        for quota in await client.list("resourcequotas") where !quota.isBeingDeleted {
            let hard = quota[path: "spec", "hard"] ?? [:]
            var used = Object()
            for (name, value) in await QuotaRules(store: client.store).used(quota).sorted(by: { $0.key < $1.key }) {
                used[name] = .string(value.1)
            }
            let status: Value = ["hard": hard, "used": .object(used)]
            guard quota["status"] != status else { continue }
            try? await client.setStatus("resourcequotas", quota, status, as: "resourcequota-controller")
        }
    }
}
