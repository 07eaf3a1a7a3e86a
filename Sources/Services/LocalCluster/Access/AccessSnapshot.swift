import Documents
import KubernetesAPI

/// All roles and bindings as of one moment.
struct AccessSnapshot: Sendable {
    var clusterRoles: [String: Value] = [:]
    /// By `namespace/name`.
    var roles: [String: Value] = [:]
    var clusterRoleBindings: [Value] = []
    /// By namespace.
    var roleBindings: [String: [Value]] = [:]

    /// Why the user may do it; nil where nothing allows it.
    func reason(for request: AccessRequest, _ user: APIUser) -> String? {
        if user.isMaster { return "" }
        let who = AccessSubject(name: user.name, groups: user.groups)
        for binding in clusterRoleBindings {
            guard let subject = AccessRules.subject(of: binding, matching: who) else { continue }
            if rules(of: binding).contains(where: { AccessRules.rule($0, allows: request) }) {
                return
                    "RBAC: allowed by ClusterRoleBinding \"\(binding.name)\" of ClusterRole \"\(binding[path: "roleRef", "name"]?.string ?? "")\" to \(subject)"
            }
        }
        guard !request.namespace.isEmpty else { return nil }
        for binding in roleBindings[request.namespace] ?? [] {
            guard let subject = AccessRules.subject(of: binding, matching: who) else { continue }
            if rules(of: binding).contains(where: { AccessRules.rule($0, allows: request) }) {
                let kind = binding[path: "roleRef", "kind"]?.string ?? ""
                return
                    "RBAC: allowed by RoleBinding \"\(binding.name)/\(binding.namespace)\" of \(kind) \"\(binding[path: "roleRef", "name"]?.string ?? "")\" to \(subject)"
            }
        }
        return nil
    }

    /// The rules of the role that a binding names.
    func rules(of binding: Value) -> [Value] {
        rules(of: binding["roleRef"], in: binding.namespace)
    }

    func rules(of reference: Value?, in namespace: String) -> [Value] {
        let name = reference?["name"]?.string ?? ""
        let role = reference?["kind"]?.string == "Role" ? roles["\(namespace)/\(name)"] : clusterRoles[name]
        return role?["rules"]?.array ?? []
    }

    /// Everything that the user may do in a namespace.
    func rules(of user: APIUser, in namespace: String) -> [Value] {
        if user.isMaster {
            return [
                ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]], ["verbs": ["*"], "nonResourceURLs": ["*"]],
            ]
        }
        let who = AccessSubject(name: user.name, groups: user.groups)
        return (clusterRoleBindings + (roleBindings[namespace] ?? [])).filter {
            AccessRules.subject(of: $0, matching: who) != nil
        }.flatMap { rules(of: $0) }
    }
}
