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

/// How an object says which environment it belongs to, and that it wants to stay.
public enum Ownership {
    /// The label that the agent puts on everything it applies.
    public static let environmentLabel = "waybill.dev/environment"
    /// `disabled` keeps an object that left the repository; `enabled` lets a protected kind go.
    public static let pruneAnnotation = "waybill.dev/prune"

    /// Kinds whose deletion takes other people's objects or data with it.
    private static let protectedKinds: Set<String> = [
        "Namespace", "CustomResourceDefinition", "PersistentVolume", "PersistentVolumeClaim",
    ]

    /// Why a live object must not be pruned; nil when it may be.
    static func reasonToKeep(_ live: Resource, in environment: String) -> String? {
        if let owner = live.labels[environmentLabel], !owner.hasSameBytes(as: environment) {
            return "it belongs to the environment \(owner)"
        }
        let wish = live.annotations[pruneAnnotation]
        if wish == "disabled" { return "its annotation \(pruneAnnotation) says so" }
        // What people already write for the tools they come from.
        if live.annotations["helm.sh/resource-policy"] == "keep" {
            return "its annotation helm.sh/resource-policy says so"
        }
        if live.annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
            || live.labels["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
        {
            return "kustomize.toolkit.fluxcd.io/prune says so"
        }
        let options = live.annotations["argocd.argoproj.io/sync-options"] ?? ""
        if options.split(separator: ",").contains(where: { $0.filter { $0 != " " } == "Prune=false" }) {
            return "its annotation argocd.argoproj.io/sync-options says so"
        }
        if protectedKinds.contains(live.kind), wish != "enabled" {
            return
                "deleting a \(live.kind) deletes what is in it; annotate it with \(pruneAnnotation)=enabled to allow that"
        }
        return nil
    }
}
