import Documents
import Kubernetes
import KubernetesAPI

/// What makes quotas and ranges of limits unfit.
enum QuotaObjectRules {
    typealias Cause = FieldError

    static func quota(_ spec: Value, old: Value?) -> [Cause] {
        var causes: [Cause] = []
        let hard = (spec["hard"]?.object ?? Object()).sorted()
        for member in hard {
            let field = "spec.hard[\(member.key)]"
            causes +=
                ResourceNameRules.quota(member.key, field)
                + ResourceNameRules.amount(member.key, member.value, field)
        }
        let names = hard.map(\.key)
        let scopes = (spec["scopes"]?.array ?? []).compactMap(\.string)
        for scope in scopes {
            if !QuotaScopes.known.contains(scope) {
                causes.append(.invalid("spec.scopes", spec["scopes"] ?? .null, "unsupported scope"))
            }
            for name in names where !QuotaScopes.counts(scope, name) {
                causes.append(
                    .invalid("spec.scopes", spec["scopes"] ?? .null, "unsupported scope applied to resource"))
            }
        }
        for pair in QuotaScopes.opposites where pair.allSatisfy(scopes.contains) {
            causes.append(.invalid("spec.scopes", spec["scopes"] ?? .null, "conflicting scopes"))
        }
        if let selector = spec["scopeSelector"] { causes += self.selector(selector, names, spec) }
        if let old, Set(scopes) != Set((old["scopes"]?.array ?? []).compactMap(\.string)) {
            causes.append(.invalid("spec.scopes", spec["scopes"] ?? .null, "field is immutable"))
        }
        return causes
    }

    private static func selector(_ selector: Value, _ names: [String], _ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let path = "spec.scopeSelector.matchExpressions"
        let expressions = selector["matchExpressions"]?.array ?? []
        for expression in expressions {
            let scope = FieldRules.text(expression["scopeName"])
            if !QuotaScopes.known.contains(scope) {
                causes.append(.invalid("\(path).scopeName", .string(scope), "unsupported scope"))
            }
            for name in names where !QuotaScopes.counts(scope, name) {
                let shown = expressions.map { item -> Value in
                    [
                        "ScopeName": item["scopeName"] ?? "", "Operator": item["operator"] ?? "",
                        "Values": item["values"] ?? .null,
                    ]
                }
                causes.append(
                    .invalid(
                        path, ["MatchExpressions": .array(shown)], "unsupported scope applied to resource"))
            }
            let word = FieldRules.text(expression["operator"])
            if QuotaScopes.known.contains(scope), scope != "PriorityClass", scope != "VolumeAttributesClass",
                word != "Exists"
            {
                causes.append(
                    .invalid(
                        "\(path).operator", .string(word),
                        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
                    ))
            }
            let count = expression["values"]?.array?.count ?? 0
            switch word {
            case "In", "NotIn":
                if count == 0 {
                    causes.append(
                        .required(
                            "\(path).values",
                            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
                }
            case "Exists", "DoesNotExist":
                if count > 0 {
                    causes.append(
                        .invalid(
                            "\(path).values", expression["values"] ?? .null,
                            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
                }
            default: causes.append(.invalid("\(path).operator", .string(word), "not a valid selector operator"))
            }
        }
        let scopes = expressions.map { FieldRules.text($0["scopeName"]) }
        for pair in QuotaScopes.opposites where pair.allSatisfy(scopes.contains) {
            causes.append(.invalid(path, spec["scopes"] ?? .null, "conflicting scopes"))
        }
        return causes
    }

    static func limitRange(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        var types: Set<String> = []
        for (index, limit) in (spec["limits"]?.array ?? []).enumerated() {
            let path = "spec.limits[\(index)]"
            let type = FieldRules.text(limit["type"])
            let problems = FieldRules.labelKey(type, "\(path).type")
            causes += problems
            if problems.isEmpty, !type.contains("/"),
                !["Container", "PersistentVolumeClaim", "Pod"].contains(type)
            {
                causes.append(
                    .invalid(
                        "\(path).type", .string(type), "must be a standard limit type or fully qualified"))
            }
            if !types.insert(type).inserted { causes.append(.duplicate("\(path).type", .string(type))) }
            causes += names(limit, type, path) + LimitBounds(limit).causes(path)
        }
        return causes
    }

    private static func names(_ limit: Value, _ type: String, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        func check(_ list: String) {
            for member in (limit[list]?.object ?? Object()).sorted() {
                let field = "\(path).\(list)[\(member.key)]"
                causes +=
                    type == "Pod" || type == "Container"
                    ? ResourceNameRules.container(member.key, field) : ResourceNameRules.any(member.key, field)
            }
        }
        check("max")
        check("min")
        for list in ["default", "defaultRequest"] {
            if type == "Pod" {
                if limit[list]?.object?.isEmpty == false {
                    causes.append(.forbidden("\(path).\(list)", "may not be specified when `type` is 'Pod'"))
                }
            } else {
                check(list)
            }
        }
        if type == "PersistentVolumeClaim", limit["min"]?["storage"] == nil, limit["max"]?["storage"] == nil {
            causes.append(
                .required(
                    "\(path).limits",
                    "either minimum or maximum storage value is required, but neither was provided"))
        }
        check("maxLimitRequestRatio")
        return causes
    }
}
