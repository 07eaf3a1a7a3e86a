import Documents
import Kubernetes
import KubernetesAPI

/// What makes a pod's specification unfit.
enum PodRules {
    typealias Cause = FieldError

    static func template(_ template: Value, _ path: String) -> [Cause] {
        Validation.labels(template["metadata"]?["labels"], "\(path).labels")
            + check(template["spec"] ?? [:], "\(path).spec")
    }

    static func check(_ spec: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let (volumes, volumeCauses) = VolumeRules.check(spec["volumes"]?.array ?? [], "\(path).volumes")
        causes += volumeCauses
        causes += containers(spec, path, volumes: volumes)
        func member(_ key: String, _ supported: [String]) {
            let value = spec[key]?.string ?? ""
            if value.isEmpty {
                causes.append(.required("\(path).\(key)"))
            } else if !supported.contains(value) {
                causes.append(.unsupported("\(path).\(key)", .string(value), supported))
            }
        }
        member("restartPolicy", ["Always", "OnFailure", "Never"])
        member("dnsPolicy", ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
        causes += Validation.labels(spec["nodeSelector"], "\(path).nodeSelector")
        causes += securityContext(spec["securityContext"] ?? [:], "\(path).securityContext")
        for (index, secret) in (spec["imagePullSecrets"]?.array ?? []).enumerated() where secret.named.isEmpty {
            causes.append(.required("\(path).imagePullSecrets[\(index)].name"))
        }
        causes += spread(spec["topologySpreadConstraints"]?.array ?? [], "\(path).topologySpreadConstraints")
        if let name = spec["serviceAccountName"]?.string, !name.isEmpty {
            causes += NameRules.subdomainProblems(name).map {
                .invalid("\(path).serviceAccountName", .string(name), $0)
            }
        }
        if let name = spec["nodeName"]?.string, !name.isEmpty {
            causes += NameRules.subdomainProblems(name).map { .invalid("\(path).nodeName", .string(name), $0) }
        }
        if let seconds = spec["activeDeadlineSeconds"]?.integer, !(1...2_147_483_647).contains(seconds) {
            causes.append(
                .invalid(
                    "\(path).activeDeadlineSeconds", .integer(seconds), "must be between 1 and 2147483647, inclusive"))
        }
        for key in ["hostname", "subdomain"] {
            guard let name = spec[key]?.string, !name.isEmpty else { continue }
            causes += NameRules.labelProblems(name).map { .invalid("\(path).\(key)", .string(name), $0) }
        }
        causes += tolerations(spec["tolerations"]?.array ?? [], "\(path).tolerations")
        for (index, alias) in (spec["hostAliases"]?.array ?? []).enumerated() {
            let ip = alias["ip"]?.string ?? ""
            if !ServiceRules.isAddress(ip) {
                causes.append(
                    .invalid("\(path).hostAliases[\(index)].ip", .string(ip), ServiceRules.addressDetail))
            }
        }
        if let name = spec["priorityClassName"]?.string, !name.isEmpty {
            causes += NameRules.subdomainProblems(name).map { .invalid("\(path).priorityClassName", .string(name), $0) }
        }
        return causes
    }

    static func containers(
        _ spec: Value, _ path: String, volumes: [String] = [], only: String? = nil
    ) -> [Cause] {
        var causes: [Cause] = []
        if only == nil, spec["containers"]?.array?.isEmpty ?? true { causes.append(.required("\(path).containers")) }
        var names: [String] = []
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                let name = container.named
                if only == nil || only == list {
                    causes += ContainerRules.check(container, "\(path).\(list)[\(index)]", volumes, spec)
                    if !name.isEmpty, names.contains(name) {
                        causes.append(.duplicate("\(path).\(list)[\(index)].name", .string(name)))
                    }
                }
                names.append(name)
            }
        }
        return causes
    }

    private static func securityContext(_ context: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["fsGroup", "runAsUser", "runAsGroup"] {
            if let id = context[key]?.integer, !(0...2_147_483_647).contains(id) {
                causes.append(
                    .invalid("\(path).\(key)", .integer(id), "must be between 0 and 2147483647, inclusive"))
            }
        }
        for (index, group) in (context["supplementalGroups"]?.array ?? []).enumerated() {
            if let id = group.integer, !(0...2_147_483_647).contains(id) {
                causes.append(
                    .invalid(
                        "\(path).supplementalGroups[\(index)]", .integer(id),
                        "must be between 0 and 2147483647, inclusive"))
            }
        }
        for (index, setting) in (context["sysctls"]?.array ?? []).enumerated() {
            let name = setting.named
            let field = "\(path).sysctls[\(index)].name"
            if name.isEmpty {
                causes.append(.required(field))
            } else if !isSysctl(name) {
                causes.append(
                    .invalid(
                        field, .string(name),
                        "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
                    ))
            }
        }
        if let policy = context["fsGroupChangePolicy"]?.string, !["Always", "OnRootMismatch"].contains(policy) {
            causes.append(.unsupported("\(path).fsGroupChangePolicy", .string(policy), ["Always", "OnRootMismatch"]))
        }
        return causes + profiles(context, path)
    }

    static func profiles(_ context: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for (key, name) in [("seccompProfile", "seccomp"), ("appArmorProfile", "AppArmor")] {
            guard let profile = context[key] else { continue }
            let type = profile["type"]?.string ?? ""
            let file = profile["localhostProfile"]?.string ?? ""
            if type.isEmpty {
                causes.append(
                    .required(
                        "\(path).\(key).type",
                        key == "seccompProfile"
                            ? "type is required when seccompProfile is set"
                            : "type is required when appArmorProfile is set"))
            } else if !["Localhost", "RuntimeDefault", "Unconfined"].contains(type) {
                causes.append(
                    .unsupported("\(path).\(key).type", .string(type), ["Localhost", "RuntimeDefault", "Unconfined"]))
            } else if type == "Localhost", file.isEmpty {
                causes.append(
                    .required("\(path).\(key).localhostProfile", "must be set when \(name) type is Localhost"))
            } else if type != "Localhost", !file.isEmpty {
                causes.append(
                    .invalid(
                        "\(path).\(key).localhostProfile", .string(file),
                        "can only be set when \(name) type is Localhost"))
            }
        }
        return causes
    }

    private static func isSysctl(_ name: String) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        return name.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "/" }.allSatisfy { part in
            let bytes = Array(part.utf8)
            func isWord(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
            guard let first = bytes.first, let last = bytes.last else { return false }
            return isWord(first) && isWord(last) && bytes.allSatisfy { isWord($0) || $0 == 45 || $0 == 95 }
        }
    }

    private static func spread(_ constraints: [Value], _ path: String) -> [Cause] {
        constraints.enumerated().flatMap { index, constraint -> [Cause] in
            var causes: [Cause] = []
            if let skew = constraint["maxSkew"]?.integer, skew <= 0 {
                causes.append(.invalid("\(path)[\(index)].maxSkew", .integer(skew), "must be greater than zero"))
            }
            if constraint["topologyKey"]?.string?.isEmpty ?? true {
                causes.append(.required("\(path)[\(index)].topologyKey", "can not be empty"))
            }
            let word = constraint["whenUnsatisfiable"]?.string ?? ""
            if !["DoNotSchedule", "ScheduleAnyway"].contains(word) {
                causes.append(
                    .unsupported(
                        "\(path)[\(index)].whenUnsatisfiable", .string(word), ["DoNotSchedule", "ScheduleAnyway"]))
            }
            return causes
        }
    }

    private static func tolerations(_ tolerations: [Value], _ path: String) -> [Cause] {
        tolerations.enumerated().flatMap { index, toleration -> [Cause] in
            var causes: [Cause] = []
            let place = "\(path)[\(index)]"
            let key = toleration["key"]?.string ?? ""
            let word = toleration["operator"]?.string ?? ""
            if !key.isEmpty, !NameRules.isLabelKey(key) {
                causes.append(.invalid("\(place).key", .string(key), NameRules.labelKeyProblem(key)))
            }
            if key.isEmpty, word != "Exists" {
                causes.append(
                    .invalid(
                        "\(place).operator", .string(word),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
            }
            if toleration["tolerationSeconds"] != nil, toleration["effect"] != "NoExecute" {
                causes.append(
                    .invalid(
                        "\(place).effect", toleration["effect"] ?? "",
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
            }
            switch word {
            case "Exists":
                if toleration["value"]?.string?.isEmpty == false {
                    causes.append(
                        .invalid(
                            "\(place).operator", .string(toleration["value"]?.string ?? ""),
                            "value must be empty when `operator` is 'Exists'"))
                }
            case "", "Equal": break
            default: causes.append(.unsupported("\(place).operator", .string(word), ["Equal", "Exists"]))
            }
            let effect = toleration["effect"]?.string ?? ""
            if !effect.isEmpty, !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(effect) {
                causes.append(
                    .unsupported("\(place).effect", .string(effect), ["NoSchedule", "PreferNoSchedule", "NoExecute"]))
            }
            return causes
        }
    }
}
