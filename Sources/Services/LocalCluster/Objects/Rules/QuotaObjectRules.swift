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

/// The scopes of quotas.
enum QuotaScopes {
    static let known = [
        "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    ]
    static let opposites = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]

    private static let compute = [
        "pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    ]

    /// Whether objects within `scope` can be counted as `name`; names that quotas do not know are let through.
    static func counts(_ scope: String, _ name: String) -> Bool {
        guard ResourceNameRules.quota(name, "").isEmpty, !name.contains("/") else { return true }
        switch scope {
        case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity":
            return compute.contains(name)
        case "BestEffort": return name == "pods"
        case "VolumeAttributesClass": return ["persistentvolumeclaims", "requests.storage"].contains(name)
        default: return true
        }
    }
}

/// The bounds of one range of limits.
struct LimitBounds {
    private let limit: Value

    init(_ limit: Value) { self.limit = limit }

    func causes(_ path: String) -> [FieldError] {
        let isPod = limit["type"]?.string == "Pod"
        let lists = isPod ? ["max", "min"] : ["max", "min", "default", "defaultRequest"]
        let names = Set((lists + ["maxLimitRequestRatio"]).flatMap { (limit[$0]?.object ?? Object()).map(\.key) })
        return names.sorted().flatMap { causes($0, lists, path) }
    }

    private func causes(_ name: String, _ lists: [String], _ path: String) -> [FieldError] {
        func bound(_ list: String) -> (text: String, amount: Quantity)? {
            guard lists.contains(list) || list == "maxLimitRequestRatio", let text = limit[list]?[name]?.string,
                let amount = Quantity(text)
            else { return nil }
            return (text, amount)
        }
        var causes: [FieldError] = []
        func compare(
            _ low: (text: String, amount: Quantity)?, _ high: (text: String, amount: Quantity)?, _ list: String,
            shown: String?, _ words: (String, String)
        ) {
            guard let low, let high, low.amount > high.amount else { return }
            causes.append(
                .invalid(
                    "\(path).\(list)[\(name)]", .string(shown ?? ""),
                    "\(words.0) value \(low.text) is greater than \(words.1) value \(high.text)"))
        }
        let (min, max) = (bound("min"), bound("max"))
        let (usual, request) = (bound("default"), bound("defaultRequest"))
        compare(min, max, "min", shown: min?.text, ("min", "max"))
        compare(min, request, "defaultRequest", shown: request?.text, ("min", "default request"))
        compare(request, max, "defaultRequest", shown: request?.text, ("default request", "max"))
        compare(request, usual, "defaultRequest", shown: request?.text, ("default request", "default limit"))
        compare(min, usual, "default", shown: min?.text, ("min", "default"))
        compare(usual, max, "default", shown: max?.text, ("default", "max"))
        if let ratio = bound("maxLimitRequestRatio") {
            let field = "\(path).maxLimitRequestRatio[\(name)]"
            if ratio.amount.thousandths < 1000 {
                causes.append(.invalid(field, .string(ratio.text), "ratio \(ratio.text) is less than 1"))
            }
            if let min, let max, min.amount.thousandths > 0 {
                let most = Double(max.amount.thousandths) / Double(min.amount.thousandths)
                if Double(ratio.amount.thousandths) / 1000 > most {
                    causes.append(
                        .invalid(
                            field, .string(ratio.text),
                            "ratio \(ratio.text) is greater than max/min = \(Self.sixDigits(most))"))
                }
            }
        }
        if !ResourceNameRules.isOvercommitAllowed(name), let usual, let request, usual.amount != request.amount {
            causes.append(
                .invalid(
                    "\(path).defaultRequest[\(name)]", .string(request.text),
                    "default value \(usual.text) must equal to defaultRequest value \(request.text) in \(name)"))
        }
        return causes
    }

    private static func sixDigits(_ number: Double) -> String {
        guard number < 1e12 else { return String(number) }
        let millionths = Int((number * 1_000_000).rounded())
        let rest = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
    }
}
