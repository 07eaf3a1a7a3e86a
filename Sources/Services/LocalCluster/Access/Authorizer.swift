import Documents
import Kubernetes
import KubernetesAPI
import Synchronization

/// Role-based access control over the roles and bindings in the store. The store tells it every change.
final class Authorizer: Sendable {
    private static let group = "rbac.authorization.k8s.io"
    private let state = Mutex(AccessSnapshot())

    var snapshot: AccessSnapshot { state.withLock { $0 } }

    static func concerns(_ resource: String) -> Bool { resource.hasSuffix(".\(group)") }

    /// Takes an object as it stands now; nil where it is gone.
    func update(_ key: ObjectStore.Key, _ object: Value?) {
        state.withLock { state in
            switch key.resource {
            case "clusterroles.\(Self.group)": state.clusterRoles[key.name] = object
            case "roles.\(Self.group)": state.roles["\(key.namespace)/\(key.name)"] = object
            case "clusterrolebindings.\(Self.group)":
                state.clusterRoleBindings.removeAll { $0.name == key.name }
                if let object { state.clusterRoleBindings.append(object) }
                state.clusterRoleBindings.sort { $0.name.precedesByBytes($1.name) }
            case "rolebindings.\(Self.group)":
                var bindings = state.roleBindings[key.namespace] ?? []
                bindings.removeAll { $0.name == key.name }
                if let object { bindings.append(object) }
                bindings.sort { $0.name.precedesByBytes($1.name) }
                state.roleBindings[key.namespace] = bindings.isEmpty ? nil : bindings
            default: break
            }
        }
    }

    /// Throws the refusal in the real server's words.
    func check(_ request: AccessRequest, _ user: APIUser) throws(APIError) {
        guard snapshot.reason(for: request, user) == nil else { return }
        if !request.path.isEmpty {
            throw APIError(
                code: 403, reason: "Forbidden",
                message: "forbidden: User \"\(user.name)\" cannot \(request.verb) path \"\(request.path)\"",
                details: Object())
        }
        let scope =
            request.namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(request.namespace)\""
        let resource = request.subresource.isEmpty ? request.resource : "\(request.resource)/\(request.subresource)"
        let qualified = request.group.isEmpty ? request.resource : "\(request.resource).\(request.group)"
        var details = Object()
        if !request.name.isEmpty { details["name"] = .string(request.name) }
        if !request.group.isEmpty { details["group"] = .string(request.group) }
        details["kind"] = .string(request.resource)
        throw APIError(
            code: 403, reason: "Forbidden",
            message:
                "\(qualified)\(request.name.isEmpty ? "" : " \"\(request.name)\"") is forbidden: User \"\(user.name)\" cannot \(request.verb) resource \"\(resource)\" in API group \"\(request.group)\" \(scope)",
            details: details)
    }

    /// Nobody grants what he does not hold, unless he may `escalate` or `bind`.
    func checkEscalation(_ object: Value, _ path: ResourcePath, _ user: APIUser) throws(APIError) {
        let snapshot = snapshot
        let namespace = path.namespace ?? ""
        let isBinding = path.type.plural.hasSuffix("bindings")
        let granted: [Value]
        var allowed = AccessRequest(
            verb: isBinding ? "bind" : "escalate", group: path.type.group, resource: path.type.plural,
            namespace: namespace, name: object.name)
        if isBinding {
            granted = snapshot.rules(of: object["roleRef"], in: namespace)
            allowed.resource = object[path: "roleRef", "kind"]?.string == "Role" ? "roles" : "clusterroles"
            allowed.name = object[path: "roleRef", "name"]?.string ?? ""
        } else {
            granted = object["rules"]?.array ?? []
        }
        if snapshot.reason(for: allowed, user) != nil { return }
        let held = snapshot.rules(of: user, in: namespace)
        let missing = granted.filter { !AccessRules.covers(held, $0) }
        guard !missing.isEmpty else { return }
        let texts = missing.map { rule in
            var parts: [String] = []
            for (title, key) in [
                ("APIGroups", "apiGroups"), ("Resources", "resources"), ("ResourceNames", "resourceNames"),
                ("NonResourceURLs", "nonResourceURLs"), ("Verbs", "verbs"),
            ] {
                if let list = rule[key]?.array, !list.isEmpty {
                    parts.append("\(title):[\(list.map { JSONWriter.string($0) }.joined(separator: " "))]")
                }
            }
            return "{\(parts.joined(separator: ", "))}"
        }
        throw .forbidden(
            path.type, object.name,
            "user \"\(user.name)\" (groups=[\(user.groups.map { "\"\($0)\"" }.joined(separator: " "))]) is attempting to grant RBAC permissions not currently held:\n\(texts.joined(separator: "\n"))"
        )
    }
}

extension AccessRequest {
    /// What a request of the API asks to do.
    init(_ path: ResourcePath, _ request: APIRequest) {
        let verb: String
        switch (request.method, path.name) {
        case ("GET", nil), ("HEAD", nil): verb = Selection.isWatch(request) ? "watch" : "list"
        case ("GET", _), ("HEAD", _): verb = Selection.isWatch(request) ? "watch" : "get"
        case ("POST", _): verb = "create"
        case ("PUT", _): verb = "update"
        case ("PATCH", _): verb = "patch"
        case ("DELETE", nil): verb = "deletecollection"
        default: verb = "delete"
        }
        // A list of one object by its name counts as asking for that object.
        var name = path.name ?? ""
        if path.name == nil, let selector = request.parameter("fieldSelector"),
            let fields = try? FieldSelector(parsing: selector),
            let only = fields.requirements.first(where: { $0.field == "metadata.name" && $0.isEqual })
        {
            name = only.value
        }
        let isNamespace = path.type.qualifiedName == "namespaces"
        self.init(
            verb: verb, group: path.type.group, resource: path.type.plural, subresource: path.subresource ?? "",
            namespace: isNamespace ? path.name ?? "" : path.namespace ?? "", name: name)
    }
}
