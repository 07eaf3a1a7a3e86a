import Documents

extension Defaults {
    static func podSpec(_ object: inout Value, _ path: [String], isPod: Bool = false) {
        guard object[Pointer(path)]?.object != nil else { return }
        object.fill(path + ["dnsPolicy"], "ClusterFirst")
        object.fill(path + ["restartPolicy"], "Always")
        object.fill(path + ["schedulerName"], "default-scheduler")
        object.fill(path + ["securityContext"], [:])
        object.fill(path + ["terminationGracePeriodSeconds"], 30)
        if isPod { object.fill(path + ["enableServiceLinks"], true) }
        let isOnHost = isPod && object[Pointer(path + ["hostNetwork"])]?.bool == true
        // The old name of the field is kept in step.
        if let account = object[Pointer(path + ["serviceAccountName"])] ?? object[Pointer(path + ["serviceAccount"])] {
            object.fill(path + ["serviceAccountName"], account)
            object[Pointer(path + ["serviceAccount"])] = account
        }
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            object.each(path + [list]) { container(&$0, isPod: isPod, isOnHost: isOnHost) }
        }
        object.each(path + ["volumes"]) { volume(&$0) }
    }

    private static func container(_ container: inout Value, isPod: Bool, isOnHost: Bool) {
        container.fill(["imagePullPolicy"], .string(pullPolicy(of: container["image"]?.string ?? "")))
        container.fill(["resources"], [:])
        container.fill(["terminationMessagePath"], "/dev/termination-log")
        container.fill(["terminationMessagePolicy"], "File")
        container.each(["ports"]) { port in
            port.fill(["protocol"], "TCP")
            if isOnHost, (port["hostPort"]?.integer ?? 0) == 0 { port["hostPort"] = port["containerPort"] }
        }
        container.each(["env"]) { variable in
            if variable["valueFrom"]?["fieldRef"] != nil {
                variable.fill(["valueFrom", "fieldRef", "apiVersion"], "v1")
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe]?.object != nil {
            for (key, number) in [
                ("failureThreshold", 3), ("periodSeconds", 10), ("successThreshold", 1), ("timeoutSeconds", 1),
            ] where (container[probe]?[key]?.integer ?? 0) == 0 {
                container[Pointer([probe, key])] = .integer(number)
            }
            if container[probe]?["httpGet"] != nil {
                container.fill([probe, "httpGet", "path"], "/")
                container.fill([probe, "httpGet", "scheme"], "HTTP")
            }
        }
        for hook in ["postStart", "preStop"] where container["lifecycle"]?[hook]?["httpGet"] != nil {
            container.fill(["lifecycle", hook, "httpGet", "path"], "/")
            container.fill(["lifecycle", hook, "httpGet", "scheme"], "HTTP")
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
        if volume["downwardAPI"] != nil {
            volume.fill(["downwardAPI", "defaultMode"], 420)
            volume.each(["downwardAPI", "items"], fieldReference)
        }
        if volume["projected"] != nil {
            volume.fill(["projected", "defaultMode"], 420)
            volume.each(["projected", "sources"]) { source in
                if source["serviceAccountToken"] != nil {
                    source.fill(["serviceAccountToken", "expirationSeconds"], 3600)
                }
                source.each(["downwardAPI", "items"], fieldReference)
            }
        }
        if let image = volume["image"] {
            let reference = image["reference"]?.string ?? ""
            volume.fill(["image", "pullPolicy"], .string(pullPolicy(of: reference)))
        }
        if volume["ephemeral"]?["volumeClaimTemplate"] != nil {
            volume.fill(["ephemeral", "volumeClaimTemplate", "spec", "volumeMode"], "Filesystem")
        }
        source(&volume)
    }

    /// Where data comes from, in pods and in persistent volumes.
    static func source(_ volume: inout Value) {
        if volume["hostPath"] != nil, volume["hostPath"]?["type"] == nil { volume.fill(["hostPath", "type"], "") }
        let defaults: [(String, [(String, Value)])] = [
            ("iscsi", [("iscsiInterface", "default")]),
            ("rbd", [("pool", "rbd"), ("user", "admin"), ("keyring", "/etc/ceph/keyring")]),
            (
                "azureDisk",
                [("cachingMode", "ReadWrite"), ("kind", "Shared"), ("fsType", "ext4"), ("readOnly", false)]
            ),
            ("scaleIO", [("storageMode", "ThinProvisioned"), ("fsType", "xfs")]),
        ]
        for (key, members) in defaults where volume[key] != nil {
            for (name, value) in members { volume.fill([key, name], value) }
        }
    }

    private static func fieldReference(_ item: inout Value) {
        if item["fieldRef"] != nil { item.fill(["fieldRef", "apiVersion"], "v1") }
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
