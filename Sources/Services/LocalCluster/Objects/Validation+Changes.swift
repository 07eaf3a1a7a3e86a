import Documents
import Kubernetes
import KubernetesAPI

extension Validation {
    /// What may not change once it is there.
    static func changes(_ object: Value, _ old: Value, _ type: ResourceType) -> [Cause] {
        func fixed(_ path: String...) -> [Cause] {
            let pointer = Pointer(path)
            guard object[pointer] != old[pointer] else { return [] }
            return [.invalid(path.joined(separator: "."), object[pointer] ?? .null, "field is immutable")]
        }
        switch type.qualifiedName {
        case "deployments.apps", "replicasets.apps", "daemonsets.apps": return fixed("spec", "selector")
        case "statefulsets.apps": return statefulSet(object, old)
        case "controllerrevisions.apps": return fixed("data")
        case "jobs.batch":
            let isOpen = old[path: "spec", "suspend"]?.bool == true && old[path: "status", "startTime"] == nil
            // An indexed job may grow and shrink, if its parallelism follows.
            let isElastic =
                object[path: "spec", "completionMode"]?.string == "Indexed"
                && object[path: "spec", "completions"] == object[path: "spec", "parallelism"]
            return (isElastic ? [] : fixed("spec", "completions")) + fixed("spec", "selector")
                + (isOpen ? [] : fixed("spec", "template"))
                + fixed("spec", "completionMode") + fixed("spec", "podFailurePolicy")
                + fixed("spec", "backoffLimitPerIndex") + fixed("spec", "managedBy") + fixed("spec", "successPolicy")
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
        case "services":
            let wasExternal = old[path: "spec", "type"]?.string == "ExternalName"
            let isExternal = object[path: "spec", "type"]?.string == "ExternalName"
            guard !wasExternal, !isExternal, object[path: "spec", "clusterIP"] != old[path: "spec", "clusterIP"] else {
                return []
            }
            return [
                .invalid(
                    "spec.clusterIPs[0]", object[path: "spec", "clusterIPs"] ?? .null,
                    "may not change once set")
            ]
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            guard object["roleRef"] != old["roleRef"] else { return [] }
            return [.invalid("roleRef", object["roleRef"] ?? .null, "cannot change roleRef")]
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
        case "storageclasses.storage.k8s.io":
            var causes: [Cause] = []
            if object["parameters"] != old["parameters"] {
                causes.append(.forbidden("parameters", "updates to parameters are forbidden."))
            }
            if object["provisioner"] != old["provisioner"] {
                causes.append(.forbidden("provisioner", "updates to provisioner are forbidden."))
            }
            return causes + fixed("reclaimPolicy") + fixed("volumeBindingMode")
        case "ingressclasses.networking.k8s.io": return fixed("spec", "controller")
        case "endpointslices.discovery.k8s.io": return fixed("addressType")
        case "runtimeclasses.node.k8s.io": return fixed("handler")
        case "persistentvolumeclaims":
            func frozen(_ claim: Value) -> Value {
                var spec = claim["spec"] ?? [:]
                if claim[path: "status", "phase"]?.string == "Bound" {
                    spec[Pointer(["resources", "requests", "storage"])] = nil
                    spec["volumeAttributesClassName"] = nil
                }
                // These may be given once.
                for key in ["volumeName", "storageClassName"] where old[path: "spec", key] == nil { spec[key] = nil }
                return spec
            }
            var causes: [Cause] = []
            if let text = object[path: "spec", "resources", "requests", "storage"]?.string, let size = Quantity(text),
                let before = old[path: "spec", "resources", "requests", "storage"]?.string.flatMap({ Quantity($0) }),
                size < before,
                size <= old[path: "status", "capacity", "storage"]?.string.flatMap({ Quantity($0) })
                    ?? Quantity(thousandths: 0)
            {
                causes.append(
                    .forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
            }
            guard frozen(object) != frozen(old) else { return causes }
            return causes + [
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
                )
            ]
        case "pods": return pod(object, old)
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

    /// Of a pod that exists only images, deadlines and tolerations change.
    private static func pod(_ object: Value, _ old: Value) -> [Cause] {
        func frozen(_ pod: Value) -> Value {
            var spec = pod["spec"] ?? .null
            for list in ["containers", "initContainers"] { spec.each([list]) { $0["image"] = nil } }
            for key in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] { spec[key] = nil }
            return spec
        }
        var causes: [Cause] = []
        for list in ["containers", "initContainers"]
        where object[path: "spec", list]?.array?.count ?? 0 != old[path: "spec", list]?.array?.count ?? 0 {
            return [.forbidden("spec.\(list)", "pod updates may not add or remove containers")]
        }
        let before = old[path: "spec", "activeDeadlineSeconds"]?.integer
        if let seconds = object[path: "spec", "activeDeadlineSeconds"]?.integer {
            if let before, seconds > before {
                return [
                    .invalid(
                        "spec.activeDeadlineSeconds", .integer(seconds),
                        "must be less than or equal to previous value")
                ]
            }
        } else if before != nil {
            causes.append(
                .invalid(
                    "spec.activeDeadlineSeconds", .null, "must not update from a positive integer to nil value"))
        }
        let kept = object[path: "spec", "tolerations"]?.array ?? []
        for toleration in old[path: "spec", "tolerations"]?.array ?? [] where !kept.contains(toleration) {
            causes.append(
                .forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"))
            break
        }
        guard frozen(object) != frozen(old) else { return causes }
        return causes + [
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            )
        ]
    }
}
