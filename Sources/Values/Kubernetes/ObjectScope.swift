import Documents

/// Whether objects of a kind live in namespaces.
public enum ObjectScope: String, Sendable {
    case namespaced = "Namespaced"
    case cluster = "Cluster"

    /// The built-in kinds that belong to the whole cluster, as `group/kind`.
    private static let clusterKinds: Set<String> = [
        "/ComponentStatus", "/Namespace", "/Node", "/PersistentVolume",
        "admissionregistration.k8s.io/MutatingAdmissionPolicy",
        "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
        "admissionregistration.k8s.io/MutatingWebhookConfiguration",
        "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
        "apiextensions.k8s.io/CustomResourceDefinition", "apiregistration.k8s.io/APIService",
        "authentication.k8s.io/SelfSubjectReview", "authentication.k8s.io/TokenReview",
        "authorization.k8s.io/SelfSubjectAccessReview", "authorization.k8s.io/SelfSubjectRulesReview",
        "authorization.k8s.io/SubjectAccessReview", "certificates.k8s.io/CertificateSigningRequest",
        "flowcontrol.apiserver.k8s.io/FlowSchema", "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
        "internal.apiserver.k8s.io/StorageVersion", "networking.k8s.io/IngressClass", "networking.k8s.io/IPAddress",
        "networking.k8s.io/ServiceCIDR", "node.k8s.io/RuntimeClass", "policy/PodSecurityPolicy",
        "rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/ClusterRoleBinding",
        "resource.k8s.io/DeviceClass", "resource.k8s.io/ResourceSlice", "scheduling.k8s.io/PriorityClass",
        "storage.k8s.io/CSIDriver", "storage.k8s.io/CSINode", "storage.k8s.io/StorageClass",
        "storage.k8s.io/VolumeAttachment", "storage.k8s.io/VolumeAttributesClass",
    ]

    /// The same, found by kind alone: most kinds are in no group's list.
    private static let clusterGroups: [String: [String]] = Dictionary(
        grouping: clusterKinds.map { $0.split(separator: "/", omittingEmptySubsequences: false).map(String.init) },
        by: { $0[1] }
    ).mapValues { $0.map { $0[0] } }

    /// Nil for kinds that are not built in: their definitions say it.
    public init?(builtIn kind: ObjectKind) {
        if Self.clusterGroups[kind.kind]?.contains(kind.group) == true {
            self = .cluster
        } else if kind.group.isEmpty || !kind.group.contains(".") || kind.group.hasSuffix(".k8s.io") {
            self = .namespaced
        } else {
            return nil
        }
    }

    /// What a CustomResourceDefinition says about its kind; nil for every other object.
    public static func declared(by definition: Resource) -> (group: String, kind: String, scope: ObjectScope)? {
        guard definition.kind == "CustomResourceDefinition", let group = definition["spec", "group"]?.string,
            let kind = definition["spec", "names", "kind"]?.string,
            let scope = definition["spec", "scope"]?.string.flatMap(ObjectScope.init(rawValue:))
        else { return nil }
        return (group, kind, scope)
    }
}
