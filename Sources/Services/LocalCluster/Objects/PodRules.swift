import Documents
import Kubernetes
import KubernetesAPI

/// What makes a pod's specification unfit.
enum PodRules {
    typealias Cause = FieldError

    static func template(_ template: Value, _ path: String) -> [Cause] {
        var causes =
            Validation.labels(template["metadata"]?["labels"], "\(path).labels")
            + Validation.annotations(template["metadata"]?["annotations"], "\(path).annotations")
            + check(template["spec"] ?? [:], "\(path).spec")
        if template["spec"]?["ephemeralContainers"]?.array?.isEmpty == false {
            causes.append(
                .forbidden("\(path).spec.ephemeralContainers", "ephemeral containers not allowed in pod template"))
        }
        return causes
    }

    static func pod(_ pod: Value, isNew: Bool) -> [Cause] {
        let spec = pod["spec"] ?? [:]
        var causes = check(spec, "spec", isPod: true)
        for list in ["containers", "initContainers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                causes += image(container, "spec.\(list)[\(index)]")
            }
        }
        guard isNew else { return causes }
        if spec["ephemeralContainers"]?.array?.isEmpty == false {
            causes.append(.forbidden("spec.ephemeralContainers", "cannot be set on create"))
        }
        if !FieldRules.text(spec["nodeName"]).isEmpty, spec["schedulingGates"]?.array?.isEmpty == false {
            causes.append(
                .forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
        }
        return causes
    }

    static func image(_ container: Value, _ path: String) -> [Cause] {
        let image = FieldRules.text(container["image"])
        return image.first?.isWhitespace == true || image.last?.isWhitespace == true
            ? [.invalid("\(path).image", .string(image), "must not have leading or trailing whitespace")] : []
    }

