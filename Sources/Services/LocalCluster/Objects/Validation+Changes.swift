import Documents
import Kubernetes
import KubernetesAPI

extension Validation {
    /// What may not change once it is there.
    static func changes(_ object: Value, _ old: Value, _ type: ResourceType) -> [Cause] {
        func fixed(_ path: String...) -> [Cause] { self.fixed(object, old, path) }
        switch type.qualifiedName {
        case "deployments.apps", "replicasets.apps", "daemonsets.apps": return fixed("spec", "selector")
        case "statefulsets.apps": return statefulSet(object, old)
        case "controllerrevisions.apps": return fixed("data")
        case "jobs.batch": return JobChanges.check(object, old)
        case "configmaps", "secrets":
            var causes = type.plural == "secrets" ? fixed("type") : []
            guard old["immutable"]?.bool == true else { return causes }
            if object["immutable"]?.bool != true {
                causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
            }
            for key in ["data", "binaryData"] where object[key] != old[key] {
                causes.append(.forbidden(key, "field is immutable when `immutable` is set"))
            }
            return causes
        case "services": return ServiceChanges.check(object, old)
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            guard object["roleRef"] != old["roleRef"] else { return [] }
            let reference = object["roleRef"]
            let shown: Value = [
                "APIGroup": reference?["apiGroup"] ?? "", "Kind": reference?["kind"] ?? "",
                "Name": reference?["name"] ?? "",
            ]
            return [.invalid("roleRef", shown, "cannot change roleRef")]
        case "priorityclasses.scheduling.k8s.io":
            var causes: [Cause] = []
            if object["value"] != old["value"] {
                causes.append(.forbidden("value", "may not be changed in an update."))
            }
            if object["preemptionPolicy"] != old["preemptionPolicy"] {
                causes.append(
                    .invalid("preemptionPolicy", object["preemptionPolicy"] ?? .null, "field is immutable"))
            }
            return causes
        case "storageclasses.storage.k8s.io": return StorageChanges.storageClass(object, old)
        case "volumeattributesclasses.storage.k8s.io": return StorageChanges.attributesClass(object, old)
        case "csidrivers.storage.k8s.io": return StorageChanges.driver(object, old)
        case "volumeattachments.storage.k8s.io": return fixed("spec")
        case "csistoragecapacities.storage.k8s.io": return fixed("nodeTopology") + fixed("storageClassName")
        case "persistentvolumes": return StorageChanges.volume(object, old)
        case "ingressclasses.networking.k8s.io": return fixed("spec", "controller")
        case "endpointslices.discovery.k8s.io": return fixed("addressType")
        case "runtimeclasses.node.k8s.io": return fixed("handler")
        case "persistentvolumeclaims": return StorageChanges.claim(object, old)
        case "pods": return PodChanges.check(object, old)
        case TypeRegistry.definitions:
            let isOpen = old.condition("Established")?["status"] != "True"
            return (isOpen ? [] : fixed("spec", "scope") + fixed("spec", "names", "kind")) + fixed("spec", "group")
                + (isOpen ? [] : fixed("spec", "names", "plural"))
        default: return []
        }
    }

    private static func statefulSet(_ object: Value, _ old: Value) -> [Cause] {
        func frozen(_ set: Value) -> Value {
            var spec = set["spec"] ?? [:]
            for key in [
                "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
            ] {
                spec[key] = nil
            }
            spec.each(["volumeClaimTemplates"]) { $0["status"] = nil }
            return spec
        }
        guard frozen(object) != frozen(old) else { return [] }
        return [
            .forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            )
        ]
    }

    /// What stays as it was created.
    static func fixed(_ object: Value, _ old: Value, _ path: [String]) -> [Cause] {
        let pointer = Pointer(path)
        guard object[pointer] != old[pointer] else { return [] }
        return [.invalid(path.joined(separator: "."), object[pointer] ?? .null, "field is immutable")]
    }
}
