import Documents

extension PodSecurity {
    static let restrictedVolumeTypes: Set<String> = [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    ]

    static let restricted: [Control] = [
        Control(
            id: "restrictedVolumes", level: .restricted, since: 0, reason: "restricted volume types",
            overrides: ["hostPathVolumes"]
        ) { object, _ in
            object.volumes { !restrictedVolumeTypes.contains($0) }
        },
        Control(
            id: "allowPrivilegeEscalation", level: .restricted, since: 8, reason: "allowPrivilegeEscalation != false"
        ) { object, version in
            if version >= 25, object.isWindows { return [] }
            return object.containers.compactMap { container in
                guard container.security?["allowPrivilegeEscalation"]?.scalar?.bool != false else { return nil }
                return Hit(
                    detail: "container \(container.name) must set securityContext.allowPrivilegeEscalation=false",
                    pointer: container.pointer.appending("securityContext", "allowPrivilegeEscalation"))
            }
        },
        Control(id: "runAsNonRoot", level: .restricted, since: 0, reason: "runAsNonRoot != true") { object, version in
            version >= 35 && object.hasOwnUsers ? [] : object.notAsNonRoot()
        },
        Control(id: "runAsUser", level: .restricted, since: 23, reason: "runAsUser=0") { object, version in
            if version >= 35, object.hasOwnUsers { return [] }
            return object.securityContexts().compactMap { context in
                guard let user = context.node.given("runAsUser"), (user.scalar?.integer ?? 0) == 0 else { return nil }
                let pointer = context.pointer.appending("runAsUser")
                return Hit(detail: "\(pointer.fieldPath)=0", pointer: pointer)
            }
        },
        Control(
            id: "seccompProfile_restricted", level: .restricted, since: 19, reason: "seccompProfile",
            overrides: ["seccompProfile_baseline"]
        ) { object, version in
            if version >= 25, object.isWindows { return [] }
            let wrong = object.profiles("seccompProfile")
            if object.pod?["securityContext"]?["seccompProfile"]?["type"]?.string != nil { return wrong }
            return wrong
                + object.containers.compactMap { container in
                    guard container.security?["seccompProfile"]?["type"]?.string == nil else { return nil }
                    return Hit(
                        detail:
                            "pod or container \(container.name) must set securityContext.seccompProfile.type to RuntimeDefault or Localhost",
                        pointer: container.pointer.appending("securityContext", "seccompProfile", "type"))
                }
        },
        Control(
            id: "capabilities_restricted", level: .restricted, since: 22, reason: "unrestricted capabilities",
            overrides: ["capabilities_baseline"]
        ) { object, version in
            if version >= 25, object.isWindows { return [] }
            return object.notDroppingAll() + object.capabilities("add") { $0 != "NET_BIND_SERVICE" }
        },
        Control(
            id: "procMount_restricted", level: .restricted, since: 35, reason: "procMount", overrides: ["procMount"]
        ) { object, _ in
            object.procMounts()
        },
    ]
}

extension KubernetesObject {
    /// Containers that may run as root, and settings that say so in as many words.
    func notAsNonRoot() -> [PodSecurity.Hit] {
        let podPath = podPointer.appending("securityContext", "runAsNonRoot")
        let podValue = pod?["securityContext"]?.given("runAsNonRoot")
        var hits: [PodSecurity.Hit] = []
        if let podValue, podValue.scalar?.bool != true {
            hits.append(PodSecurity.Hit(detail: "\(podPath.fieldPath) is not true", pointer: podPath))
        }
        for container in containers {
            let own = container.security?.given("runAsNonRoot")
            if let own, own.scalar?.bool == true { continue }
            if own == nil, podValue?.scalar?.bool == true { continue }
            hits.append(
                PodSecurity.Hit(
                    detail: "pod or container \(container.name) must set securityContext.runAsNonRoot=true",
                    pointer: container.pointer.appending("securityContext", "runAsNonRoot")))
        }
        return hits
    }

    func notDroppingAll() -> [PodSecurity.Hit] {
        containers.compactMap { container in
            let drop = container.security?["capabilities"]?["drop"]?.elements ?? []
            guard !drop.contains(where: { $0.string == "ALL" }) else { return nil }
            return PodSecurity.Hit(
                detail: "container \(container.name) must set securityContext.capabilities.drop=[\"ALL\"]",
                pointer: container.pointer.appending("securityContext", "capabilities", "drop"))
        }
    }
}
