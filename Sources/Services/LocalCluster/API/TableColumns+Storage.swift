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
                name, phase(core + "PersistentVolumeClaimStatus"),
                text("Volume", "spec", "volumeName", from: core + "PersistentVolumeClaimSpec", missing: ""),
                // Only a bound claim has these.
                made("Capacity", from: (core + "PersistentVolumeClaimStatus", "capacity")) { claim in
                    guard isBound(claim) else { return "" }
                    return claim[path: "status", "capacity", "storage"]?.string ?? "0"
                },
                made("Access Modes", from: (core + "PersistentVolumeClaimStatus", "accessModes")) {
                    isBound($0) ? modes($0, ["status", "accessModes"]) : ""
                },
                className("pvc"), attributesClassName("pvc"), age, mode(core + "PersistentVolumeClaimSpec"),
            ]
        case "persistentvolumes":
            let from = core + "PersistentVolumeSpec"
            return [
                name,
                made("Capacity", from: (from, "capacity")) {
                    $0[path: "spec", "capacity", "storage"]?.string ?? "0"
                },
                made("Access Modes", from: (from, "accessModes")) { modes($0, ["spec", "accessModes"]) },
                text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy", from: from, missing: ""),
                phase(core + "PersistentVolumeStatus"),
                made("Claim", from: (from, "claimRef")) { object in
                    object[path: "spec", "claimRef"].map { "\($0["namespace"]?.string ?? "")/\($0.named)" } ?? ""
                }, className("pv"), attributesClassName("pv"),
                text("Reason", "status", "reason", from: core + "PersistentVolumeStatus", missing: ""), age,
                mode(from),
            ]
        default:
            let from = "io.k8s.api.storage.v1.StorageClass"
            return [
                Column(name: "Name", format: "name", source: (metadata, "name")) { object in
                    let annotations = object[path: "metadata", "annotations"]
                    let isDefault = ["", "beta."].contains {
                        annotations?["storageclass.\($0)kubernetes.io/is-default-class"]?.string == "true"
                    }
                    return .string((object[path: "metadata", "name"]?.string ?? "") + (isDefault ? " (default)" : ""))
                }, text("Provisioner", "provisioner", from: from, missing: ""),
                text("ReclaimPolicy", "reclaimPolicy", from: from, missing: "Delete"),
                text("VolumeBindingMode", "volumeBindingMode", from: from, missing: "Immediate"),
                Column(name: "AllowVolumeExpansion", source: (from, "allowVolumeExpansion")) {
                    $0["allowVolumeExpansion"] ?? false
                }, age,
            ]
        }
    }

    private static func isBound(_ claim: Value) -> Bool {
        claim[path: "spec", "volumeName"]?.string?.isEmpty == false
    }

    private static func phase(_ source: String) -> Column {
        made("Status", from: (source, "phase")) {
            $0.isBeingDeleted ? "Terminating" : $0[path: "status", "phase"]?.string ?? ""
        }
    }

    private static func className(_ what: String) -> Column {
        made("StorageClass", detail: "StorageClass of the \(what)") { object in
            object[path: "metadata", "annotations", "volume.beta.kubernetes.io/storage-class"]?.string
                ?? object[path: "spec", "storageClassName"]?.string ?? ""
        }
    }

    private static func attributesClassName(_ what: String) -> Column {
        made("VolumeAttributesClass", detail: "VolumeAttributesClass of the \(what)") {
            $0[path: "spec", "volumeAttributesClassName"]?.string ?? "<unset>"
        }
    }

    private static func mode(_ source: String) -> Column {
        text("VolumeMode", "spec", "volumeMode", from: source, missing: "<unset>", wide: true)
    }
}
