import Documents
import Kubernetes
import WaybillCore

/// The rules over single Kubernetes objects and over all objects together.
enum ManifestRules {
    static let all: [Rule<KubernetesObject>] = podSecurity + container + pod + cluster

    /// A rule that asks a control of the Pod Security Standards at its newest version.
    private static func control(
        _ id: String, _ severity: Severity, _ control: String, _ title: String, why: String, remedy: String,
        aliases: [String]
    ) -> Rule<KubernetesObject> {
        let known = PodSecurity.all.first { $0.id == control }
        return Rule(id, severity, .posture, title, why: why, remedy: remedy, aliases: aliases) { object in
            guard let known, object.isWorkload else { return [] }
            return known.check(object, PodSecurity.latestVersion).map {
                RuleHit(place: object.place($0.pointer), evidence: $0.detail)
            }
        }
    }

    private static let podSecurity: [Rule<KubernetesObject>] = [
        control(
            "WB-K8S-001", .critical, "privileged", "The container is privileged",
            why: "A privileged container is root on the node.",
            remedy: "remove privileged, add the one capability that is needed",
            aliases: ["KSV-0017", "kubesec:Privileged"]),
        control(
            "WB-K8S-002", .high, "hostNamespaces", "The pod shares a namespace of the node",
            why: "It sees the node's network, processes or messages.",
            remedy: "remove hostNetwork, hostPID and hostIPC",
            aliases: ["KSV-0008", "KSV-0009", "KSV-0010", "kubesec:HostNetwork"]),
        control(
            "WB-K8S-003", .high, "capabilities_baseline", "The container adds a capability beyond the default ones",
            why: "Capabilities such as SYS_ADMIN lead to root on the node.", remedy: "remove it from capabilities.add",
            aliases: ["KSV-0005", "kubesec:CapSysAdmin"]),
        control(
            "WB-K8S-004", .medium, "hostPathVolumes", "The pod mounts a folder of the node",
            why: "Files of the node leak into the pod and changes leak out.",
            remedy: "use a persistentVolumeClaim, configMap or emptyDir",
            aliases: ["KSV-0023"]),
        control(
            "WB-K8S-005", .medium, "hostPorts", "The container takes a port of the node",
            why: "It bypasses services and network policies.", remedy: "remove hostPort and use a Service",
            aliases: ["KSV-0024"]),
        control(
            "WB-K8S-006", .medium, "appArmorProfile", "The AppArmor profile is switched off",
            why: "Nothing confines the container's programs.", remedy: "use RuntimeDefault or Localhost",
            aliases: ["KSV-0002"]),
        control(
            "WB-K8S-007", .medium, "seLinuxOptions", "The pod changes SELinux options",
            why: "Another type or user escapes the container's confinement.", remedy: "remove seLinuxOptions",
            aliases: ["KSV-0025"]),
        control(
            "WB-K8S-008", .medium, "procMount", "The container sees an unmasked /proc",
            why: "Parts of the kernel can be read and changed.", remedy: "remove procMount",
            aliases: ["KSV-0027", "kubesec:ProcMount"]),
        control(
            "WB-K8S-009", .medium, "sysctls", "The pod sets a system control that is not safe",
            why: "It changes the kernel for every pod of the node.", remedy: "remove the system control",
            aliases: ["KSV-0026"]),
        control(
            "WB-K8S-010", .high, "windowsHostProcess", "The container runs as a process of the Windows node",
            why: "It has the node's rights.", remedy: "remove hostProcess", aliases: ["KSV-0103"]),
        control(
            "WB-K8S-011", .low, "hostProbesAndHostLifecycle", "A probe or hook asks a host of its own choice",
            why: "The node's agent can be sent to any address.", remedy: "remove the host field", aliases: []),
        control(
            "WB-K8S-012", .medium, "allowPrivilegeEscalation", "The container may gain more rights than it starts with",
            why: "A set-user-id program inside makes root.",
            remedy: "set securityContext.allowPrivilegeEscalation: false",
            aliases: ["KSV-0001", "kubesec:AllowPrivilegeEscalation"]),
        control(
            "WB-K8S-013", .medium, "runAsNonRoot", "The container may run as root",
            why: "Root inside is one kernel fault from root outside.", remedy: "set securityContext.runAsNonRoot: true",
            aliases: ["KSV-0012", "kubesec:RunAsNonRoot"]),
        control(
            "WB-K8S-014", .medium, "runAsUser", "The container runs as user 0",
            why: "Root inside is one kernel fault from root outside.", remedy: "set runAsUser to a number above 10000",
            aliases: ["KSV-0105"]),
        control(
            "WB-K8S-015", .medium, "seccompProfile_restricted", "No seccomp profile is set",
            why: "Every system call of the kernel is open to the container.",
            remedy: "set seccompProfile.type: RuntimeDefault",
            aliases: ["KSV-0030", "KSV-0104", "kubesec:SeccompAny"]),
        Rule(
            "WB-K8S-016", .low, .posture, "The container keeps capabilities that it does not need",
            why: "Each is a way to more rights.", remedy: "set capabilities.drop: [ALL]",
            aliases: ["KSV-0003", "KSV-0004", "KSV-0106", "kubesec:CapDropAll"]
        ) { object in
            if object.isWindows { return [] }
            // Container runtimes read the word in any case, the Pod Security Standards in capitals alone.
            return object.containers(at: ["securityContext", "capabilities", "drop"]) { container in
                let drop = container.security?["capabilities"]?["drop"]?.elements ?? []
                return drop.contains { $0.string?.uppercased() == "ALL" } ? nil : "capabilities.drop does not hold ALL"
            }
        },
        Rule(
            "WB-K8S-018", .low, .posture, "The container adds a capability", why: "Each is a way to more rights.",
            remedy: "listen on a port above 1024 and remove capabilities.add", aliases: ["KSV-0022"]
        ) { object in
            object.capabilities("add") { _ in true }.map {
                RuleHit(place: object.place($0.pointer), evidence: $0.detail)
            }
        },
        control(
            "WB-K8S-017", .low, "restrictedVolumes", "The pod mounts a kind of volume beyond the restricted ones",
            why: "Drivers for such volumes run with the node's rights.",
            remedy: "use a persistentVolumeClaim, csi, configMap or emptyDir",
            aliases: ["KSV-0028"]),
    ]
}

extension KubernetesObject {
    /// A hit at a field of a container, for each container that `evidence` says something about.
    func containers(
        at path: [String], where isLookedAt: (Container) -> Bool = { _ in true }, evidence: (Container) -> String?
    ) -> [RuleHit] {
        containers.filter(isLookedAt).compactMap { container in
            evidence(container).map { RuleHit(place: place(Pointer(container.pointer.tokens + path)), evidence: $0) }
        }
    }

    /// What holds for a container: its own value or the pod's.
    func effective(_ key: String, _ container: Container) -> Node? {
        container.security?.given(key) ?? pod?["securityContext"]?.given(key)
    }
}
