import Documents
import Kubernetes

/// What names a resource while it is customised.
struct ResourceID: Hashable {
    var group: String
    var version: String
    var kind: String
    var namespace: String
    var name: String

    init(group: String = "", version: String = "", kind: String = "", namespace: String = "", name: String = "") {
        self.group = group
        self.version = version
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    init(_ value: Value) {
        let kind = ObjectKind(apiVersion: value["apiVersion"]?.string ?? "", kind: value["kind"]?.string ?? "")
        self.init(
            group: kind.group, version: kind.version, kind: kind.kind,
            namespace: value["metadata"]?["namespace"]?.string ?? "", name: value["metadata"]?["name"]?.string ?? "")
    }

    /// Kinds that belong to no namespace; every kind that is not listed belongs to one.
    private static let clusterKinds: Set<String> = [
        "/ComponentStatus", "/Namespace", "/Node", "/PersistentVolume",
        "admissionregistration.k8s.io/MutatingWebhookConfiguration",
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
        "apiextensions.k8s.io/CustomResourceDefinition", "apiregistration.k8s.io/APIService",
        "authentication.k8s.io/TokenReview", "authorization.k8s.io/SelfSubjectAccessReview",
        "authorization.k8s.io/SelfSubjectRulesReview", "authorization.k8s.io/SubjectAccessReview",
        "certificates.k8s.io/CertificateSigningRequest", "flowcontrol.apiserver.k8s.io/FlowSchema",
        "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration", "internal.apiserver.k8s.io/StorageVersion",
        "networking.k8s.io/IngressClass", "node.k8s.io/RuntimeClass", "policy/PodSecurityPolicy",
        "rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/ClusterRoleBinding",
        "scheduling.k8s.io/PriorityClass", "storage.k8s.io/CSIDriver", "storage.k8s.io/CSINode",
        "storage.k8s.io/StorageClass", "storage.k8s.io/VolumeAttachment",
    ]

    var isClusterScoped: Bool { Self.clusterKinds.contains("\(group)/\(kind)") }

    /// No namespace means `default`; an object of the whole cluster has none of its own.
    var effectiveNamespace: String { isClusterScoped ? "" : namespace.isEmpty ? "default" : namespace }

    func isSameKindAndName(as other: ResourceID) -> Bool {
        name == other.name && kind == other.kind && group == other.group && version == other.version
    }

    func isSame(as other: ResourceID) -> Bool {
        isSameKindAndName(as: other) && effectiveNamespace == other.effectiveNamespace
    }
}

extension ResourceID: CustomStringConvertible {
    var description: String {
        let api = group.isEmpty ? version : "\(group)/\(version)"
        return "\(api.isEmpty ? "" : api + " ")\(kind)/\(name)" + (namespace.isEmpty ? "" : " in \(namespace)")
    }
}

/// A group, version and kind where an empty part matches everything.
struct KindPattern: Hashable {
    var group = ""
    var version = ""
    var kind = ""

    func matches(_ id: ResourceID) -> Bool {
        (group.isEmpty || group == id.group) && (version.isEmpty || version == id.version) && (kind.isEmpty || kind == id.kind)
    }

    func covers(_ other: KindPattern) -> Bool {
        (group.isEmpty || group == other.group) && (version.isEmpty || version == other.version)
            && (kind.isEmpty || kind == other.kind)
    }
}
