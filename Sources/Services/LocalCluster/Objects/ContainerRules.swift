import Documents
import Kubernetes
import KubernetesAPI

/// What makes a container of a pod unfit.
enum ContainerRules {
    typealias Cause = FieldError

    static func check(_ container: Value, _ path: String, _ volumes: [String], _ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let name = container.named
        if name.isEmpty {
            causes.append(.required("\(path).name"))
        } else {
            causes += NameRules.labelProblems(name).map { .invalid("\(path).name", .string(name), $0) }
        }
        let image = container["image"]?.string ?? ""
        if image.isEmpty {
            causes.append(.required("\(path).image"))
        } else if image.first == " " || image.last == " " {
            causes.append(.invalid("\(path).image", .string(image), "must not have leading or trailing whitespace"))
        }
        func member(_ key: String, _ supported: [String]) {
            let value = container[key]?.string ?? ""
            if !supported.contains(value) { causes.append(.unsupported("\(path).\(key)", .string(value), supported)) }
        }
        member("terminationMessagePolicy", ["File", "FallbackToLogsOnError"])
        causes += ports(container["ports"]?.array ?? [], "\(path).ports")
        causes += environment(container["env"]?.array ?? [], "\(path).env")
        causes += mounts(container["volumeMounts"]?.array ?? [], path, volumes)
        member("imagePullPolicy", ["Always", "IfNotPresent", "Never"])
        causes += ResourceRules.check(container["resources"] ?? [:], "\(path).resources")
        causes += securityContext(container["securityContext"] ?? [:], "\(path).securityContext")
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            if let value = container[probe] { causes += self.probe(value, "\(path).\(probe)", probe) }
        }
        return causes
    }

    private static func ports(_ ports: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = "\(path)[\(index)]"
            let name = port.named
            if !name.isEmpty {
                let problems = NameRules.portNameProblems(name)
                causes += problems.map { .invalid("\(place).name", .string(name), $0) }
                if problems.isEmpty, !names.insert(name).inserted {
                    causes.append(.duplicate("\(place).name", .string(name)))
                }
            }
            let number = port["containerPort"]?.integer ?? 0
            if number == 0 {
                causes.append(.required("\(place).containerPort"))
            } else if !(1...65535).contains(number) {
                causes.append(.invalid("\(place).containerPort", .integer(number), ServiceRules.portDetail))
            }
            if let host = port["hostPort"]?.integer, host != 0, !(1...65535).contains(host) {
                causes.append(.invalid("\(place).hostPort", .integer(host), ServiceRules.portDetail))
            }
            let transport = port["protocol"]?.string ?? ""
            if !ServiceRules.protocols.contains(transport) {
                causes.append(.unsupported("\(place).protocol", .string(transport), ServiceRules.protocols))
            }
        }
        return causes
    }

    private static let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]

    private static func environment(_ variables: [Value], _ path: String) -> [Cause] {
        variables.enumerated().flatMap { index, variable -> [Cause] in
            var causes: [Cause] = []
            let place = "\(path)[\(index)]"
            let name = variable.named
            if name.isEmpty {
                causes.append(.required("\(place).name"))
            } else if !name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }) {
                causes.append(
                    .invalid(
                        "\(place).name", .string(name),
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"
                    ))
            }
            guard let source = variable["valueFrom"] else { return causes }
            let given = sources.filter { source[$0] != nil }
            if given.isEmpty {
                causes.append(
                    .invalid(
                        "\(place).valueFrom", "",
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                    ))
            } else if variable["value"]?.string?.isEmpty == false {
                causes.append(.invalid("\(place).valueFrom", "", "may not be specified when `value` is not empty"))
            } else if given.count > 1 {
                causes.append(
                    .invalid("\(place).valueFrom", "", "may not have more than one field specified at a time"))
            }
            for key in ["configMapKeyRef", "secretKeyRef"] where source[key] != nil {
                if source[key]?["key"]?.string?.isEmpty ?? true {
                    causes.append(.required("\(place).valueFrom.\(key).key"))
                }
            }
            return causes
        }
    }

    private static func mounts(_ mounts: [Value], _ path: String, _ volumes: [String]) -> [Cause] {
        var causes: [Cause] = []
        var paths: Set<String> = []
        for (index, mount) in mounts.enumerated() {
            let place = "\(path).volumeMounts[\(index)]"
            let name = mount.named
            if name.isEmpty {
                causes.append(.required("\(place).name"))
            } else if !volumes.contains(name) {
                causes.append(.notFound("\(place).name", .string(name)))
            }
            let target = mount["mountPath"]?.string ?? ""
            if target.isEmpty {
                causes.append(.required("\(place).mountPath"))
            } else if !paths.insert(target).inserted {
                causes.append(.invalid("\(place).mountPath", .string(target), "must be unique"))
            }
            if let part = mount["subPath"]?.string, !part.isEmpty {
                let field = "\(path).volumeMounts.subPath"
                if part.hasPrefix("/") {
                    causes.append(.invalid(field, .string(part), "must be a relative path"))
                } else if part.split(separator: "/").contains("..") {
                    causes.append(.invalid(field, .string(part), "must not contain '..'"))
                }
            }
        }
        return causes
    }

    private static func securityContext(_ context: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["runAsUser", "runAsGroup"] {
            if let id = context[key]?.integer, !(0...2_147_483_647).contains(id) {
                causes.append(.invalid("\(path).\(key)", .integer(id), "must be between 0 and 2147483647, inclusive"))
            }
        }
        if let mount = context["procMount"]?.string, !["Default", "Unmasked"].contains(mount) {
            causes.append(.unsupported("\(path).procMount", .string(mount), ["Default", "Unmasked"]))
        }
        causes += PodRules.profiles(context, path)
        if context["allowPrivilegeEscalation"]?.bool == false {
            if context["privileged"]?.bool == true {
                causes.append(
                    .invalid(
                        path, GoNames.securityContext(context),
                        "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
            }
            if (context["capabilities"]?["add"]?.array ?? []).contains(where: {
                $0 == "CAP_SYS_ADMIN" || $0 == "SYS_ADMIN"
            }) {
                causes.append(
                    .invalid(
                        path, GoNames.securityContext(context),
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
            }
        }
        return causes
    }

    private static func probe(_ probe: Value, _ path: String, _ name: String) -> [Cause] {
        var causes: [Cause] = []
        let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { probe[$0] != nil }
        if handlers.isEmpty { causes.append(.required(path, "must specify a handler type")) }
        for extra in handlers.dropFirst() {
            causes.append(.forbidden("\(path).\(extra)", "may not specify more than 1 handler type"))
        }
        if let get = probe["httpGet"] {
            if get["path"]?.string?.isEmpty ?? true { causes.append(.required("\(path).httpGet.path")) }
            if let port = get["port"]?.integer, !(1...65535).contains(port) {
                causes.append(.invalid("\(path).httpGet.port", .integer(port), ServiceRules.portDetail))
            }
        }
        for key in [
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        ] {
            if let number = probe[key]?.integer, number < 0 {
                causes.append(.invalid("\(path).\(key)", .integer(number), WorkloadRules.nonnegative))
            }
        }
        if name != "readinessProbe", let threshold = probe["successThreshold"]?.integer, threshold != 1 {
            causes.append(.invalid("\(path).successThreshold", .integer(threshold), "must be 1"))
        }
        return causes
    }
}

/// What containers ask for and are held to.
enum ResourceRules {
    typealias Cause = FieldError

    private static func isStandard(_ name: String) -> Bool {
        ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
    }

    static func check(_ resources: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let limits = resources["limits"]?.object ?? Object()
        for member in limits.sorted() { causes += quantity(member, "\(path).limits[\(member.key)]") }
        for member in (resources["requests"]?.object ?? Object()).sorted() {
            causes += quantity(member, "\(path).requests[\(member.key)]")
            guard let text = member.value.string, let request = Quantity(text) else { continue }
            if let bound = limits[member.key]?.string, let limit = Quantity(bound) {
                if !isStandard(member.key), request != limit {
                    causes.append(
                        .invalid("\(path).requests", .string(text), "must be equal to \(member.key) limit of \(bound)"))
                } else if limit < request {
                    causes.append(
                        .invalid(
                            "\(path).requests", .string(text),
                            "must be less than or equal to \(member.key) limit of \(bound)"))
                }
            } else if !isStandard(member.key), member.key.contains("/") {
                causes.append(.required("\(path).limits", "Limit must be set for non overcommitable resources"))
            }
        }
        return causes
    }

    private static func quantity(_ member: Object.Member, _ field: String) -> [Cause] {
        var causes: [Cause] = []
        if !isStandard(member.key) {
            if !NameRules.isLabelKey(member.key) {
                causes.append(.invalid(field, .string(member.key), NameRules.labelKeyProblem(member.key)))
            } else if !member.key.contains("/") {
                causes.append(
                    .invalid(field, .string(member.key), "must be a standard resource type or fully qualified"))
                causes.append(.invalid(field, .string(member.key), "must be a standard resource for containers"))
            }
        }
        if let text = member.value.string, let quantity = Quantity(text) {
            if quantity.thousandths < 0 {
                causes.append(.invalid(field, .string(text), WorkloadRules.nonnegative))
            }
            if !isStandard(member.key), member.key.contains("/"), quantity.thousandths % 1000 != 0 {
                causes.append(.invalid(field, .string(text), "must be an integer"))
            }
        }
        return causes
    }
}

/// The volumes of a pod.
enum VolumeRules {
    typealias Cause = FieldError

    /// In the order in which the real server looks.
    private static let sources = [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
        "glusterfs", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "flocker", "downwardAPI", "fc", "azureFile",
        "configMap", "vsphereVolume", "quobyte", "azureDisk", "portworxVolume", "storageos", "projected", "scaleIO",
        "photonPersistentDisk", "csi", "ephemeral", "image",
    ]

    /// The names of the volumes that containers may mount, and what is wrong with the others.
    static func check(_ volumes: [Value], _ path: String) -> ([String], [Cause]) {
        var names: [String] = []
        var seen: Set<String> = []
        var causes: [Cause] = []
        for (index, volume) in volumes.enumerated() {
            let place = "\(path)[\(index)]"
            var own = source(volume, place)
            let name = volume.named
            if name.isEmpty {
                own.append(.required("\(place).name"))
            } else {
                own += NameRules.labelProblems(name).map { .invalid("\(place).name", .string(name), $0) }
            }
            if !name.isEmpty, !seen.insert(name).inserted { own.append(.duplicate("\(place).name", .string(name))) }
            if own.isEmpty { names.append(name) }
            causes += own
        }
        return (names, causes)
    }

    private static func source(_ volume: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let given = sources.filter { volume[$0] != nil }
        guard let first = given.first else { return [.required(path, "must specify a volume type")] }
        for extra in given.dropFirst() {
            causes.append(.forbidden("\(path).\(extra)", "may not specify more than 1 volume type"))
        }
        let required: [String: [String]] = [
            "hostPath": ["path"], "secret": ["secretName"], "configMap": ["name"],
            "persistentVolumeClaim": ["claimName"], "nfs": ["server", "path"], "csi": ["driver"],
        ]
        for key in required[first] ?? [] where volume[first]?[key]?.string?.isEmpty ?? true {
            causes.append(.required("\(path).\(first).\(key)"))
        }
        if first == "hostPath" {
            let kinds = [
                "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
            ]
            let kind = volume[first]?["type"]?.string ?? ""
            if !kinds.contains(kind) { causes.append(.unsupported("\(path).hostPath.type", .string(kind), kinds)) }
            if (volume[first]?["path"]?.string ?? "").split(separator: "/").contains("..") {
                causes.append(
                    .invalid("\(path).hostPath.path", volume[first]?["path"] ?? "", "must not contain '..'"))
            }
        }
        for (index, item) in (volume[first]?["items"]?.array ?? []).enumerated()
        where first == "secret" || first == "configMap" {
            for key in ["key", "path"] where item[key]?.string?.isEmpty ?? true {
                causes.append(.required("\(path).\(first).items[\(index)].\(key)"))
            }
        }
        return causes
    }
}

/// Values under the names of their Go fields, as some messages show them.
enum GoNames {
    static func securityContext(_ context: Value) -> Value {
        func part(_ key: String) -> Value {
            guard let value = context[key] else { return .null }
            guard let object = value.object else { return value }
            return .object(Object(object.map { (title($0.key), $0.value) }))
        }
        let capabilities: Value =
            context["capabilities"].map { ["Add": $0["add"] ?? .null, "Drop": $0["drop"] ?? .null] } ?? .null
        return [
            "Capabilities": capabilities, "Privileged": part("privileged"), "SELinuxOptions": part("seLinuxOptions"),
            "WindowsOptions": part("windowsOptions"), "RunAsUser": part("runAsUser"), "RunAsGroup": part("runAsGroup"),
            "RunAsNonRoot": part("runAsNonRoot"), "ReadOnlyRootFilesystem": part("readOnlyRootFilesystem"),
            "AllowPrivilegeEscalation": part("allowPrivilegeEscalation"), "ProcMount": part("procMount"),
            "SeccompProfile": part("seccompProfile"), "AppArmorProfile": part("appArmorProfile"),
        ]
    }

    static func title(_ key: String) -> String { key.prefix(1).uppercased() + key.dropFirst() }
}

/// The first difference of two containers, as the real server shows it.
enum ContainerDifference {
    private static let order = ["name", "image", "command", "args", "workingDir", "ports"]

    static func text(_ old: Value, _ new: Value) -> String {
        func line(_ key: String, _ value: Value?) -> String {
            let empty: Value = ["name", "image", "workingDir"].contains(key) ? "" : .null
            return "\"\(GoNames.title(key))\": \(JSONWriter.string(value ?? empty)),"
        }
        guard let index = order.firstIndex(where: { old[$0] != new[$0] }) else { return "" }
        var lines = [" {"]
        for key in order[..<index] { lines.append("  \(line(key, old[key]))") }
        lines.append("- \(line(order[index], old[order[index]]))")
        lines.append("+ \(line(order[index], new[order[index]]))")
        let rest = order[(index + 1)...].prefix(3)
        for key in rest { lines.append("  \(line(key, old[key]))") }
        let count = 1 + index + 1 + rest.count
        return "@@ -1,\(count) +1,\(count) @@\n" + lines.joined(separator: "\n") + "\n"
    }
}
