public import Documents

/// The Pod Security Standards as the API's own admission judges and words them.
public struct PodSecurityStandard: Hashable, Sendable {
    public enum Level: String, Sendable, CaseIterable { case privileged, baseline, restricted }

    /// What a pod does that the level forbids: `host namespaces`, `hostPID=true`.
    public struct Violation: Hashable, Sendable {
        public var reason: String
        public var detail: String
    }

    public var level: Level
    /// `latest` or `v1.30`.
    public var version: String

    public init(level: Level, version: String) {
        self.level = level
        self.version = version
    }

    public var description: String { "\(level.rawValue):\(version)" }

    /// As one line: `host namespaces (hostPID=true), privileged (…)`.
    public static func text(_ violations: [Violation]) -> String {
        violations.map { $0.detail.isEmpty ? $0.reason : "\($0.reason) (\($0.detail))" }.joined(separator: ", ")
    }

    /// `spec` is a pod's specification, `metadata` its metadata.
    public func violations(of spec: Value, metadata: Value) -> [Violation] {
        let pod = PodView(spec: spec, metadata: metadata)
        switch level {
        case .privileged: return []
        case .baseline:
            return [
                pod.appArmor, pod.addedCapabilities, pod.hostNamespaces, pod.hostPaths, pod.hostPorts,
                pod.hostProbes(version),
                pod.privileged, pod.procMount, pod.seLinux, pod.unconfined, pod.sysctls, pod.hostProcess,
            ].compactMap { $0 }
        case .restricted:
            return [
                pod.appArmor, pod.hostNamespaces, pod.hostPaths, pod.hostPorts, pod.hostProbes(version), pod.privileged,
                pod.procMount,
                pod.seLinux, pod.sysctls, pod.hostProcess, pod.escalation, pod.restrictedCapabilities,
                pod.restrictedVolumes, pod.runsAsRoot, pod.runsAsUserZero, pod.seccompRequired,
            ].compactMap { $0 }
        }
    }
}

/// A pod, asked one question after the other.
private struct PodView {
    typealias Violation = PodSecurityStandard.Violation
    var spec: Value
    var metadata: Value

