import Documents
import KubernetesAPI

extension PodRules {
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
}
