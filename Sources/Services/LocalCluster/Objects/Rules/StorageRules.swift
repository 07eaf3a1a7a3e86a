import Documents
import Kubernetes
import KubernetesAPI

/// What makes volumes, claims and their classes unfit.
enum StorageRules {
    typealias Cause = FieldError

    private static let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    private static func accessModes(_ spec: Value, _ path: String, _ detail: String) -> [Cause] {
        let field = "\(path).accessModes"
        let given = (spec["accessModes"]?.array ?? []).compactMap(\.string)
        var causes: [Cause] = given.isEmpty ? [.required(field, detail)] : []
        causes += FieldRules.selector(spec["selector"], "\(path).selector")
        for mode in given where !modes.contains(mode) { causes.append(.unsupported(field, .string(mode), modes)) }
        if given.contains("ReadWriteOncePod"), given.contains(where: { $0 != "ReadWriteOncePod" && modes.contains($0) })
        {
            causes.append(.forbidden(field, "may not use ReadWriteOncePod with other access modes"))
        }
        return causes
    }

    static func claim(_ spec: Value, _ path: String = "spec") -> [Cause] {
        var causes = accessModes(spec, path, "at least 1 access mode is required")
        let field = "\(path).resources[storage]"
        if let text = spec[path: "resources", "requests", "storage"]?.string {
            if let quantity = Quantity(text), quantity.thousandths <= 0 {
                causes.append(.invalid(field, .string(text), "must be greater than zero"))
            }
        } else {
            causes.append(.required(field))
        }
        causes += FieldRules.optionalSubdomain(spec["storageClassName"], "\(path).storageClassName")
        causes += FieldRules.optionalWord(spec["volumeMode"], "\(path).volumeMode", ["Block", "Filesystem"])
        for key in ["dataSource", "dataSourceRef"] {
            if let source = spec[key] { causes += self.source(source, "\(path).\(key)") }
        }
        return causes
            + FieldRules.optionalSubdomain(
                spec["volumeAttributesClassName"], "\(path).volumeAttributesClassName")
    }

    private static func source(_ source: Value, _ path: String) -> [Cause] {
        var causes = FieldRules.required(source, "name", "kind", at: path)
        let group = FieldRules.text(source["apiGroup"])
        let kind = FieldRules.text(source["kind"])
        if group.isEmpty, kind != "PersistentVolumeClaim" {
            causes.append(
                .invalid(
                    path, .string(kind), "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
        }
        causes += FieldRules.optionalSubdomain(source["apiGroup"], "\(path).apiGroup")
        let namespace = FieldRules.text(source["namespace"])
        return namespace.isEmpty
            ? causes : causes + FieldRules.invalid("\(path).namespace", namespace, NameRules.labelProblems(namespace))
    }

    static func volume(_ volume: Value) -> [Cause] {
        let spec = volume["spec"] ?? [:]
        var causes = accessModes(spec, "spec", "")
        let capacity = spec["capacity"]?.object ?? Object()
        if capacity.isEmpty { causes.append(.required("spec.capacity")) }
        if capacity["storage"] == nil || capacity.count > 1 {
            causes.append(.unsupported("spec.capacity", spec["capacity"] ?? .null, ["storage"]))
        }
        for member in capacity.sorted() {
            guard let text = member.value.string, let quantity = Quantity(text), quantity.thousandths <= 0 else {
                continue
            }
            let field = "spec.capacity[\(member.key)]"
            if quantity.thousandths < 0 {
                causes.append(.invalid(field, .integer(quantity.whole), "must be a valid resource quantity"))
            }
            causes.append(.invalid(field, .string(text), "must be greater than zero"))
        }
        let policy = FieldRules.text(spec["persistentVolumeReclaimPolicy"])
        if !policy.isEmpty {
            causes += FieldRules.supportedWord(
                .string(policy), "spec.persistentVolumeReclaimPolicy", ["Delete", "Recycle", "Retain"])
        }
        if let affinity = spec["nodeAffinity"] {
            if let required = affinity["required"] {
                causes += AffinityRules.nodeSelector(required, "spec.nodeAffinity.required")
            } else {
                causes.append(.required("spec.nodeAffinity.required", "must specify required node constraints"))
            }
        }
        causes += VolumeSourceRules.persistent(spec, "spec")
        if let path = spec["hostPath"]?["path"]?.string, policy == "Recycle",
            path.split(separator: "/").allSatisfy({ $0 == "." })
        {
            causes.append(
                .forbidden(
                    "spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"))
        }
        causes += FieldRules.optionalSubdomain(spec["storageClassName"], "spec.storageClassName")
        return causes + FieldRules.optionalWord(spec["volumeMode"], "spec.volumeMode", ["Block", "Filesystem"])
    }

    static func storageClass(_ value: Value) -> [Cause] {
        var causes: [Cause] = []
        let provisioner = FieldRules.text(value["provisioner"])
        causes +=
            provisioner.isEmpty
            ? [.required("provisioner")]
            : FieldRules.invalid("provisioner", provisioner, NameRules.labelKeyProblems(provisioner.lowercased()))
        for parameter in (value["parameters"]?.object ?? Object()).sorted() where parameter.key.isEmpty {
            causes.append(.invalid("parameters", "", "field can not be empty."))
        }
        let policy = FieldRules.text(value["reclaimPolicy"])
        if !policy.isEmpty {
            causes += FieldRules.supportedWord(.string(policy), "reclaimPolicy", ["Delete", "Retain"])
        }
        if value["volumeBindingMode"] == nil {
            causes.append(.required("volumeBindingMode"))
        } else {
            causes += FieldRules.supportedWord(
                value["volumeBindingMode"], "volumeBindingMode", ["Immediate", "WaitForFirstConsumer"])
        }
        for (index, term) in (value["allowedTopologies"]?.array ?? []).enumerated() {
            var keys: Set<String> = []
            for (number, item) in (term["matchLabelExpressions"]?.array ?? []).enumerated() {
                let path = "allowedTopologies[\(index)].matchLabelExpressions[\(number)]"
                let values = (item["values"]?.array ?? []).compactMap(\.string)
                if values.isEmpty { causes.append(.required("\(path).values")) }
                for (place, value) in values.enumerated() where values[..<place].contains(value) {
                    causes.append(.duplicate("\(path).values[\(place)]", .string(value)))
                }
                let key = FieldRules.text(item["key"])
                causes += FieldRules.labelKey(key, "\(path).key")
                if !keys.insert(key).inserted { causes.append(.duplicate("\(path).key", .string(key))) }
            }
        }
        return causes
    }
}
