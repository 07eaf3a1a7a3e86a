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

    private static func image(_ container: Value, _ path: String) -> [Cause] {
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

    /// `only` one of the lists, or all of them.
    static func containers(
        _ spec: Value, _ path: String, volumes: [String: Value] = [:], only: String? = nil
    ) -> [Cause] {
        var causes: [Cause] = []
        let rules = ContainerRules(spec: spec, volumes: volumes)
        if only == nil, spec["containers"]?.array?.isEmpty ?? true { causes.append(.required("\(path).containers")) }
        var names: [String] = []
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            let containers = spec[list]?.array ?? []
            for (index, container) in containers.enumerated() {
                let name = container.named
                let place = "\(path).\(list)[\(index)]"
                defer { names.append(name) }
                guard only == nil || only == list else { continue }
                causes += rules.check(container, place)
                let sidecar = list == "initContainers" && container["restartPolicy"]?.string == "Always"
                if list == "initContainers", !sidecar, container["restartPolicy"] != nil {
                    causes += rules.restarts(container, place)
                }
                if names.contains(name), !name.isEmpty || list == "containers" {
                    causes.append(.duplicate("\(place).name", .string(name)))
                }
                if list == "containers" || sidecar {
                    causes += rules.handlers(container, place)
                } else if list == "initContainers" {
                    for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]
                    where container[key] != nil {
                        causes.append(
                            .forbidden(
                                "\(place).\(key)", "may not be set for init containers without restartPolicy=Always"))
                    }
                } else {
                    causes += ephemeral(container, spec, place)
                }
                if list == "containers" { causes += rules.restarts(container, place) }
            }
            if list == "containers", only == nil { causes += conflicts(containers, "\(path).containers") }
        }
        return causes
    }

    private static let ephemeralForbidden = [
        "ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resizePolicy",
    ]

    private static func ephemeral(_ container: Value, _ spec: Value, _ path: String) -> [Cause] {
        var causes = image(container, path)
        let target = FieldRules.text(container["targetContainerName"])
        let others = (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? [])
        if !target.isEmpty, !others.contains(where: { $0.named == target }) {
            causes.append(.notFound("\(path).targetContainerName", .string(target)))
        }
        for key in ephemeralForbidden {
            guard let value = container[key], value != [:], value != [] else { continue }
            causes.append(.forbidden("\(path).\(key)", "cannot be set for an Ephemeral Container"))
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            for key in ["subPath", "subPathExpr"] where !FieldRules.text(mount[key]).isEmpty {
                causes.append(
                    .forbidden("\(path).volumeMounts[\(index)].\(key)", "cannot be set for an Ephemeral Container"))
            }
        }
        return causes
    }

    /// Two containers that want the same port of the machine.
    private static func conflicts(_ containers: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var seen: Set<String> = []
        for (index, container) in containers.enumerated() {
            for (number, port) in (container["ports"]?.array ?? []).enumerated() {
                guard let host = port["hostPort"]?.integer, host != 0 else { continue }
                let key = "\(FieldRules.text(port["protocol"]))/\(FieldRules.text(port["hostIP"]))/\(host)"
                if !seen.insert(key).inserted {
                    causes.append(.duplicate("\(path)[\(index)].ports[\(number)].hostPort", .string(key)))
                }
            }
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

    private static func names(_ spec: Value, _ path: String) -> [Cause] {
        let config = spec["dnsConfig"]
        let servers = (config?["nameservers"]?.array ?? []).compactMap(\.string)
        if spec["dnsPolicy"]?.string == "None" {
            if config == nil { return [.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")] }
            if servers.isEmpty {
                return [
                    .required(
                        "\(path).nameservers",
                        "must provide at least one DNS nameserver when `dnsPolicy` is None")
                ]
            }
        }
        guard let config else { return [] }
        var causes: [Cause] = []
        if servers.count > 3 {
            causes.append(
                .invalid(
                    "\(path).nameservers", config["nameservers"] ?? .null, "must not have more than 3 nameservers"))
        }
        for (index, server) in servers.enumerated() {
            causes += FieldRules.address(server, "\(path).nameservers[\(index)]")
        }
        let searches = (config["searches"]?.array ?? []).compactMap(\.string)
        if searches.count > 32 {
            causes.append(
                .invalid("\(path).searches", config["searches"] ?? .null, "must not have more than 32 search paths"))
        }
        if searches.joined(separator: " ").utf8.count > 2048 {
            causes.append(
                .invalid(
                    "\(path).searches", config["searches"] ?? .null,
                    "must not have more than 2048 characters (including spaces) in the search list"))
        }
        for (index, search) in searches.enumerated() where search != "." {
            let name = search.hasSuffix(".") ? String(search.dropLast()) : search
            causes += FieldRules.invalid(
                "\(path).searches[\(index)]", name, NameRules.underscoredSubdomainProblems(name))
        }
        for (index, option) in (config["options"]?.array ?? []).enumerated() where option.named.isEmpty {
            causes.append(.required("\(path).options[\(index)]", "must not be empty"))
        }
        return causes
    }
}
