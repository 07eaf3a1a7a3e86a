import Documents

extension PodSecurity {
    static let baselineCapabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID",
        "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    /// System controls that affect the pod alone, by the version that allowed them.
    static let safeSysctls: [String: Int] = [
        "kernel.shm_rmid_forced": 0, "net.ipv4.ip_local_port_range": 0, "net.ipv4.tcp_syncookies": 0,
        "net.ipv4.ping_group_range": 0, "net.ipv4.ip_unprivileged_port_start": 0,
        "net.ipv4.ip_local_reserved_ports": 27,
        "net.ipv4.tcp_keepalive_time": 29, "net.ipv4.tcp_fin_timeout": 29, "net.ipv4.tcp_keepalive_intvl": 29,
        "net.ipv4.tcp_keepalive_probes": 29, "net.ipv4.tcp_rmem": 32, "net.ipv4.tcp_wmem": 32,
        "net.ipv4.tcp_slow_start_after_idle": 37, "net.ipv4.tcp_notsent_lowat": 37,
    ]

    private static let appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/"
    private static let seccompPod = "seccomp.security.alpha.kubernetes.io/pod"
    private static let seccompPrefix = "container.seccomp.security.alpha.kubernetes.io/"

    static let baseline: [Control] = [
        Control(id: "hostNamespaces", level: .baseline, since: 0, reason: "host namespaces") { object, _ in
            object.set(["hostNetwork", "hostPID", "hostIPC"], in: object.pod.map { [($0, object.podPointer)] } ?? [])
        },
        Control(id: "privileged", level: .baseline, since: 0, reason: "privileged") { object, _ in
            object.set(["privileged"], in: object.securityContexts())
        },
        Control(id: "capabilities_baseline", level: .baseline, since: 0, reason: "non-default capabilities") {
            object, _ in
            object.capabilities("add") { !baselineCapabilities.contains($0) }
        },
        Control(id: "hostPathVolumes", level: .baseline, since: 0, reason: "hostPath volumes") { object, _ in
            object.volumes { $0 == "hostPath" }
        },
        Control(id: "hostPorts", level: .baseline, since: 0, reason: "hostPort") { object, _ in
            object.containers.flatMap { container in
                (container.node["ports"]?.elements ?? []).enumerated().compactMap { index, port in
                    guard let value = port.given("hostPort"), value.scalar?.integer != 0 else { return nil }
                    let pointer = container.pointer.appending("ports", "\(index)", "hostPort")
                    return Hit(detail: "\(pointer.fieldPath)=\(value.scalar?.number?.text ?? "?")", pointer: pointer)
                }
            }
        },
        Control(id: "appArmorProfile", level: .baseline, since: 0, reason: "forbidden AppArmor profile") { object, _ in
            object.annotations(prefix: appArmorPrefix) {
                $0.isEmpty || $0 == "runtime/default" || $0.hasPrefix("localhost/")
            }
                + object.profiles("appArmorProfile")
        },
        Control(id: "seLinuxOptions", level: .baseline, since: 0, reason: "seLinuxOptions") { object, version in
            var types: Set = ["", "container_t", "container_init_t", "container_kvm_t"]
            if version >= 31 { types.insert("container_engine_t") }
            return object.securityContexts().flatMap { context -> [Hit] in
                guard let options = context.node.given("seLinuxOptions") else { return [] }
                return [("type", types), ("user", [""]), ("role", [""])].compactMap { key, allowed in
                    guard let value = options.given(key), !allowed.contains(value.string ?? "?") else { return nil }
                    let pointer = context.pointer.appending("seLinuxOptions", key)
                    return Hit(detail: "\(pointer.fieldPath)=\(value.string ?? "?")", pointer: pointer)
                }
            }
        },
        Control(id: "procMount", level: .baseline, since: 0, reason: "procMount") { object, version in
            version >= 35 && object.hasOwnUsers ? [] : object.procMounts()
        },
        Control(id: "seccompProfile_baseline", level: .baseline, since: 0, reason: "seccompProfile") {
            object, version in
            guard version < 19 else { return object.profiles("seccompProfile") }
            let isAllowed: (String) -> Bool = {
                $0 == "runtime/default" || $0 == "docker/default" || $0.hasPrefix("localhost/")
            }
            return object.annotations(prefix: seccompPod, isWhole: true, isAllowed: isAllowed)
                + object.annotations(prefix: seccompPrefix, isAllowed: isAllowed)
        },
        Control(id: "sysctls", level: .baseline, since: 0, reason: "forbidden sysctls") { object, version in
            let list = object.podPointer.appending("securityContext", "sysctls")
            return (object.pod?["securityContext"]?["sysctls"]?.elements ?? []).enumerated().compactMap {
                index, element in
                let name = element["name"]?.string ?? ""
                if let since = safeSysctls[name], since <= version { return nil }
                return Hit(detail: name, pointer: list.appending("\(index)", "name"))
            }
        },
        Control(id: "windowsHostProcess", level: .baseline, since: 0, reason: "hostProcess") { object, _ in
            let contexts = object.securityContexts().compactMap { context in
                context.node.given("windowsOptions").map { ($0, context.pointer.appending("windowsOptions")) }
            }
            return object.set(["hostProcess"], in: contexts)
        },
        Control(id: "hostProbesAndHostLifecycle", level: .baseline, since: 34, reason: "probe or lifecycle host") {
            object, _ in
            let handlers = [
                ["livenessProbe"], ["readinessProbe"], ["startupProbe"], ["lifecycle", "postStart"],
                ["lifecycle", "preStop"],
            ]
            return object.containers.flatMap { container in
                handlers.flatMap { path in
                    ["httpGet", "tcpSocket"].compactMap { kind -> Hit? in
                        let full = path + [kind, "host"]
                        guard let host = full.reduce(Optional(container.node), { $0?[$1] }), !host.isUnset,
                            host.string != ""
                        else { return nil }
                        let pointer = Pointer(container.pointer.tokens + full)
                        return Hit(detail: "\(pointer.fieldPath)=\(host.string ?? "?")", pointer: pointer)
                    }
                }
            }
        },
    ]
}

