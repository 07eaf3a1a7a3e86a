import Documents
import Kubernetes
import KubernetesAPI

/// What may not change of volumes, claims and what describes them.
enum StorageChanges {
    typealias Cause = FieldError

    private static let betaClass = "volume.beta.kubernetes.io/storage-class"
    private static let immutable = "field is immutable"

    // MARK: Claims

    static func claim(_ claim: Value, _ old: Value) -> [Cause] {
        var (spec, before) = (claim["spec"] ?? [:], old["spec"] ?? [:])
        if FieldRules.text(before["volumeName"]).isEmpty { before["volumeName"] = spec["volumeName"] }
        let noted = old[path: "metadata", "annotations", betaClass]
        var causes: [Cause] = []
        if claim[path: "metadata", "annotations", betaClass] != noted {
            causes.append(
                .invalid(
                    "metadata.annotations[\(betaClass)]",
                    claim[path: "metadata", "annotations", betaClass] ?? "", immutable))
        }
        if before["storageClassName"] == nil, let name = spec["storageClassName"], noted == nil || noted == name {
            spec["storageClassName"] = nil
        }
        let place = Pointer(["resources", "requests", "storage"])
        if claim[path: "status", "phase"]?.string == "Bound", spec[path: "resources", "requests"] != nil {
            spec[place] = before[place]
        }
        spec["volumeAttributesClassName"] = before["volumeAttributesClassName"]
        if spec != before {
            let rule = """
                spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
                """
            causes.append(
                .forbidden(
                    "spec", "\(rule)\n\(GoStructure.difference(before, spec, "PersistentVolumeClaimSpec"))"))
        }
        causes += size(claim, old)
        if claim[path: "spec", "volumeMode"] != old[path: "spec", "volumeMode"] {
            causes.append(.invalid("volumeMode", claim[path: "spec", "volumeMode"] ?? .null, immutable))
        }
        return causes + attributes(claim["spec"], old["spec"], refusesEmpty: true)
    }

    private static func size(_ claim: Value, _ old: Value) -> [Cause] {
        func quantity(_ value: Value?) -> Quantity? { value?.string.flatMap { Quantity($0) } }
        let none = Quantity(thousandths: 0)
        let wanted = quantity(claim[path: "spec", "resources", "requests", "storage"]) ?? none
        let before = quantity(old[path: "spec", "resources", "requests", "storage"]) ?? none
        let given = quantity(old[path: "status", "capacity", "storage"]) ?? none
        guard wanted < before, wanted <= given else { return [] }
        return [.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")]
    }

    private static func attributes(_ spec: Value?, _ old: Value?, refusesEmpty: Bool) -> [Cause] {
        let field = "spec.volumeAttributesClassName"
        guard old?["volumeAttributesClassName"] != nil,
            spec?["volumeAttributesClassName"] != old?["volumeAttributesClassName"]
        else { return [] }
        guard let name = spec?["volumeAttributesClassName"]?.string else {
            return [.forbidden(field, "update from non-nil value to nil is forbidden")]
        }
        guard name.isEmpty, refusesEmpty else { return [] }
        return [.forbidden(field, "update from non-nil value to an empty string is forbidden")]
    }

    // MARK: Volumes

    static func volume(_ volume: Value, _ old: Value) -> [Cause] {
        let (spec, before) = (volume["spec"] ?? [:], old["spec"] ?? [:])
        var causes: [Cause] = []
        let shown = (
            GoStructure.value(before, "PersistentVolumeSource"), GoStructure.value(spec, "PersistentVolumeSource")
        )
        if shown.0 != shown.1 {
            causes.append(
                .forbidden(
                    "spec.persistentvolumesource",
                    "spec.persistentvolumesource is immutable after creation\n"
                        + GoStructure.difference(before, spec, "PersistentVolumeSource")))
        }
        if spec["volumeMode"] != before["volumeMode"] {
            causes.append(.invalid("volumeMode", spec["volumeMode"] ?? .null, immutable))
        }
        if before["nodeAffinity"] != nil, spec["nodeAffinity"] != before["nodeAffinity"] {
            let affinity = spec["nodeAffinity"].map { GoStructure.value($0, "VolumeNodeAffinity") }
            causes.append(.invalid("nodeAffinity", affinity ?? .null, immutable))
        }
        return causes + attributes(spec, before, refusesEmpty: false)
    }

    // MARK: Classes and drivers

    static func storageClass(_ object: Value, _ old: Value) -> [Cause] {
        var causes: [Cause] = []
        for key in ["parameters", "provisioner"] where object[key] != old[key] {
            causes.append(.forbidden(key, "updates to \(key) are forbidden."))
        }
        return causes + ["reclaimPolicy", "volumeBindingMode"].flatMap { Validation.fixed(object, old, [$0]) }
    }

    static func attributesClass(_ object: Value, _ old: Value) -> [Cause] {
        Validation.fixed(object, old, ["driverName"])
            + (object["parameters"] == old["parameters"]
                ? [] : [.forbidden("parameters", "updates to parameters are forbidden.")])
    }

    static func driver(_ object: Value, _ old: Value) -> [Cause] {
        var causes: [Cause] = []
        for (key, field) in [
            ("attachRequired", "attachedRequired"), ("volumeLifecycleModes", "volumeLifecycleModes"),
        ] where object[path: "spec", key] != old[path: "spec", key] {
            causes.append(.invalid("spec.\(field)", object[path: "spec", key] ?? .null, immutable))
        }
        return causes
    }
}
