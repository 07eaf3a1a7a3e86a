import Documents
import Kubernetes
import KubernetesAPI

/// What makes a horizontal pod autoscaler unfit.
enum AutoscalerRules {
    typealias Cause = FieldError

    static func check(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let (low, high) = (spec["minReplicas"]?.integer ?? 1, spec["maxReplicas"]?.integer ?? 0)
        if low < 1 {
            causes.append(.invalid("spec.minReplicas", .integer(low), "must be greater than or equal to 1"))
        }
        if high < 1 { causes.append(.invalid("spec.maxReplicas", .integer(high), "must be greater than 0")) }
        if high < low {
            causes.append(
                .invalid("spec.maxReplicas", .integer(high), "must be greater than or equal to `minReplicas`"))
        }
        causes += target(spec["scaleTargetRef"] ?? [:], "spec.scaleTargetRef")
        let metrics = spec["metrics"]?.array ?? []
        for (index, metric) in metrics.enumerated() { causes += self.metric(metric, "spec.metrics[\(index)]") }
        if low == 0, !metrics.contains(where: { ["Object", "External"].contains(FieldRules.text($0["type"])) }) {
            causes.append(
                .forbidden(
                    "spec.metrics",
                    "must specify at least one Object or External metric to support scaling to zero replicas"))
        }
        for direction in ["scaleUp", "scaleDown"] {
            if let rules = spec[path: "behavior", direction] { causes += scaling(rules, "spec.behavior.\(direction)") }
        }
        return causes
    }

    private static func target(_ reference: Value, _ path: String) -> [Cause] {
        var causes =
            FieldRules.segment(FieldRules.text(reference["kind"]), "\(path).kind")
            + FieldRules.segment(reference.named, "\(path).name")
        let version = FieldRules.text(reference["apiVersion"])
        if version.isEmpty, reference["kind"]?.string != "ReplicationController" {
            causes.append(.invalid("\(path).apiVersion", .string(version), "apiVersion must specify API group"))
        }
        return causes
    }

    private static let types = ["ContainerResource", "External", "Object", "Pods", "Resource"]
    /// In the order in which the server looks.
    private static let members = ["object", "external", "pods", "resource", "containerResource"]

    private static func metric(_ metric: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let type = FieldRules.text(metric["type"])
        if type.isEmpty { causes.append(.required("\(path).type", "must specify a metric source type")) }
        if !types.contains(type) { causes.append(.unsupported("\(path).type", .string(type), types)) }
        let given = members.filter { metric[$0] != nil }
        if let first = given.first { causes += source(metric[first] ?? [:], first, "\(path).\(first)") }
        let expected = type.prefix(1).lowercased() + type.dropFirst()
        if !types.contains(type) {
            causes.append(.unsupported("\(path).type", .string(type), types))
        } else if metric[expected] == nil {
            causes.append(
                .required("\(path).\(expected)", "must populate information for the given metric source"))
        }
        if given.count != 1 {
            for member in given where member != expected {
                causes.append(.forbidden("\(path).\(member)", "must populate the given metric source only"))
            }
        }
        return causes
    }

    private static func source(_ source: Value, _ kind: String, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let target = source["target"] ?? [:]
        switch kind {
        case "object":
            let described = source["describedObject"] ?? [:]
            causes += FieldRules.segment(FieldRules.text(described["kind"]), "\(path).describedObject.kind")
            causes += FieldRules.segment(described.named, "\(path).describedObject.name")
        case "resource":
            if source.named.isEmpty { causes.append(.required("\(path).name", "must specify a resource name")) }
        case "containerResource":
            if source.named.isEmpty { causes.append(.required("\(path).name", "must specify a resource name")) }
            let container = FieldRules.text(source["container"])
            causes +=
                container.isEmpty
                ? [.required("\(path).container", "must specify a container")]
                : FieldRules.invalid("\(path).container", container, NameRules.labelProblems(container))
        default: break
        }
        if ["object", "external", "pods"].contains(kind) {
            let name = source["metric"]?.named ?? ""
            causes +=
                name.isEmpty
                ? [.required("\(path).metric.name", "must specify a metric name")]
                : FieldRules.invalid("\(path).metric.name", name, NameRules.segmentProblems(name))
        }
        causes += goal(target, "\(path).target")
        return causes + amounts(target, kind, "\(path).target")
    }

    private static func amounts(_ target: Value, _ kind: String, _ path: String) -> [Cause] {
        let (value, average) = (target["value"], target["averageValue"])
        switch kind {
        case "object":
            return value == nil && average == nil
                ? [.required("\(path).averageValue", "must set either a target value or averageValue")] : []
        case "external":
            if value == nil, average == nil {
                return [
                    .required("\(path).averageValue", "must set either a target value for metric or a per-pod target")
                ]
            }
            return value != nil && average != nil
                ? [.forbidden("\(path).value", "may not set both a target value for metric and a per-pod target")] : []
        case "pods":
            return average == nil
                ? [.required("\(path).averageValue", "must specify a positive target averageValue")] : []
        default:
            let share = target["averageUtilization"]
            if share == nil, average == nil {
                return [
                    .required(
                        "\(path).averageUtilization", "must set either a target raw value or a target utilization")
                ]
            }
            return share != nil && average != nil
                ? [.forbidden("\(path).averageValue", "may not set both a target raw value and a target utilization")]
                : []
        }
    }

    private static func goal(_ target: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let type = FieldRules.text(target["type"])
        if type.isEmpty { causes.append(.required("\(path).type", "must specify a metric target type")) }
        if !["Utilization", "Value", "AverageValue"].contains(type) {
            causes.append(
                .invalid("\(path).type", .string(type), "must be either Utilization, Value, or AverageValue"))
        }
        for key in ["value", "averageValue"] {
            if let text = target[key]?.string, let amount = Quantity(text), amount.thousandths <= 0 {
                causes.append(.invalid("\(path).\(key)", .string(text), "must be positive"))
            }
        }
        if let share = target["averageUtilization"]?.integer, share < 1 {
            causes.append(.invalid("\(path).averageUtilization", .integer(share), "must be greater than 0"))
        }
        return causes
    }

    private static func scaling(_ rules: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if let window = rules["stabilizationWindowSeconds"]?.integer {
            let field = "\(path).stabilizationWindowSeconds"
            if window < 0 {
                causes.append(.invalid(field, .integer(window), "must be greater than or equal to zero"))
            }
            if window > 3600 {
                causes.append(.invalid(field, .integer(window), "must be less than or equal to 3600"))
            }
        }
        causes += FieldRules.optionalWord(rules["selectPolicy"], "\(path).selectPolicy", ["Disabled", "Max", "Min"])
        let policies = rules["policies"]?.array ?? []
        if policies.isEmpty { causes.append(.required("\(path).policies", "must specify at least one Policy")) }
        for (index, policy) in policies.enumerated() {
            let place = "\(path).policies[\(index)]"
            causes += FieldRules.supportedWord(policy["type"], "\(place).type", ["Percent", "Pods"])
            let (value, period) = (policy["value"]?.integer ?? 0, policy["periodSeconds"]?.integer ?? 0)
            if value <= 0 { causes.append(.invalid("\(place).value", .integer(value), "must be greater than zero")) }
            if period <= 0 {
                causes.append(.invalid("\(place).periodSeconds", .integer(period), "must be greater than zero"))
            }
            if period > 1800 {
                causes.append(
                    .invalid("\(place).periodSeconds", .integer(period), "must be less than or equal to 1800"))
            }
        }
        return causes
    }
}
