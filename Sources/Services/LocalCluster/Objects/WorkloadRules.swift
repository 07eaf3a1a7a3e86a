import Documents
import Kubernetes
import KubernetesAPI

/// What makes workloads unfit.
enum WorkloadRules {
    typealias Cause = FieldError

    static let nonnegative = "must be greater than or equal to 0"

    static func atLeastZero(_ spec: Value, _ keys: [String], _ path: String = "spec") -> [Cause] {
        keys.compactMap { key in
            guard let number = spec[key]?.integer, number < 0 else { return nil }
            return .invalid("\(path).\(key)", .integer(number), nonnegative)
        }
    }

    /// The selector and the template that it must select.
    private static func selected(
        _ spec: Value, _ kind: String, wrong: String = "invalid label selector", owner: String = "ReplicaSet"
    ) -> [Cause] {
        let selector = spec["selector"]
        let problems = FieldRules.selector(selector, "spec.selector")
        var causes = problems
        if let selector {
            if isEmpty(selector) {
                causes.append(.invalid("spec.selector", selector, "empty selector is invalid for \(kind)"))
            }
        } else {
            causes.append(.required("spec.selector"))
        }
        guard problems.isEmpty else {
            var cause = Cause.invalid("spec.selector", selector ?? .null, wrong)
            if wrong.isEmpty { cause.message.removeLast(2) }
            causes.append(cause)
            return owner == "StatefulSet" ? causes + restarts(spec, owner) : causes
        }
        let template = spec["template"] ?? [:]
        let labels = template["metadata"]?["labels"]
        if selector.map(isEmpty) != true, !Validation.matches(selector, labels) {
            causes.append(mismatch(labels))
        }
        return causes + PodRules.template(template, "spec.template") + restarts(spec, owner)
    }

    private static func isEmpty(_ selector: Value) -> Bool {
        (selector["matchLabels"]?.object?.isEmpty ?? true) && (selector["matchExpressions"]?.array?.isEmpty ?? true)
    }

    private static func mismatch(_ labels: Value?) -> Cause {
        .invalid(
            "spec.template.metadata.labels", labels ?? .null, "`selector` does not match template `labels`")
    }

    /// The pods of such a workload run on and on.
    private static func restarts(_ spec: Value, _ owner: String) -> [Cause] {
        let template = spec["template"]?["spec"]
        var causes = FieldRules.supportedWord(
            template?["restartPolicy"], "spec.template.spec.restartPolicy", ["Always"])
        if template?["activeDeadlineSeconds"] != nil {
            causes.append(
                .forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in \(owner) is not Supported"))
        }
        return causes
    }

    /// A count, or a share of the whole.
    static func countOrPercent(_ value: Value?, _ field: String) -> [Cause] {
        if let number = value?.integer { return number < 0 ? [.invalid(field, .integer(number), nonnegative)] : [] }
        guard let text = value?.string else { return [] }
        guard text.hasSuffix("%"), text.count > 1, text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return [
                .invalid(
                    field, .string(text),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                )
            ]
        }
        return []
    }

    static func atMostAll(_ value: Value?, _ field: String) -> [Cause] {
        guard let text = value?.string, text.hasSuffix("%"), let percent = Int(text.dropLast()), percent > 100 else {
            return []
        }
        return [.invalid(field, .string(text), "must not be greater than 100%")]
    }

    private static func isZero(_ value: Value?) -> Bool {
        value?.integer == 0 || value?.string.flatMap { Int($0.dropLast()) } == 0
    }

