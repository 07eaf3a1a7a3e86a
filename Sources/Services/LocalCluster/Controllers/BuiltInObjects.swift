import Documents
import WaybillCore

/// What every cluster holds from its first moment.
enum BuiltInObjects {
    static func ensure(_ client: ClusterClient) async throws(WaybillError) {
        do throws(APIError) {
            for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
                try await ensure(
                    "namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]], client
                )
            }
            for name in ["system-cluster-critical", "system-node-critical"] {
                try await ensure(
                    "priorityclasses.scheduling.k8s.io",
                    [
                        "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                        "metadata": ["name": .string(name)],
                        "value": .integer(name == "system-node-critical" ? 2_000_001_000 : 2_000_000_000),
                    ], client)
            }
            for role in BuiltInRoles.roles {
                try await ensure("clusterroles.rbac.authorization.k8s.io", role, client)
            }
            for binding in BuiltInRoles.bindings {
                try await ensure("clusterrolebindings.rbac.authorization.k8s.io", binding, client)
            }
        } catch {
            throw WaybillError(.failed, error.message, subject: "local cluster")
        }
    }

    private static func ensure(_ resource: String, _ object: Value, _ client: ClusterClient) async throws(APIError) {
        let name = object[path: "metadata", "name"]?.string ?? ""
        guard await client.get(resource, "", name) == nil else { return }
        try await client.create(resource, object, as: "waybill-local-cluster")
    }
}
