import Documents
import Kubernetes
import KubernetesAPI

/// The columns of each kind.
enum TableColumns {
    typealias Column = Table.Column

    static let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

    static let name = Column(name: "Name", format: "name", source: (metadata, "name")) {
        $0[path: "metadata", "name"] ?? ""
    }
    static let age = Column(name: "Age", source: (metadata, "creationTimestamp")) {
        .string(APITime.age(since: $0[path: "metadata", "creationTimestamp"]?.string))
    }
    /// Kinds without columns of their own.
    static let created = Column(name: "Created At", type: "date", source: (metadata, "creationTimestamp")) {
        $0[path: "metadata", "creationTimestamp"] ?? ""
    }

    static func text(
        _ name: String, _ path: String..., from source: String, missing: Value = "<none>", wide: Bool = false
    ) -> Column {
        Column(name: name, priority: wide ? 1 : 0, source: (source, path.last ?? "")) { object in
            let found = object[Pointer(path)]
            return found == nil || found == "" ? missing : found ?? missing
        }
    }

    static func number(_ name: String, _ path: String..., from source: String) -> Column {
        Column(name: name, type: "integer", source: (source, path.last ?? "")) {
            .integer($0[Pointer(path)]?.integer ?? 0)
        }
    }

    static func count(_ name: String, _ path: String..., from source: String, type: String = "string") -> Column {
        Column(name: name, type: type, source: (source, path.last ?? "")) { object in
            .integer(object[Pointer(path)]?.object?.count ?? object[Pointer(path)]?.array?.count ?? 0)
        }
    }

    static func made(
        _ name: String, type: String = "string", from source: (String, String)? = nil, detail: String = "",
        wide: Bool = false, _ cell: @escaping @Sendable (Value) -> String
    ) -> Column {
        Column(name: name, type: type, priority: wide ? 1 : 0, source: source, detail: detail) { .string(cell($0)) }
    }

    static let core = "io.k8s.api.core.v1."
    static let apps = "io.k8s.api.apps.v1."
    static let batch = "io.k8s.api.batch.v1."

