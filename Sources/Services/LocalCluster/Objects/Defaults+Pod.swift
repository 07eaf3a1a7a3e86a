import Documents

extension Defaults {
    static func podSpec(_ object: inout Value, _ path: [String], isPod: Bool = false) {
        guard object[Pointer(path)]?.object != nil else { return }
        object.fill(path + ["dnsPolicy"], "ClusterFirst")
        object.fill(path + ["restartPolicy"], "Always")
        object.fill(path + ["schedulerName"], "default-scheduler")
        object.fill(path + ["securityContext"], [:])
        object.fill(path + ["terminationGracePeriodSeconds"], 30)
        if isPod {
            object.fill(path + ["enableServiceLinks"], true)
            object.fill(path + ["preemptionPolicy"], "PreemptLowerPriority")
            object.fill(path + ["priority"], 0)
        }
        // The old name of the field is kept in step.
        if let account = object[Pointer(path + ["serviceAccountName"])] ?? object[Pointer(path + ["serviceAccount"])] {
            object.fill(path + ["serviceAccountName"], account)
            object[Pointer(path + ["serviceAccount"])] = account
        }
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            object.each(path + [list]) { container(&$0, isPod: isPod) }
        }
        object.each(path + ["volumes"]) { volume(&$0) }
    }

    private static func container(_ container: inout Value, isPod: Bool) {
        container.fill(["imagePullPolicy"], .string(pullPolicy(of: container["image"]?.string ?? "")))
        container.fill(["resources"], [:])
        container.fill(["terminationMessagePath"], "/dev/termination-log")
        container.fill(["terminationMessagePolicy"], "File")
        container.each(["ports"]) { $0.fill(["protocol"], "TCP") }
        container.each(["env"]) { variable in
            if variable["valueFrom"]?["fieldRef"] != nil {
                variable.fill(["valueFrom", "fieldRef", "apiVersion"], "v1")
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe]?.object != nil {
            container.fill([probe, "failureThreshold"], 3)
            container.fill([probe, "periodSeconds"], 10)
            container.fill([probe, "successThreshold"], 1)
            container.fill([probe, "timeoutSeconds"], 1)
            if container[probe]?["httpGet"] != nil {
                container.fill([probe, "httpGet", "path"], "/")
                container.fill([probe, "httpGet", "scheme"], "HTTP")
            }
        }
        if isPod, let limits = container["resources"]?["limits"]?.object {
            for limit in limits { container.fill(["resources", "requests", limit.key], limit.value) }
        }
    }

    /// `Always` for a tag that moves.
    static func pullPolicy(of image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return "Always" }
        return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    private static func volume(_ volume: inout Value) {
        if let object = volume.object, object.count == 1 { volume["emptyDir"] = [:] }
        if volume["configMap"] != nil { volume.fill(["configMap", "defaultMode"], 420) }
        if volume["secret"] != nil { volume.fill(["secret", "defaultMode"], 420) }
        if volume["downwardAPI"] != nil { volume.fill(["downwardAPI", "defaultMode"], 420) }
        if volume["projected"] != nil { volume.fill(["projected", "defaultMode"], 420) }
        if volume["hostPath"] != nil { volume.fill(["hostPath", "type"], "") }
    }

    /// `Guaranteed`, `Burstable` or `BestEffort`, from the containers' requests and limits.
    static func qualityOfService(_ pod: Value) -> String {
        let containers =
            (pod[path: "spec", "containers"]?.array ?? []) + (pod[path: "spec", "initContainers"]?.array ?? [])
        var hasAny = false
        var isGuaranteed = true
        for container in containers {
            let requests = container["resources"]?["requests"]
            let limits = container["resources"]?["limits"]
            for name in ["cpu", "memory"] {
                let (request, limit) = (requests?[name], limits?[name])
                if request != nil || limit != nil { hasAny = true }
                if limit == nil || (request ?? limit) != limit { isGuaranteed = false }
            }
        }
        return hasAny ? (isGuaranteed ? "Guaranteed" : "Burstable") : "BestEffort"
    }
}
