import Documents
import Kubernetes
import Processes
import WaybillCore

/// What a container runs with: the OCI runtime's `config.json`, made from the pod. Pure.
struct ContainerSpecification: Sendable {
    var pod: Value
    var container: Value
    var image: ContainerImage
    var environment: [(name: String, value: String)]
    var mounts: [Mount]
    /// Numbers, from the pod or the image.
    var user: ContainerUser
    /// The process that holds the pod's namespaces.
    var sandboxID: Int32
    var rootPath: String

    struct Mount: Sendable {
        var source: String
        var destination: String
        var isReadOnly: Bool
    }

    /// The first user of the range that containers' users are mapped to on the machine, and how many there are.
    static let hostUserFirst = UserNamespace.current.inner?.first ?? 2_000_000
    static let hostUsers = UserNamespace.current.inner?.count ?? 65536
    /// An ordinary user may not make control groups: its containers run without limits.
    var hasLimits = UserNamespace.current.isInitial
    static let processesMax = 2048

    /// What Docker and containerd leave a container that asks for nothing.
    private static let defaultCapabilities = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    var document: Value {
        var linux = linux
        if hasLimits {
            linux["cgroupsPath"] = .string("/waybill/\(pod.uid)/\(container["name"]?.string ?? "")")
            linux["resources"] = resources
        }
        let security = container["securityContext"]
        let capabilities = Value.array(capabilities(security).map { .string("CAP_\($0)") })
        let isRoot = user.userID == 0
        let readOnly = security?["readOnlyRootFilesystem"]?.bool == true
        return [
            "ociVersion": "1.0.2",
            "process": [
                "terminal": false,
                "user": [
                    "uid": .integer(user.userID), "gid": .integer(user.groupID),
                    "additionalGids": .array(user.groups.map(Value.integer)),
                ],
                "args": .array(arguments.map(Value.string)),
                "env": .array(variables.map(Value.string)),
                "cwd": .string(workingFolder),
                "capabilities": [
                    "bounding": capabilities, "permitted": isRoot ? capabilities : [],
                    "effective": isRoot ? capabilities : [],
                ],
                "noNewPrivileges": .bool(security?["allowPrivilegeEscalation"]?.bool == false),
            ],
            "root": ["path": .string(rootPath), "readonly": .bool(readOnly)],
            "mounts": .array(systemMounts + mounts.map(mount)),
            "linux": linux,
        ]
    }

    private var linux: Value {
        [
            "namespaces": [
                ["type": "pid"], ["type": "mount"],
                ["type": "user", "path": .string("/proc/\(sandboxID)/ns/user")],
                ["type": "network", "path": .string("/proc/\(sandboxID)/ns/net")],
                ["type": "ipc", "path": .string("/proc/\(sandboxID)/ns/ipc")],
                ["type": "uts", "path": .string("/proc/\(sandboxID)/ns/uts")],
            ],
            "uidMappings": [mapping], "gidMappings": [mapping],
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            "seccomp": SystemCallFilter.profile,
        ]
    }

    private var mapping: Value {
        ["containerID": 0, "hostID": .integer(Self.hostUserFirst), "size": .integer(Self.hostUsers)]
    }

    /// The pod's command replaces the image's entry point and its arguments; its arguments replace only those.
    var arguments: [String] {
        let command = expanded("command")
        let arguments = expanded("args")
        if let command { return command + (arguments ?? []) }
        return image.entrypoint + (arguments ?? image.command)
    }

    private func expanded(_ key: String) -> [String]? {
        guard let list = container[key]?.array, !list.isEmpty else { return nil }
        let values = Dictionary(environment.map { ($0.name, $0.value) }) { _, last in last }
        return list.compactMap(\.string).map { VariableExpansion.expand($0, values) }
    }

    private var workingFolder: String {
        let own = container["workingDir"]?.string ?? ""
        if !own.isEmpty { return own }
        return image.workingFolder.isEmpty ? "/" : image.workingFolder
    }

    private var variables: [String] {
        var order: [String] = []
        var values: [String: String] = [:]
        func set(_ name: String, _ value: String) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }
        set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        set("HOSTNAME", pod[path: "spec", "hostname"]?.string ?? pod.name)
        for entry in image.environment {
            let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            set(sides[0], sides.count == 2 ? sides[1] : "")
        }
        for variable in environment { set(variable.name, variable.value) }
        if values["HOME"] == nil { set("HOME", user.home) }
        return order.map { "\($0)=\(values[$0] ?? "")" }
    }

    private func capabilities(_ security: Value?) -> [String] {
        func names(_ key: String) -> [String] {
            (security?["capabilities"]?[key]?.array ?? []).compactMap(\.string).map {
                $0.hasPrefix("CAP_") ? String($0.dropFirst(4)) : $0
            }
        }
        let dropped = names("drop")
        let kept = dropped.contains("ALL") ? [] : Self.defaultCapabilities.filter { !dropped.contains($0) }
        return (kept + names("add").filter { $0 != "ALL" && !kept.contains($0) }).sorted()
    }

    private var resources: Value {
        var resources: Value = [
            "devices": [["allow": false, "access": "rwm"]], "pids": ["limit": .integer(Self.processesMax)],
        ]
        let limits = container["resources"]?["limits"]
        func quantity(_ key: String) -> Quantity? {
            limits?[key].flatMap { Quantity($0.string ?? $0.number?.text ?? "") }
        }
        if let memory = quantity("memory"), memory.whole > 0 {
            resources["memory"] = ["limit": .integer(memory.whole), "swap": .integer(memory.whole)]
        }
        if let processor = quantity("cpu"), processor.thousandths > 0 {
            resources["cpu"] = ["period": 100_000, "quota": .integer(max(1000, processor.thousandths * 100))]
        }
        return resources
    }

    private func mount(_ mount: Mount) -> Value {
        [
            "destination": .string(mount.destination), "type": "bind", "source": .string(mount.source),
            "options": ["rbind", "rprivate", "nosuid", "nodev", .string(mount.isReadOnly ? "ro" : "rw")],
        ]
    }

    /// No sysfs: it would show the machine's devices.
    private var systemMounts: [Value] {
        [
            ["destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]],
            [
                "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "strictatime", "mode=755", "size=65536k"],
            ],
            [
                "destination": "/dev/pts", "type": "devpts", "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
            ],
            [
                "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
                "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
            ],
        ]
    }
}

/// `$(NAME)` in commands and values, as Kubernetes expands it; `$$(NAME)` is kept as `$(NAME)`.
enum VariableExpansion {
    static func expand(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += values[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