extension KubernetesObject {
    /// Entries of the containers' `capabilities.add` or `.drop` that are not as they should be.
    func capabilities(_ list: String, isForbidden: (String) -> Bool) -> [PodSecurity.Hit] {
        containers.flatMap { container in
            (container.security?["capabilities"]?[list]?.elements ?? []).enumerated().compactMap { index, element in
                let name = element.string ?? "?"
                guard isForbidden(name) else { return nil }
                return PodSecurity.Hit(
                    detail: "container \(container.name) adds \(name)",
                    pointer: container.pointer.appending("securityContext", "capabilities", list, "\(index)"))
            }
        }
    }

    /// Volumes whose source is of a forbidden kind.
    func volumes(isForbidden: (String) -> Bool) -> [PodSecurity.Hit] {
        (pod?["volumes"]?.elements ?? []).enumerated().flatMap { index, volume in
            (volume.members ?? []).compactMap { member in
                guard member.key != "name", !member.node.isUnset, isForbidden(member.key) else { return nil }
                return PodSecurity.Hit(
                    detail: "volume \(volume["name"]?.string ?? "?") is of type \(member.key)",
                    pointer: podPointer.appending("volumes", "\(index)", member.key))
            }
        }
    }

    /// Profiles of seccomp or AppArmor that are neither the runtime's own nor one of the node's.
    func profiles(_ key: String) -> [PodSecurity.Hit] {
        securityContexts().compactMap { context in
            guard let type = context.node.given(key)?.given("type") else { return nil }
            if ["RuntimeDefault", "Localhost"].contains(type.string ?? "?") { return nil }
            let pointer = context.pointer.appending(key, "type")
            return PodSecurity.Hit(detail: "\(pointer.fieldPath)=\(type.string ?? "?")", pointer: pointer)
        }
    }

    func procMounts() -> [PodSecurity.Hit] {
        containers.compactMap { container in
            guard let value = container.security?.given("procMount"), value.string != "Default" else { return nil }
            return PodSecurity.Hit(
                detail: "container \(container.name) has procMount \(value.string ?? "?")",
                pointer: container.pointer.appending("securityContext", "procMount"))
        }
    }

    func annotations(prefix: String, isWhole: Bool = false, isAllowed: (String) -> Bool) -> [PodSecurity.Hit] {
        annotations().compactMap { member in
            guard isWhole ? member.key == prefix : member.key.hasPrefix(prefix), !isAllowed(member.node.string ?? "?")
            else { return nil }
            return PodSecurity.Hit(
                detail: "\(member.key)=\(member.node.string ?? "?")",
                pointer: Pointer(podPointer.tokens.dropLast() + ["metadata", "annotations", member.key]))
        }
    }
}
