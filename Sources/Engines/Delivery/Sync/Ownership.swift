import Documents
import Kubernetes
import WaybillCore

/// How an object says which environment it belongs to, and that it wants to stay.
public enum Ownership {
    /// The label that the agent puts on everything it applies.
    public static let environmentLabel = "waybill.dev/environment"
    /// The label that names the application, where an environment has several.
    public static let applicationLabel = "waybill.dev/application"
    /// `disabled` keeps an object that left the repository; `enabled` lets a protected kind go.
    public static let pruneAnnotation = "waybill.dev/prune"

    /// Kinds whose deletion takes other people's objects or data with it.
    static let protectedKinds: Set<String> = [
        "Namespace", "CustomResourceDefinition", "PersistentVolume", "PersistentVolumeClaim",
    ]

    /// The object belongs to somebody else, who has to let go of it first.
    static func violation(
        _ key: ObjectKey, _ live: Resource, environment: String, options: SyncOptions
    ) -> Finding? {
        if let owner = live.labels[environmentLabel], !owner.hasSameBytes(as: environment) {
            return finding(key, "the environment \(owner), not to \(environment)", environmentLabel)
        }
        if let owner = options.claimedBy(InventoryName(key)) {
            return finding(
                key, "the application \(owner) as well: two applications declare it", applicationLabel)
        }
        return nil
    }

    private static func finding(_ key: ObjectKey, _ owner: String, _ label: String) -> Finding {
        Finding(
            rule: "WB-AGT-003", kind: .configuration, severity: .high, message: "\(key) belongs to \(owner)",
            place: Place(object: key.description, field: "metadata.labels[\"\(label)\"]"),
            remedy: "remove the object from one of the two")
    }

    /// Why a live object must not be pruned; nil when it may be.
    static func reasonToKeep(
        _ live: Resource, in environment: String, options: SyncOptions = SyncOptions()
    ) -> String? {
        if let owner = live.labels[environmentLabel], !owner.hasSameBytes(as: environment) {
            return "it belongs to the environment \(owner)"
        }
        if let application = options.application, let owner = live.labels[applicationLabel],
            !owner.hasSameBytes(as: application)
        {
            return "it belongs to the application \(owner)"
        }
        if let owner = otherOwner(of: live) { return "\(owner) holds it" }
        return wish(live)
    }

    /// Somebody else who would make the object again, or miss it.
    private static func otherOwner(of live: Resource) -> String? {
        for owner in live["metadata", "ownerReferences"]?.array ?? [] where owner["controller"]?.bool == true {
            return "\(owner["kind"]?.string ?? "another object") \(owner["name"]?.string ?? "")"
        }
        let notes = live.annotations
        if let tracking = notes["argocd.argoproj.io/tracking-id"] {
            return "Argo CD's application \(tracking.split(separator: ":").first.map(String.init) ?? tracking)"
        }
        if let release = notes["meta.helm.sh/release-name"], live.labels["app.kubernetes.io/managed-by"] == "Helm" {
            return "Helm's release \(release)"
        }
        let labels = live.labels
        for (label, tool) in [
            ("kustomize.toolkit.fluxcd.io/name", "Flux's Kustomization"),
            ("helm.toolkit.fluxcd.io/name", "Flux's HelmRelease"),
        ] {
            if let name = labels[label] { return "\(tool) \(name)" }
        }
        return nil
    }

    private static func wish(_ live: Resource) -> String? {
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
        if options.split(separator: ",").contains(where: {
            ["Prune=false", "Prune=confirm"].contains($0.filter { $0 != " " })
        }) {
            return "its annotation argocd.argoproj.io/sync-options says so"
        }
        if protectedKinds.contains(live.kind), wish != "enabled" {
            return
                "deleting a \(live.kind) deletes what is in it; annotate it with \(pruneAnnotation)=enabled to allow that"
        }
        return nil
    }
}
