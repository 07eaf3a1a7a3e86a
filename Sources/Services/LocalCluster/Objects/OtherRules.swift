import Documents
import Kubernetes
import KubernetesAPI

/// What makes the remaining kinds unfit.
enum OtherRules {
    typealias Cause = FieldError

    static func disruptionBudget(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            causes.append(
                .invalid(
                    "spec",
                    [
                        "MinAvailable": spec["minAvailable"] ?? .null, "Selector": spec["selector"] ?? .null,
                        "MaxUnavailable": spec["maxUnavailable"] ?? .null,
                        "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"] ?? .null,
                    ], "minAvailable and maxUnavailable cannot be both set"))
        }
        for key in ["minAvailable", "maxUnavailable"] {
            causes += WorkloadRules.countOrPercent(spec[key], "spec.\(key)")
            causes += WorkloadRules.atMostAll(spec[key], "spec.\(key)")
        }
        causes += FieldRules.optionalWord(
            spec["unhealthyPodEvictionPolicy"], "spec.unhealthyPodEvictionPolicy", ["AlwaysAllow", "IfHealthyBudget"])
        return causes + FieldRules.selector(spec["selector"], "spec.selector")
    }

    static func lease(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if let seconds = spec["leaseDurationSeconds"]?.integer, seconds <= 0 {
            causes.append(.invalid("spec.leaseDurationSeconds", .integer(seconds), "must be greater than 0"))
        }
        if let count = spec["leaseTransitions"]?.integer, count < 0 {
            causes.append(.invalid("spec.leaseTransitions", .integer(count), WorkloadRules.nonnegative))
        }
        if let strategy = spec["strategy"]?.string {
            causes += FieldRules.labelKey(strategy, "spec.strategy")
        } else if !FieldRules.text(spec["preferredHolder"]).isEmpty {
            causes.append(.forbidden("spec.preferredHolder", "may only be specified when `strategy` is specified"))
        }
        return causes
    }

    static func priorityClass(_ value: Value) -> [Cause] {
        var causes: [Cause] = []
        let system = ["system-cluster-critical", "system-node-critical"]
        if value.name.hasPrefix("system-"), !system.contains(value.name) {
            causes.append(
                .forbidden(
                    "metadata.name",
                    "priority class names with 'system-' prefix are reserved for system use only. error: \(value.name) is not a known system priority class"
                ))
        } else if let number = value["value"]?.integer, number > 1_000_000_000, !system.contains(value.name) {
            causes.append(
                .forbidden(
                    "value", "maximum allowed value of a user defined priority is 1000000000"))
        }
        if let policy = value["preemptionPolicy"] {
            causes += FieldRules.word(policy, "preemptionPolicy", ["PreemptLowerPriority", "Never"])
        }
        return causes
    }

    static func runtimeClass(_ value: Value) -> [Cause] {
        let handler = FieldRules.text(value["handler"])
        var causes = FieldRules.invalid("handler", handler, NameRules.labelProblems(handler))
        if let fixed = value["overhead"]?["podFixed"] {
            causes += ResourceRules.check(["limits": fixed], "overhead")
        }
        guard let scheduling = value["scheduling"] else { return causes }
        causes += Validation.labels(scheduling["nodeSelector"], "scheduling.nodeSelector")
        return causes
            + TolerationRules.check(scheduling["tolerations"]?.array ?? [], "scheduling.tolerations")
    }

    static func controllerRevision(_ value: Value) -> [Cause] {
        (value["data"] == nil ? [.required("data", "data is mandatory")] : [])
            + WorkloadRules.atLeastZero(["revision": value["revision"] ?? 0], ["revision"], "").map {
                .init(reason: $0.reason, message: $0.message, field: "revision")
            }
    }
}