    static func columns(of type: ResourceType) -> [Column] {
        if let custom = type.custom { return self.custom(custom) }
        if let columns = cluster(type) { return columns }
        switch type.qualifiedName {
        case "pods": return pods
        case "services": return services
        case "nodes": return nodes
        case "events", "events.events.k8s.io": return events
        case "jobs.batch", "cronjobs.batch": return jobs(type)
        case "configmaps":
            let data = Column(name: "Data", source: (core + "ConfigMap", "data")) { object in
                .integer((object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0))
            }
            return [name, data, age]
        case "secrets":
            return [
                name, text("Type", "type", from: core + "Secret"), count("Data", "data", from: core + "Secret"), age,
            ]
        case "serviceaccounts":
            return [name, count("Secrets", "secrets", from: core + "ServiceAccount"), age]
        case "namespaces":
            return [
                name,
                Column(name: "Status", detail: "The status of the namespace") {
                    $0[path: "status", "phase"] ?? "<unknown>"
                }, age,
            ]
        case "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "replicationcontrollers":
            return workload(type)
        case "leases.coordination.k8s.io":
            return [
                name,
                text("Holder", "spec", "holderIdentity", from: "io.k8s.api.coordination.v1.LeaseSpec", missing: ""),
                age,
            ]
        case "networkpolicies.networking.k8s.io":
            return [
                name,
                made("Pod-Selector", from: ("io.k8s.api.networking.v1.NetworkPolicySpec", "podSelector")) {
                    shown($0[path: "spec", "podSelector"])
                }, age,
            ]
        case "ingresses.networking.k8s.io": return ingresses
        case "ingressclasses.networking.k8s.io":
            return [
                name,
                made("Controller", detail: "Controller that is responsible for handling this class") {
                    $0[path: "spec", "controller"]?.string ?? ""
                },
                made("Parameters", detail: "A reference to a resource with additional parameters") { object in
                    guard let parameters = object[path: "spec", "parameters"] else { return "<none>" }
                    let group = parameters["apiGroup"]?.string.map { ".\($0)" } ?? ""
                    return "\(parameters["kind"]?.string ?? "")\(group)/\(parameters.named)"
                }, age,
            ]
        case "poddisruptionbudgets.policy": return budgets
        case "horizontalpodautoscalers.autoscaling": return autoscalers
        case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io": return [name, created]
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            return bindings(isCluster: type.plural == "clusterrolebindings")
        case "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io": return storage(type)
        case "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            let webhooks = Column(
                name: "Webhooks", type: "integer",
                detail: "Webhooks indicates the number of webhooks registered in this configuration"
            ) { .integer($0["webhooks"]?.array?.count ?? 0) }
            return [name, webhooks, age]
        case "priorityclasses.scheduling.k8s.io":
            let from = "io.k8s.api.scheduling.v1.PriorityClass"
            return [
                name, number("Value", "value", from: from),
                Column(name: "Global-Default", type: "boolean", source: (from, "globalDefault")) {
                    $0["globalDefault"] ?? false
                }, age, text("PreemptionPolicy", "preemptionPolicy", from: from, missing: ""),
            ]
        case "endpoints":
            return [
                name,
                made("Endpoints", from: (core + "Endpoints", "subsets")) { addresses(of: $0) }, age,
            ]
        case "endpointslices.discovery.k8s.io": return slices
        case "resourcequotas":
            return [
                name,
                made(
                    "Request", detail: "Request represents a minimum amount of cpu/memory that a container may consume."
                ) {
                    amounts($0) { !$0.hasPrefix("limits.") }
                },
                made(
                    "Limit",
                    detail:
                        "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node."
                ) {
                    amounts($0) { $0.hasPrefix("limits.") }
                }, age,
            ]
        case "controllerrevisions.apps":
            return [
                name,
                made("Controller", detail: "Controller of the object") { object in
                    let owners = object[path: "metadata", "ownerReferences"]?.array ?? []
                    guard let owner = owners.first(where: { $0["controller"]?.bool == true }) else { return "<none>" }
                    let kind = ObjectKind(
                        apiVersion: owner["apiVersion"]?.string ?? "", kind: owner["kind"]?.string ?? "")
                    let name = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
                    return "\(name.lowercased())/\(owner.named)"
                },
                Column(name: "Revision", source: (apps + "ControllerRevision", "revision")) {
                    .integer($0.number("revision"))
                }, age,
            ]
        case "customresourcedefinitions.apiextensions.k8s.io", "limitranges": return [name, created]
        case "runtimeclasses.node.k8s.io":
            return [name, text("Handler", "handler", from: "io.k8s.api.node.v1.RuntimeClass"), age]
        case "podtemplates":
            return [name] + containers(["template", "spec"], wide: false) + [
                made("Pod Labels", detail: "The labels for the pod template.") {
                    labels($0[path: "template", "metadata", "labels"])
                }
            ]
        default: return [name, created]
        }
    }

    static func custom(_ type: CustomType) -> [Column] {
        guard !type.columns.isEmpty else { return [name, age] }
        return [name]
            + type.columns.map { column in
                Column(
                    name: column.name, type: column.type, format: column.format, priority: column.priority,
                    detail: column.detail
                ) { object in
                    let values = column.path.values(in: object)
                    guard let first = values.first, !first.isNull else { return .null }
                    switch column.type {
                    case "integer": return first.integer.map { .integer($0) } ?? .null
                    case "number": return first.number.map { .number($0) } ?? .null
                    case "boolean": return first.bool.map { .bool($0) } ?? .null
                    case "date": return .string(APITime.age(since: first.string))
                    default:
                        return .string(
                            values.map { $0.string ?? JSONWriter.string($0) }.joined(separator: ","))
                    }
                }
            }
    }

    static func bindings(isCluster: Bool) -> [Column] {
        let kind = "io.k8s.api.rbac.v1.\(isCluster ? "ClusterRoleBinding" : "RoleBinding")"
        func subjects(_ title: String, _ word: String) -> Column {
            made(title, detail: "\(title) in the \(isCluster ? "clusterRoleBinding" : "roleBinding")", wide: true) {
                binding in
                (binding["subjects"]?.array ?? []).filter { $0["kind"]?.string == word }.map { subject in
                    word == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(subject.named)" : subject.named
                }.joined(separator: ", ")
            }
        }
        return [
            name,
            made("Role", from: (kind, "roleRef")) {
                "\($0[path: "roleRef", "kind"]?.string ?? "")/\($0[path: "roleRef", "name"]?.string ?? "")"
            }, age, subjects("Users", "User"), subjects("Groups", "Group"),
            subjects("ServiceAccounts", "ServiceAccount"),
        ]
    }

    static func labels(_ value: Value?) -> String {
        guard let members = value?.object, !members.isEmpty else { return "<none>" }
        return members.sorted().map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    static func shown(_ selector: Value?) -> String {
        let text = selector.flatMap { try? LabelSelector($0) }?.description ?? ""
        return text.isEmpty ? "<none>" : text
    }

    static func amounts(_ quota: Value, _ isShown: (String) -> Bool) -> String {
        (quota[path: "status", "hard"]?.object ?? Object()).sorted().filter { isShown($0.key) }.map { member in
            let used = quota[path: "status", "used"]?[member.key]?.string ?? "0"
            return "\(member.key): \(used)/\(member.value.string ?? "")"
        }.joined(separator: ", ")
    }
}

extension Value {
    func number(_ path: String...) -> Int { self[Pointer(path)]?.integer ?? 0 }
}
