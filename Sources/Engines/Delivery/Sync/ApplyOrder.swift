import Documents
public import Kubernetes

/// The order in which objects reach a cluster: what others need comes first, what may refuse others comes last.
public enum ApplyOrder {
    private static let first = [
        "Namespace", "CustomResourceDefinition", "PriorityClass", "RuntimeClass", "StorageClass", "VolumeSnapshotClass",
        "IngressClass", "GatewayClass", "ResourceQuota", "LimitRange", "NetworkPolicy", "PodDisruptionBudget",
        "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Secret", "ConfigMap",
        "PersistentVolume", "PersistentVolumeClaim", "Service", "DaemonSet", "Pod", "ReplicationController",
        "ReplicaSet",
        "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "Ingress", "APIService",
    ]
    private static let last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

    /// Kinds that nobody listed, such as custom ones, come after the listed.
    static func rank(_ kind: ObjectKind) -> Int {
        if let index = last.firstIndex(of: kind.kind) { return first.count + 1 + index }
        return first.firstIndex(of: kind.kind) ?? first.count
    }

    public static func precedes(_ left: ObjectKey, _ right: ObjectKey) -> Bool {
        let ranks = (rank(left.kind), rank(right.kind))
        return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
    }
}
