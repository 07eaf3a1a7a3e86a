/// What goss can test. The raw value is the key in the file.
enum ResourceType: String, Sendable, CaseIterable {
    case addr, command, dns, file, group, http, interface, matching, mount, package, port, process, service, user
    case kernelParam = "kernel-param"

    /// As results name the type.
    var title: String {
        switch self {
        case .dns: "DNS"
        case .http: "HTTP"
        case .kernelParam: "KernelParam"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// The properties that are matched, in the order in which they are judged. The first one must be there.
    var properties: [String] {
        switch self {
        case .addr: ["reachable"]
        case .command: ["exit-status", "stdout", "stderr"]
        case .dns: ["resolvable", "addrs"]
        case .file:
            [
                "exists", "mode", "size", "owner", "uid", "group", "gid", "filetype", "linked-to", "contents", "md5",
                "sha256", "sha512",
            ]
        case .group: ["exists", "gid"]
        case .http: ["status", "headers", "body"]
        case .interface: ["exists", "addrs", "mtu"]
        case .kernelParam: ["value"]
        case .matching: ["matches"]
        case .mount: ["exists", "opts", "vfs-opts", "source", "filesystem", "usage"]
        case .package: ["installed", "versions"]
        case .port: ["listening", "ip"]
        case .process: ["running"]
        case .service: ["enabled", "running", "runlevels"]
        case .user: ["exists", "uid", "gid", "groups", "home", "shell"]
        }
    }

    /// Service alone may leave its first property out.
    var needsFirstProperty: Bool { self != .service }

    /// Properties whose value is a text of lines.
    var readers: [String] {
        switch self {
        case .command: ["stdout", "stderr"]
        case .file: ["contents"]
        case .http: ["headers", "body"]
        default: []
        }
    }

    /// What else may be written.
    var settings: [String] {
        switch self {
        case .addr: ["timeout", "local-address", "address"]
        case .command: ["exec", "timeout", "retry_count", "retry_delay"]
        case .dns: ["server", "timeout", "resolve", "retry_count", "retry_delay"]
        case .file: ["path", "contains"]
        case .group: ["groupname"]
        case .http:
            [
                "url", "method", "request-headers", "request-header", "request-body", "allow-insecure",
                "no-follow-redirects", "timeout", "username", "password",
                "ca-file", "cert-file", "key-file", "proxy",
            ]
        case .interface: ["name"]
        case .kernelParam: ["name", "key"]
        case .matching: ["content", "as-reader"]
        case .mount: ["timeout", "mountpoint"]
        case .package: ["name", "retry_count", "retry_delay"]
        case .port: ["port"]
        case .process: ["comm"]
        case .service: ["name"]
        case .user: ["username"]
        }
    }
}
