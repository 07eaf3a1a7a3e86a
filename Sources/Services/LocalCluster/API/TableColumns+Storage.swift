import Documents
import Kubernetes
import KubernetesAPI

/// The columns of volumes, claims and classes.
extension TableColumns {
    static func storage(_ type: ResourceType) -> [Column] {
        @Sendable func modes(_ object: Value, _ path: [String]) -> String {
            let short = [
                "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
            ]
            return (object[Pointer(path)]?.array ?? []).compactMap { $0.string.flatMap { short[$0] } }.joined(
                separator: ",")
        }
        switch type.qualifiedName {
        case "persistentvolumeclaims":
            return [
                name, text("Status", "status", "phase", from: core + "PersistentVolumeClaimStatus"),
                text("Volume", "spec", "volumeName", from: core + "PersistentVolumeClaimSpec", missing: ""),
                text(
                    "Capacity", "status", "capacity", "storage", from: core + "PersistentVolumeClaimStatus", missing: ""
                ),
                made("Access Modes", from: (core + "PersistentVolumeClaimStatus", "accessModes")) {
                    modes($0, ["status", "accessModes"])
                },
                text("StorageClass", "spec", "storageClassName", from: core + "PersistentVolumeClaimSpec", missing: ""),
                text(
                    "VolumeAttributesClass", "spec", "volumeAttributesClassName",
                    from: core + "PersistentVolumeClaimSpec", missing: "<unset>"), age,
                text("VolumeMode", "spec", "volumeMode", from: core + "PersistentVolumeClaimSpec", wide: true),
            ]
        case "persistentvolumes":
            let from = core + "PersistentVolumeSpec"
            return [
                name, text("Capacity", "spec", "capacity", "storage", from: from),
                made("Access Modes", from: (from, "accessModes")) { modes($0, ["spec", "accessModes"]) },
                text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy", from: from),
                text("Status", "status", "phase", from: core + "PersistentVolumeStatus"),
                made("Claim", from: (from, "claimRef")) { object in
                    object[path: "spec", "claimRef"].map { "\($0["namespace"]?.string ?? "")/\($0.named)" } ?? ""
                }, text("StorageClass", "spec", "storageClassName", from: from, missing: ""),
                text("VolumeAttributesClass", "spec", "volumeAttributesClassName", from: from, missing: "<unset>"),
                text("Reason", "status", "reason", from: core + "PersistentVolumeStatus", missing: ""), age,
                text("VolumeMode", "spec", "volumeMode", from: from, wide: true),
            ]
        default:
            let from = "io.k8s.api.storage.v1.StorageClass"
            return [
                name, text("Provisioner", "provisioner", from: from),
                text("ReclaimPolicy", "reclaimPolicy", from: from),
                text("VolumeBindingMode", "volumeBindingMode", from: from),
                Column(name: "AllowVolumeExpansion", source: (from, "allowVolumeExpansion")) {
                    $0["allowVolumeExpansion"] ?? false
                }, age,
            ]
        }
    }
}