    private var containers: [Value] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { spec[$0]?.array ?? [] }
    }

    private func name(_ container: Value) -> String { container["name"]?.string ?? "" }

    /// `container "a"`, `containers "a", "b"`.
    private func list(_ noun: String, _ names: [String]) -> String {
        "\(noun)\(names.count == 1 ? "" : "s") " + names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private func quoted(_ words: some Sequence<String>) -> String {
        words.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private func unique(_ words: [String]) -> [String] { Set(words).sorted() }

    var hostNamespaces: Violation? {
        let found = ["hostNetwork", "hostPID", "hostIPC"].filter { spec[$0]?.bool == true }
        guard !found.isEmpty else { return nil }
        return Violation(reason: "host namespaces", detail: found.map { "\($0)=true" }.joined(separator: ", "))
    }

    var privileged: Violation? {
        let bad = containers.filter { $0["securityContext"]?["privileged"]?.bool == true }.map(name)
        guard !bad.isEmpty else { return nil }
        return Violation(
            reason: "privileged",
            detail: "\(list("container", bad)) must not set securityContext.privileged=true")
    }

    private static let defaultCapabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    private func added(_ container: Value) -> [String] {
        (container["securityContext"]?["capabilities"]?["add"]?.array ?? []).compactMap(\.string)
    }

    var addedCapabilities: Violation? {
        let bad = containers.filter { added($0).contains { !Self.defaultCapabilities.contains($0) } }
        guard !bad.isEmpty else { return nil }
        let extra = unique(bad.flatMap(added).filter { !Self.defaultCapabilities.contains($0) })
        return Violation(
            reason: "non-default capabilities",
            detail:
                "\(list("container", bad.map(name))) must not include \(quoted(extra)) in securityContext.capabilities.add"
        )
    }

    var restrictedCapabilities: Violation? {
        let notDropping = containers.filter {
            !($0["securityContext"]?["capabilities"]?["drop"]?.array ?? []).contains("ALL")
        }.map(name)
        let adding = containers.filter { added($0).contains { $0 != "NET_BIND_SERVICE" } }
        var details: [String] = []
        if !notDropping.isEmpty {
            details.append("\(list("container", notDropping)) must set securityContext.capabilities.drop=[\"ALL\"]")
        }
        if !adding.isEmpty {
            let extra = unique(adding.flatMap(added).filter { $0 != "NET_BIND_SERVICE" })
            details.append(
                "\(list("container", adding.map(name))) must not include \(quoted(extra)) in securityContext.capabilities.add"
            )
        }
        guard !details.isEmpty else { return nil }
        return Violation(reason: "unrestricted capabilities", detail: details.joined(separator: "; "))
    }

    private var volumes: [Value] { spec["volumes"]?.array ?? [] }

    var hostPaths: Violation? {
        let bad = volumes.filter { $0["hostPath"] != nil }.map(name)
        return bad.isEmpty ? nil : Violation(reason: "hostPath volumes", detail: list("volume", bad))
    }

    private static let safeVolumes: Set<String> = [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    ]

    var restrictedVolumes: Violation? {
        func kind(_ volume: Value) -> String? {
            (volume.object ?? Object()).first { $0.key != "name" && !Self.safeVolumes.contains($0.key) }?.key
        }
        let bad = volumes.filter { kind($0) != nil }
        guard !bad.isEmpty else { return nil }
        let kinds = unique(bad.compactMap(kind))
        return Violation(
            reason: "restricted volume types",
            detail:
                "\(list("volume", bad.map(name))) \(bad.count == 1 ? "uses" : "use") restricted volume type\(kinds.count == 1 ? "" : "s") \(quoted(kinds))"
        )
    }

    var hostPorts: Violation? {
        func ports(_ container: Value) -> [Int] {
            (container["ports"]?.array ?? []).compactMap { $0["hostPort"]?.integer }.filter { $0 != 0 }
        }
        let bad = containers.filter { !ports($0).isEmpty }
        guard !bad.isEmpty else { return nil }
        let numbers = Set(bad.flatMap(ports)).sorted().map(String.init)
        return Violation(
            reason: "hostPort",
            detail:
                "\(list("container", bad.map(name))) \(bad.count == 1 ? "uses" : "use") hostPort\(numbers.count == 1 ? "" : "s") \(numbers.joined(separator: ", "))"
        )
    }

    /// Probes and hooks that name a host: forbidden since 1.34.
    func hostProbes(_ version: String) -> Violation? {
        if version != "latest" {
            guard let minor = version.split(separator: ".").last.flatMap({ Int($0) }), minor >= 34 else { return nil }
        }
        func hosts(_ container: Value) -> [String] {
            let handlers =
                ["livenessProbe", "readinessProbe", "startupProbe"].compactMap { container[$0] }
                + ["postStart", "preStop"].compactMap { container["lifecycle"]?[$0] }
            return handlers.flatMap { handler in
                ["httpGet", "tcpSocket"].compactMap { handler[$0]?["host"]?.string }.filter {
                    !["", "127.0.0.1", "::1"].contains($0)
                }
            }
        }
        let bad = containers.filter { !hosts($0).isEmpty }
        guard !bad.isEmpty else { return nil }
        let names = unique(bad.flatMap(hosts))
        return Violation(
            reason: "probe or lifecycle host",
            detail:
                "\(list("container", bad.map(name))) \(bad.count == 1 ? "uses" : "use") probe or lifecycle host\(names.count == 1 ? "" : "s") \(quoted(names))"
        )
    }

    /// The pod's own setting and those of its containers that are not allowed.
    private func settings(_ path: [String], isAllowed: (String) -> Bool) -> (
        pod: String?, containers: [Value], values: [String]
    ) {
        func read(_ value: Value) -> String? { value[Pointer(["securityContext"] + path)]?.string }
        let own = read(spec).flatMap { isAllowed($0) ? nil : $0 }
        let bad = containers.filter { read($0).map { !isAllowed($0) } ?? false }
        return (own, bad, unique([own].compactMap { $0 } + bad.compactMap(read)))
    }

    private func setters(_ pod: Bool, _ containers: [Value]) -> String {
        switch (pod, containers.isEmpty) {
        case (true, true): "pod"
        case (true, false): "pod and \(list("container", containers.map(name)))"
        default: list("container", containers.map(name))
        }
    }

    var unconfined: Violation? {
        let found = settings(["seccompProfile", "type"]) { $0 != "Unconfined" }
        guard !found.values.isEmpty else { return nil }
        return Violation(
            reason: "seccompProfile",
            detail:
                "\(setters(found.pod != nil, found.containers)) must not set securityContext.seccompProfile.type to \(quoted(found.values))"
        )
    }

    var seccompRequired: Violation? {
        let allowed = ["RuntimeDefault", "Localhost"]
        let bad = settings(["seccompProfile", "type"]) { allowed.contains($0) }
        var details: [String] = []
        if !bad.values.isEmpty {
            details.append(
                "\(setters(bad.pod != nil, bad.containers)) must not set securityContext.seccompProfile.type to \(quoted(bad.values))"
            )
        }
        let podSets = spec[Pointer(["securityContext", "seccompProfile", "type"])] != nil
        let unset = containers.filter { $0[Pointer(["securityContext", "seccompProfile", "type"])] == nil }.map(name)
        if !podSets, !unset.isEmpty {
            details.append(
                "pod or \(list("container", unset)) must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""
            )
        }
        return details.isEmpty ? nil : Violation(reason: "seccompProfile", detail: details.joined(separator: "; "))
    }

    var appArmor: Violation? {
        let found = settings(["appArmorProfile", "type"]) { ["RuntimeDefault", "Localhost"].contains($0) }
        let notes = (metadata["annotations"]?.object ?? Object()).filter { note in
            note.key.hasPrefix("container.apparmor.security.beta.kubernetes.io/")
                && !(note.value == "" || note.value == "runtime/default"
                    || note.value.string?.hasPrefix("localhost/") == true)
        }
        guard !found.values.isEmpty || !notes.isEmpty else { return nil }
        var details: [String] = []
        if !found.values.isEmpty {
            details.append(
                "\(setters(found.pod != nil, found.containers)) must not set securityContext.appArmorProfile.type to \(quoted(found.values))"
            )
        }
        if !notes.isEmpty {
            let texts = notes.map { "\($0.key)=\(JSONWriter.string($0.value))" }.sorted()
            details.append(
                "annotation\(texts.count == 1 ? "" : "s") \(texts.joined(separator: ", "))")
        }
        let count = found.values.count + notes.count
        return Violation(
            reason: "forbidden AppArmor profile\(count == 1 ? "" : "s")", detail: details.joined(separator: "; "))
    }

    var procMount: Violation? {
        let bad = containers.filter {
            ($0[Pointer(["securityContext", "procMount"])]?.string ?? "Default") != "Default"
        }
        guard !bad.isEmpty else { return nil }
        let values = unique(bad.compactMap { $0[Pointer(["securityContext", "procMount"])]?.string })
        return Violation(
            reason: "procMount",
            detail: "\(list("container", bad.map(name))) must not set securityContext.procMount to \(quoted(values))")
    }

    var seLinux: Violation? {
        let types: Set<String> = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
        let type = settings(["seLinuxOptions", "type"]) { types.contains($0) }
        let user = settings(["seLinuxOptions", "user"]) { $0.isEmpty }
        let role = settings(["seLinuxOptions", "role"]) { $0.isEmpty }
        let bad = [type, user, role].flatMap(\.containers).reduce(into: [Value]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let podIsBad = type.pod != nil || user.pod != nil || role.pod != nil
        guard podIsBad || !bad.isEmpty else { return nil }
        var parts: [String] = []
        if !type.values.isEmpty {
            parts.append("type\(type.values.count == 1 ? "" : "s") \(quoted(type.values))")
        }
        if !user.values.isEmpty { parts.append("user may not be set") }
        if !role.values.isEmpty { parts.append("role may not be set") }
        return Violation(
            reason: "seLinuxOptions",
            detail:
                "\(setters(podIsBad, bad)) set forbidden securityContext.seLinuxOptions: \(parts.joined(separator: "; "))"
        )
    }

    private static let safeSysctls: Set<String> = [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ]

    var sysctls: Violation? {
        let bad = (spec[Pointer(["securityContext", "sysctls"])]?.array ?? []).map(name).filter {
            !Self.safeSysctls.contains($0)
        }
        return bad.isEmpty ? nil : Violation(reason: "forbidden sysctls", detail: bad.joined(separator: ", "))
    }

    var hostProcess: Violation? {
        let path = Pointer(["securityContext", "windowsOptions", "hostProcess"])
        let bad = containers.filter { $0[path]?.bool == true }
        let podIsBad = spec[path]?.bool == true
        guard podIsBad || !bad.isEmpty else { return nil }
        return Violation(
            reason: "hostProcess",
            detail: "\(setters(podIsBad, bad)) must not set securityContext.windowsOptions.hostProcess=true")
    }

    var escalation: Violation? {
        let bad = containers.filter { $0[Pointer(["securityContext", "allowPrivilegeEscalation"])]?.bool != false }
        guard !bad.isEmpty else { return nil }
        return Violation(
            reason: "allowPrivilegeEscalation != false",
            detail: "\(list("container", bad.map(name))) must set securityContext.allowPrivilegeEscalation=false")
    }

    var runsAsRoot: Violation? {
        let path = Pointer(["securityContext", "runAsNonRoot"])
        let own = spec[path]?.bool
        let explicit = containers.filter { $0[path]?.bool == false }
        let implicit = own == true ? [] : containers.filter { $0[path] == nil }
        var details: [String] = []
        if own == false, !implicit.isEmpty || containers.isEmpty {
            details.append("pod must not set securityContext.runAsNonRoot=false")
        }
        if !explicit.isEmpty {
            details.append(
                "\(list("container", explicit.map(name))) must not set securityContext.runAsNonRoot=false")
        }
        if own != false, !implicit.isEmpty {
            details.append("pod or \(list("container", implicit.map(name))) must set securityContext.runAsNonRoot=true")
        }
        return details.isEmpty
            ? nil : Violation(reason: "runAsNonRoot != true", detail: details.joined(separator: "; "))
    }

    var runsAsUserZero: Violation? {
        let path = Pointer(["securityContext", "runAsUser"])
        let bad = containers.filter { $0[path]?.integer == 0 }
        let podIsBad = spec[path]?.integer == 0
        guard podIsBad || !bad.isEmpty else { return nil }
        return Violation(reason: "runAsUser=0", detail: "\(setters(podIsBad, bad)) must not set runAsUser=0")
    }
}
