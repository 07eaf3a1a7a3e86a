import Documents
import Kubernetes
import KubernetesAPI

/// What makes a container of a pod unfit.
struct ContainerRules {
    typealias Cause = FieldError

    /// The specification of the pod around it, and the volumes that it may mount.
    let spec: Value
    let volumes: [String: Value]

    private var isOwnUsers: Bool { spec["hostUsers"]?.bool == false }

    func check(_ container: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let name = container.named
        causes +=
            name.isEmpty
            ? [.required("\(path).name")] : FieldRules.invalid("\(path).name", name, NameRules.labelProblems(name))
        if FieldRules.text(container["image"]).isEmpty { causes.append(.required("\(path).image")) }
        causes += FieldRules.word(
            container["terminationMessagePolicy"], "\(path).terminationMessagePolicy",
            ["File", "FallbackToLogsOnError"])
        causes += ports(container["ports"]?.array ?? [], "\(path).ports")
        causes += EnvironmentRules.variables(container["env"]?.array ?? [], "\(path).env")
        causes += EnvironmentRules.groups(container["envFrom"]?.array ?? [], "\(path).envFrom")
        causes += MountRules(container: container, volumes: volumes).check(path)
        causes += FieldRules.word(
            container["imagePullPolicy"], "\(path).imagePullPolicy", ["Always", "IfNotPresent", "Never"])
        causes += ResourceRules.check(container["resources"] ?? [:], "\(path).resources")
        causes += resizing(container["resizePolicy"]?.array ?? [], "\(path).resizePolicy")
        return causes + securityContext(container["securityContext"] ?? [:], "\(path).securityContext")
    }

    private func ports(_ ports: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = "\(path)[\(index)]"
            let name = port.named
            if !name.isEmpty {
                let problems = NameRules.portNameProblems(name)
                causes += FieldRules.invalid("\(place).name", name, problems)
                if problems.isEmpty, !names.insert(name).inserted {
                    causes.append(.duplicate("\(place).name", .string(name)))
                }
            }
            let number = port["containerPort"]?.integer ?? 0
            causes +=
                number == 0
                ? [.required("\(place).containerPort")] : FieldRules.portNumber(number, "\(place).containerPort")
            if let host = port["hostPort"]?.integer, host != 0 {
                causes += FieldRules.portNumber(host, "\(place).hostPort")
            }
            causes += FieldRules.word(port["protocol"], "\(place).protocol", ServiceRules.protocols)
        }
        return causes
    }

    private func resizing(_ policies: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var seen: Set<String> = []
        for (index, policy) in policies.enumerated() {
            let name = FieldRules.text(policy["resourceName"])
            if !seen.insert(name).inserted { causes.append(.duplicate("\(path)[\(index)]", .string(name))) }
            causes += FieldRules.word(policy["resourceName"], path, ["cpu", "memory"])
            let word = FieldRules.text(policy["restartPolicy"])
            causes += FieldRules.word(policy["restartPolicy"], path, ["NotRequired", "RestartContainer"])
            if spec["restartPolicy"]?.string == "Never", word != "NotRequired" {
                causes.append(
                    .invalid(path, .string(word), "must be 'NotRequired' when `restartPolicy` is 'Never'"))
            }
        }
        return causes
    }

    private func securityContext(_ context: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["runAsUser", "runAsGroup"] {
            if let id = context[key]?.integer { causes += PodRules.identity(id, "\(path).\(key)") }
        }
        if let mount = context["procMount"]?.string {
            causes += FieldRules.supportedWord(.string(mount), "\(path).procMount", ["Default", "Unmasked"])
            if !isOwnUsers, mount == "Unmasked" {
                causes.append(
                    .invalid("\(path).procMount", .string(mount), "`hostUsers` must be false to use `Unmasked`"))
            }
        }
        causes += ProfileRules.seccomp(context["seccompProfile"], "\(path).seccompProfile")
        if context["allowPrivilegeEscalation"]?.bool == false {
            if context["privileged"]?.bool == true {
                causes.append(
                    .invalid(
                        path, GoStructure.value(context, "SecurityContext"),
                        "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
            }
            for added in context["capabilities"]?["add"]?.array ?? [] where added == "CAP_SYS_ADMIN" {
                causes.append(
                    .invalid(
                        path, GoStructure.value(context, "SecurityContext"),
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
            }
        }
        return causes + ProfileRules.appArmor(context["appArmorProfile"], "\(path).appArmorProfile")
    }

    /// Of regular containers and of those that run beside them.
    func handlers(_ container: Value, _ path: String) -> [Cause] {
        let rules = HandlerRules(gracePeriod: spec["terminationGracePeriodSeconds"]?.integer)
        var causes: [Cause] = []
        if let lifecycle = container["lifecycle"] {
            causes += rules.lifecycle(lifecycle, "\(path).lifecycle", system: spec["os"]?.named)
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            if let value = container[probe] { causes += rules.probe(value, "\(path).\(probe)", probe) }
        }
        return causes
    }

    /// What starts a container again.
    func restarts(_ container: Value, _ path: String) -> [Cause] {
        let rules = container["restartPolicyRules"]?.array ?? []
        var causes: [Cause] = []
        if let policy = container["restartPolicy"] {
            causes += FieldRules.supportedWord(policy, "\(path).restartPolicy", ["Always", "Never", "OnFailure"])
        } else if !rules.isEmpty {
            causes.append(
                .required("\(path).restartPolicy", "must specify restartPolicy when restart rules are used"))
        }
        for (index, rule) in rules.enumerated() {
            let place = "\(path).restartPolicyRules[\(index)]"
            if FieldRules.text(rule["action"]) != "Restart", FieldRules.text(rule["action"]) != "RestartAllContainers" {
                causes.append(.unsupported("\(place).action", rule["action"] ?? "", ["Restart"]))
            }
            if let codes = rule["exitCodes"] {
                causes += FieldRules.supportedWord(
                    codes["operator"], "\(place).exitCodes.operator", ["In", "NotIn"])
            } else {
                causes.append(.required("\(place).exitCodes", "must be specified"))
            }
        }
        return causes
    }
}
