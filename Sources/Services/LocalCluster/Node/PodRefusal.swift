import Documents

/// What a pod may ask for that this node does not give: said before anything runs, never left out in silence.
enum PodRefusal {
    static func reason(_ pod: Value) -> String? {
        let spec = pod["spec"]
        for flag in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"] where spec?[flag]?.bool == true {
            return "\(flag) is not supported by the local cluster"
        }
        if spec?["hostUsers"]?.bool == true {
            return "hostUsers is not supported by the local cluster: every pod has its own users"
        }
        if let runtime = spec?["runtimeClassName"]?.string, !runtime.isEmpty {
            return "RuntimeClass \"\(runtime)\" is not supported by the local cluster"
        }
        for list in ["containers", "initContainers"] {
            for container in spec?[list]?.array ?? [] {
                let name = container["name"]?.string ?? ""
                let security = container["securityContext"]
                if security?["privileged"]?.bool == true {
                    return "container \(name): privileged is not supported by the local cluster"
                }
                if security?["procMount"]?.string == "Unmasked" {
                    return "container \(name): procMount is not supported by the local cluster"
                }
                for profile in [security, spec?["securityContext"]]
                where profile?["seccompProfile"]?["type"]?.string == "Localhost" {
                    return "container \(name): seccomp profiles of files are not supported by the local cluster"
                }
                if container["lifecycle"] != nil {
                    return "container \(name): lifecycle hooks are not supported by the local cluster yet"
                }
                if container["restartPolicy"]?.string == "Always", list == "initContainers" {
                    return "container \(name): sidecar containers are not supported by the local cluster yet"
                }
                if container["volumeDevices"]?.array?.isEmpty == false {
                    return "container \(name): volumeDevices are not supported by the local cluster"
                }
                for mount in container["volumeMounts"]?.array ?? []
                where mount["subPath"] != nil || mount["subPathExpr"] != nil {
                    return "container \(name): subPath is not supported by the local cluster yet"
                }
            }
        }
        if spec?["ephemeralContainers"]?.array?.isEmpty == false {
            return "ephemeral containers are not supported by the local cluster yet"
        }
        return nil
    }
}
