import Kubernetes

/// A kind of objects that the API serves, with its place in the URL and what can be done with it.
struct ResourceType: Hashable, Sendable {
    struct Subresource: Hashable, Sendable {
        var name: String
        var verbs: [String]
        /// The kind that the subresource reads and writes.
        var kind: ObjectKind
    }

    var kind: ObjectKind
    /// `deployments`.
    var plural: String
    var isNamespaced: Bool
    var shortNames: [String] = []
    var categories: [String] = []
    var verbs: [String] = ResourceType.allVerbs
    var subresources: [Subresource] = []

    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

    var group: String { kind.group }
    var singular: String { kind.kind.lowercased() }
    /// `deployments.apps`: how messages and the store name it.
    var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
    var listKind: String { kind.kind + "List" }
    var hasStatus: Bool { subresources.contains { $0.name == "status" } }

    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }
}

/// The kinds that are built in.
enum ResourceTable {
    /// One row per kind: group/version, plural, kind, scope (n or c), then short names, `*category`, `/subresource`.
    private static let rows = """
        v1 configmaps ConfigMap n cm
        v1 endpoints Endpoints n ep
        v1 events Event n ev
        v1 limitranges LimitRange n limits
        v1 namespaces Namespace c ns /status /finalize
        v1 nodes Node c no /status
        v1 persistentvolumeclaims PersistentVolumeClaim n pvc /status
        v1 persistentvolumes PersistentVolume c pv /status
        v1 pods Pod n po *all /status /log /binding /eviction
        v1 podtemplates PodTemplate n
        v1 replicationcontrollers ReplicationController n rc *all /scale /status
        v1 resourcequotas ResourceQuota n quota /status
        v1 secrets Secret n
        v1 serviceaccounts ServiceAccount n sa
        v1 services Service n svc *all /status
        apps/v1 controllerrevisions ControllerRevision n
        apps/v1 daemonsets DaemonSet n ds *all /status
        apps/v1 deployments Deployment n deploy *all /scale /status
        apps/v1 replicasets ReplicaSet n rs *all /scale /status
        apps/v1 statefulsets StatefulSet n sts *all /scale /status
        autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler n hpa *all /status
        batch/v1 cronjobs CronJob n cj *all /status
        batch/v1 jobs Job n *all /status
        networking.k8s.io/v1 ingressclasses IngressClass c
        networking.k8s.io/v1 ingresses Ingress n ing /status
        networking.k8s.io/v1 networkpolicies NetworkPolicy n netpol
        policy/v1 poddisruptionbudgets PodDisruptionBudget n pdb /status
        rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding c
        rbac.authorization.k8s.io/v1 clusterroles ClusterRole c
        rbac.authorization.k8s.io/v1 rolebindings RoleBinding n
        rbac.authorization.k8s.io/v1 roles Role n
        storage.k8s.io/v1 storageclasses StorageClass c sc
        admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration c *api-extensions
        admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration c *api-extensions
        scheduling.k8s.io/v1 priorityclasses PriorityClass c pc
        coordination.k8s.io/v1 leases Lease n
        node.k8s.io/v1 runtimeclasses RuntimeClass c
        discovery.k8s.io/v1 endpointslices EndpointSlice n
        """

    static let all: [ResourceType] = rows.split(separator: "\n").compactMap(row)

    /// Kinds whose controllers this cluster lacks: refused on creation rather than stored without effect.
    static let withoutController: Set<String> = [
        "replicationcontrollers", "statefulsets.apps", "daemonsets.apps", "horizontalpodautoscalers.autoscaling",
        "cronjobs.batch", "jobs.batch", "resourcequotas", "limitranges",
    ]

    private static func row(_ text: Substring) -> ResourceType? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 4 else { return nil }
        let kind = ObjectKind(apiVersion: words[0], kind: words[2])
        var type = ResourceType(kind: kind, plural: words[1], isNamespaced: words[3] == "n")
        for word in words.dropFirst(4) {
            if word.hasPrefix("*") {
                type.categories.append(String(word.dropFirst()))
            } else if word.hasPrefix("/") {
                type.subresources.append(subresource(String(word.dropFirst()), of: kind))
            } else {
                type.shortNames.append(word)
            }
        }
        type.subresources.sort { $0.name < $1.name }
        if type.plural == "namespaces" { type.verbs.removeAll { $0 == "deletecollection" } }
        return type
    }

    private static func subresource(_ name: String, of kind: ObjectKind) -> ResourceType.Subresource {
        switch name {
        case "scale":
            .init(
                name: name, verbs: ["get", "patch", "update"],
                kind: ObjectKind(group: "autoscaling", version: "v1", kind: "Scale"))
        case "log": .init(name: name, verbs: ["get"], kind: kind)
        case "finalize": .init(name: name, verbs: ["update"], kind: kind)
        case "binding":
            .init(name: name, verbs: ["create"], kind: ObjectKind(group: "", version: "v1", kind: "Binding"))
        case "eviction":
            .init(name: name, verbs: ["create"], kind: ObjectKind(group: "policy", version: "v1", kind: "Eviction"))
        default: .init(name: name, verbs: ["get", "patch", "update"], kind: kind)
        }
    }

    static func type(of kind: ObjectKind) -> ResourceType? { all.first { $0.kind == kind } }
    static func type(group: String, version: String, plural: String) -> ResourceType? {
        all.first { $0.group == group && $0.kind.version == version && $0.plural == plural }
    }
}
