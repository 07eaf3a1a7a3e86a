import Documents
import KubernetesAPI

/// What makes tolerations and taints unfit.
enum TolerationRules {
    typealias Cause = FieldError

    static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    static func check(_ tolerations: [Value], _ path: String) -> [Cause] {
        tolerations.enumerated().flatMap { toleration($1, "\(path)[\($0)]") }
    }

    private static func toleration(_ toleration: Value, _ place: String) -> [Cause] {
        var causes: [Cause] = []
        let key = FieldRules.text(toleration["key"])
        let word = FieldRules.text(toleration["operator"])
        let value = FieldRules.text(toleration["value"])
        let effect = FieldRules.text(toleration["effect"])
        if !key.isEmpty { causes += FieldRules.labelKey(key, "\(place).key") }
        if key.isEmpty, word != "Exists" {
            causes.append(
                .invalid(
                    "\(place).operator", .string(word),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if toleration["tolerationSeconds"] != nil, effect != "NoExecute" {
            causes.append(
                .invalid(
                    "\(place).effect", .string(effect), "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
        switch word {
        case "", "Equal": causes += FieldRules.labelValue(value, "\(place).operator")
        case "Exists":
            if !value.isEmpty {
                causes.append(
                    .invalid(
                        "\(place).operator", .string(value), "value must be empty when `operator` is 'Exists'"))
            }
        default: causes.append(.unsupported("\(place).operator", .string(word), ["Equal", "Exists"]))
        }
        if !effect.isEmpty { causes += FieldRules.supportedWord(.string(effect), "\(place).effect", effects) }
        return causes
    }

    static func taints(_ taints: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for (index, taint) in taints.enumerated() {
            let place = "\(path)[\(index)]"
            causes += FieldRules.labelKey(FieldRules.text(taint["key"]), "\(place).key")
            causes += FieldRules.labelValue(FieldRules.text(taint["value"]), "\(place).value")
            causes += FieldRules.word(taint["effect"], "\(place).effect", effects)
            let isRepeated = taints[..<index].contains {
                $0["key"] == taint["key"] && $0["effect"] == taint["effect"]
            }
            if isRepeated {
                let shown: Value = [
                    "Key": taint["key"] ?? "", "Value": taint["value"] ?? "", "Effect": taint["effect"] ?? "",
                    "TimeAdded": taint["timeAdded"] ?? .null,
                ]
                var cause = Cause.duplicate(place, shown)
                cause.message += ": taints must be unique by key and effect pair"
                causes.append(cause)
            }
        }
        return causes
    }
}