    static func check(_ spec: Value, _ path: String, isPod: Bool = false) -> [Cause] {
        let (volumes, volumeCauses) = VolumeRules.check(spec["volumes"]?.array ?? [], "\(path).volumes")
        var causes = volumeCauses + containers(spec, path, volumes: volumes)
        causes += hostPorts(spec, path, isPod: isPod)
        causes += FieldRules.word(
            spec["restartPolicy"], "\(path).restartPolicy", ["Always", "OnFailure", "Never"])
        causes += FieldRules.word(
            spec["dnsPolicy"], "\(path).dnsPolicy", ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
        causes += Validation.labels(spec["nodeSelector"], "\(path).nodeSelector")
        causes += securityContext(spec["securityContext"] ?? [:], spec, "\(path).securityContext")
        causes += AffinityRules.check(spec["affinity"], "\(path).affinity")
        causes += names(spec, "\(path).dnsConfig")
        for (index, gate) in (spec["readinessGates"]?.array ?? []).enumerated() {
            causes += FieldRules.labelKey(
                FieldRules.text(gate["conditionType"]), "\(path).readinessGates[\(index)].conditionType")
        }
        var gates: Set<String> = []
        for (index, gate) in (spec["schedulingGates"]?.array ?? []).enumerated() {
            causes += FieldRules.labelKey(gate.named, "\(path).schedulingGates[\(index)]")
            if !gates.insert(gate.named).inserted {
                causes.append(.duplicate("\(path).schedulingGates[\(index)]", .string(gate.named)))
            }
        }
        causes += AffinityRules.spread(
            spec["topologySpreadConstraints"]?.array ?? [], "\(path).topologySpreadConstraints")
        causes += hostUsers(spec, path)
        return causes + identityAndPlace(spec, path)
    }

    private static func identityAndPlace(_ spec: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["serviceAccountName", "nodeName"] {
            causes += FieldRules.optionalSubdomain(spec[key], "\(path).\(key)")
        }
        if let seconds = spec["activeDeadlineSeconds"]?.integer, !(1...2_147_483_647).contains(seconds) {
            causes.append(
                .invalid(
                    "\(path).activeDeadlineSeconds", .integer(seconds), "must be between 1 and 2147483647, inclusive"))
        }
        for key in ["hostname", "subdomain"] {
            let name = FieldRules.text(spec[key])
            if !name.isEmpty { causes += FieldRules.invalid("\(path).\(key)", name, NameRules.labelProblems(name)) }
        }
        causes += TolerationRules.check(spec["tolerations"]?.array ?? [], "\(path).tolerations")
        for (index, alias) in (spec["hostAliases"]?.array ?? []).enumerated() {
            causes += FieldRules.address(FieldRules.text(alias["ip"]), "\(path).hostAliases[\(index)].ip")
            for (number, name) in (alias["hostnames"]?.array ?? []).compactMap(\.string).enumerated() {
                causes += FieldRules.invalid(
                    "\(path).hostAliases[\(index)].hostnames[\(number)]", name, NameRules.subdomainProblems(name))
            }
        }
        causes += FieldRules.optionalSubdomain(spec["priorityClassName"], "\(path).priorityClassName")
        if let name = spec["runtimeClassName"]?.string {
            causes += FieldRules.invalid("\(path).runtimeClassName", name, NameRules.subdomainProblems(name))
        }
        if let policy = spec["preemptionPolicy"] {
            causes += FieldRules.word(policy, "\(path).preemptionPolicy", ["PreemptLowerPriority", "Never"])
        }
        if let overhead = spec["overhead"] { causes += ResourceRules.check(["limits": overhead], "\(path).overhead") }
        if let system = spec["os"] {
            causes +=
                system.named.isEmpty
                ? [.required("\(path).os.name")]
                : FieldRules.supportedWord(system["name"], "\(path).os", ["linux", "windows"])
        }
        return causes
    }

    private static func hostPorts(_ spec: Value, _ path: String, isPod: Bool) -> [Cause] {
        guard spec["hostNetwork"]?.bool == true else { return [] }
        var causes: [Cause] = []
        for (index, container) in (spec["containers"]?.array ?? []).enumerated() {
            for (number, port) in (container["ports"]?.array ?? []).enumerated() {
                let (host, own) = (port["hostPort"]?.integer ?? 0, port["containerPort"]?.integer ?? 0)
                if isPod || host != 0, host != own {
                    causes.append(
                        .invalid(
                            "\(path).containers[\(index)].ports[\(number)].hostPort", .integer(host),
                            "must match `containerPort` when `hostNetwork` is true"))
                }
            }
        }
        return causes
    }

    private static func hostUsers(_ spec: Value, _ path: String) -> [Cause] {
        guard spec["hostUsers"]?.bool == false else { return [] }
        return [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")].filter {
            spec[$0.0]?.bool == true
        }.map { .forbidden("\(path).\($0.1)", "when `hostUsers` is false") }
    }

    static func identity(_ id: Int, _ field: String) -> [Cause] {
        (0...2_147_483_647).contains(id)
            ? [] : [.invalid(field, .integer(id), "must be between 0 and 2147483647, inclusive")]
    }

    private static func securityContext(_ context: Value, _ spec: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["fsGroup", "runAsUser", "runAsGroup"] {
            if let id = context[key]?.integer { causes += identity(id, "\(path).\(key)") }
        }
        for (index, group) in (context["supplementalGroups"]?.array ?? []).enumerated() {
            if let id = group.integer { causes += identity(id, "\(path).supplementalGroups[\(index)]") }
        }
        if spec["shareProcessNamespace"]?.bool == true, spec["hostPID"]?.bool == true {
            causes.append(
                .invalid(
                    "\(path).shareProcessNamespace", true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
        causes += SystemControlRules.check(context["sysctls"]?.array ?? [], spec, "\(path).sysctls")
        causes += FieldRules.optionalWord(
            context["fsGroupChangePolicy"], "\(path).fsGroupChangePolicy", ["Always", "OnRootMismatch"])
        causes += ProfileRules.seccomp(context["seccompProfile"], "\(path).seccompProfile")
        causes += ProfileRules.appArmor(context["appArmorProfile"], "\(path).appArmorProfile")
        causes += FieldRules.optionalWord(
            context["supplementalGroupsPolicy"], "\(path).supplementalGroupsPolicy", ["Merge", "Strict"])
        return causes
            + FieldRules.optionalWord(
                context["seLinuxChangePolicy"], "\(path).seLinuxChangePolicy", ["MountOption", "Recursive"])
    }
}
