import Documents
import Kubernetes

/// Gathers the rules of cluster roles that are made of others.
struct RoleController: Sendable {
    let client: ClusterClient
    static let manager = "clusterrole-aggregation-controller"
    private static let resource = "clusterroles.rbac.authorization.k8s.io"

    func pass() async {
        let roles = await client.list(Self.resource)
        for role in roles {
            guard let selectors = role[path: "aggregationRule", "clusterRoleSelectors"]?.array, !role.isBeingDeleted
            else { continue }
            var rules: [Value] = []
            for selector in selectors.compactMap({ try? LabelSelector($0) }) {
                for other in roles where other.uid != role.uid {
                    guard let resource = try? Resource(other), selector.matches(resource) else { continue }
                    for rule in other["rules"]?.array ?? [] where !rules.contains(rule) { rules.append(rule) }
                }
            }
            guard role["rules"]?.array ?? [] != rules else { continue }
            _ = try? await client.patch(
                Self.resource, role, ["rules": .array(rules)], as: Self.manager)
        }
    }
}