    static func deployment(_ spec: Value) -> [Cause] {
        var causes = atLeastZero(spec, ["replicas"]) + selected(spec, "deployment")
        let strategy = spec["strategy"] ?? [:]
        let rolling = strategy["rollingUpdate"]
        let place = "spec.strategy"
        switch strategy["type"]?.string {
        case "Recreate":
            if rolling != nil {
                causes.append(
                    .forbidden("\(place).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
            }
        case "RollingUpdate":
            if let rolling {
                let (down, up) = (rolling["maxUnavailable"], rolling["maxSurge"])
                causes += countOrPercent(down, "\(place).rollingUpdate.maxUnavailable")
                causes += countOrPercent(up, "\(place).rollingUpdate.maxSurge")
                if isZero(down), isZero(up) {
                    causes.append(
                        .invalid(
                            "\(place).rollingUpdate.maxUnavailable", down ?? 0, "may not be 0 when `maxSurge` is 0"))
                }
                causes += atMostAll(down, "\(place).rollingUpdate.maxUnavailable")
            } else {
                causes.append(.required("\(place).rollingUpdate", "this should be defaulted and never be nil"))
            }
        default: causes.append(.unsupported(place, shown(strategy), ["Recreate", "RollingUpdate"]))
        }
        causes += atLeastZero(spec, ["minReadySeconds", "revisionHistoryLimit"])
        if let deadline = spec["progressDeadlineSeconds"]?.integer {
            causes += atLeastZero(spec, ["progressDeadlineSeconds"])
            if deadline <= spec["minReadySeconds"]?.integer ?? 0 {
                causes.append(
                    .invalid("spec.progressDeadlineSeconds", .integer(deadline), "must be greater than minReadySeconds")
                )
            }
        }
        return causes
    }

    /// A strategy under the names of its Go fields.
    private static func shown(_ strategy: Value) -> Value {
        let rolling = (strategy["rollingUpdate"]?.object).map { members in
            Value.object(Object(members.map { (GoNames.title($0.key), $0.value) }))
        }
        return ["Type": strategy["type"] ?? "", "RollingUpdate": rolling ?? .null]
    }

    static func replicaSet(_ spec: Value) -> [Cause] {
        atLeastZero(spec, ["replicas", "minReadySeconds"]) + selected(spec, "deployment")
    }

    static func replicationController(_ spec: Value) -> [Cause] {
        var causes = atLeastZero(spec, ["minReadySeconds"])
        let selector = spec["selector"]?.object ?? Object()
        if selector.isEmpty { causes.append(.required("spec.selector")) }
        causes += atLeastZero(spec, ["replicas"])
        guard let template = spec["template"] else { return causes + [.required("spec.template")] }
        let labels = template["metadata"]?["labels"]
        if selector.contains(where: { labels?[$0.key] != $0.value }) { causes.append(mismatch(labels)) }
        return causes + PodRules.template(template, "spec.template") + restarts(spec, "ReplicationController")
    }

    static func statefulSet(_ spec: Value, isNew: Bool) -> [Cause] {
        var causes: [Cause] = []
        let policy = spec["podManagementPolicy"]?.string ?? ""
        if policy.isEmpty {
            causes.append(.required("spec.podManagementPolicy"))
        } else if !["OrderedReady", "Parallel"].contains(policy) {
            causes.append(
                .invalid("spec.podManagementPolicy", .string(policy), "must be 'OrderedReady' or 'Parallel'"))
        }
        let strategy = spec["updateStrategy"] ?? [:]
        let place = "spec.updateStrategy"
        switch strategy["type"]?.string {
        case "OnDelete":
            if let rolling = strategy["rollingUpdate"] {
                let partition = rolling["partition"] ?? 0
                causes.append(
                    .invalid(
                        "\(place).rollingUpdate",
                        ["Partition": partition, "MaxUnavailable": rolling["maxUnavailable"] ?? .null],
                        "only allowed for updateStrategy 'RollingUpdate'"))
            }
        case "RollingUpdate":
            let rolling = strategy["rollingUpdate"] ?? [:]
            causes += atLeastZero(rolling, ["partition"], "\(place).rollingUpdate")
            if let down = rolling["maxUnavailable"] {
                let field = "\(place).rollingUpdate.maxUnavailable"
                causes += countOrPercent(down, field)
                if isZero(down) { causes.append(.invalid(field, down, "cannot be 0")) }
                causes += atMostAll(down, field)
            }
        default: causes.append(.invalid(place, shown(strategy), "must be 'RollingUpdate' or 'OnDelete'"))
        }
        if let retention = spec["persistentVolumeClaimRetentionPolicy"] {
            for key in ["whenDeleted", "whenScaled"] {
                causes += FieldRules.supportedWord(
                    retention[key], "spec.persistentVolumeClaimRetentionPolicy.\(key)", ["Retain", "Delete"])
            }
        }
        causes += atLeastZero(spec, ["replicas", "minReadySeconds"])
        causes += atLeastZero(spec["ordinals"] ?? [:], ["start"], "spec.ordinals")
        let service = FieldRules.text(spec["serviceName"])
        if isNew, !service.isEmpty {
            causes += FieldRules.invalid("spec.serviceName", service, NameRules.labelProblems(service))
        }
        let claims = spec["volumeClaimTemplates"]?.array ?? []
        for (index, claim) in claims.enumerated() where isNew {
            causes += StorageRules.claim(claim["spec"] ?? [:], "spec.volumeClaimTemplates[\(index)].spec")
        }
        return causes + selected(mounting(claims, spec), "statefulset", wrong: "", owner: "StatefulSet")
    }

    /// The specification with a volume for each claim, as its pods will have them.
    private static func mounting(_ claims: [Value], _ spec: Value) -> Value {
        guard !claims.isEmpty else { return spec }
        let path = Pointer(["template", "spec", "volumes"])
        let names = claims.compactMap { $0["metadata"]?["name"]?.string }
        let volumes = (spec[path]?.array ?? []).filter { !names.contains($0.named) }
        var spec = spec
        spec[path] = .array(
            volumes + names.map { ["name": .string($0), "persistentVolumeClaim": ["claimName": .string($0)]] })
        return spec
    }

    static func daemonSet(_ spec: Value) -> [Cause] {
        let selector = spec["selector"]
        let problems = FieldRules.selector(selector, "spec.selector")
        let template = spec["template"] ?? [:]
        let labels = template["metadata"]?["labels"]
        var causes = problems
        if problems.isEmpty, !Validation.matches(selector, labels) { causes.append(mismatch(labels)) }
        if let selector, isEmpty(selector) {
            causes.append(.invalid("spec.selector", selector, "empty selector is invalid for daemonset"))
        }
        causes += PodRules.template(template, "spec.template") + restarts(spec, "DaemonSet")
        causes += atLeastZero(spec, ["minReadySeconds"])
        let strategy = spec["updateStrategy"] ?? [:]
        let path = "spec.updateStrategy"
        switch strategy["type"]?.string {
        case "OnDelete": break
        case "RollingUpdate":
            let rolling = "\(path).rollingUpdate"
            let (down, up) = (strategy["rollingUpdate"]?["maxUnavailable"], strategy["rollingUpdate"]?["maxSurge"])
            causes += countOrPercent(down, "\(rolling).maxUnavailable") + countOrPercent(up, "\(rolling).maxSurge")
            causes += atMostAll(down, "\(rolling).maxUnavailable") + atMostAll(up, "\(rolling).maxSurge")
            if isZero(down), isZero(up) {
                causes.append(.required("\(rolling).maxUnavailable", "cannot be 0 when maxSurge is 0"))
            }
            if !isZero(down), !isZero(up) {
                causes.append(
                    .invalid("\(rolling).maxSurge", up ?? .null, "may not be set when maxUnavailable is non-zero"))
            }
        default: causes.append(.unsupported(path, shown(strategy), ["RollingUpdate", "OnDelete"]))
        }
        return causes + atLeastZero(spec, ["revisionHistoryLimit"])
    }
}
