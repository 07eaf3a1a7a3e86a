public import Processes
public import WaybillCore

/// The environment in which `git` runs: nothing of the machine's or the user's configuration, no hooks, no questions.
public struct GitEnvironment: Sendable {
    /// Transports that `git` may use, as `GIT_ALLOW_PROTOCOL` takes them.
    public enum Transport: String, Sendable, CaseIterable { case https, http, file }

    public private(set) var variables: [String: String]
    private var settings: [(key: String, value: String)] = []

    /// `repository` is the only folder that is trusted although another user may own it.
    public init(repository: String, transports: Set<Transport> = []) {
        variables = [
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false",
            "SSH_ASKPASS": "/bin/false",
            "GIT_OPTIONAL_LOCKS": "0",
            // A replaced object would be read in another's name.
            "GIT_NO_REPLACE_OBJECTS": "1",
            // Paths are names, never patterns.
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_ALLOW_PROTOCOL": transports.isEmpty ? "none" : transports.map(\.rawValue).sorted().joined(separator: ":"),
        ]
        set("safe.directory", repository)
        set("core.hooksPath", "/dev/null")
        set("core.fsmonitor", "false")
        set("core.fsync", "all")
        set("transfer.fsckObjects", "true")
        set("gc.auto", "0")
        set("maintenance.auto", "false")
        // A redirect would carry credentials to another host.
        set("http.followRedirects", "false")
        set("submodule.recurse", "false")
    }

    /// A configuration value with the force of the command line; it is in the environment so that no listing of
    /// processes shows it. Later values win.
    public mutating func set(_ key: String, _ value: String) {
        settings.append((key: key, value: value))
        variables["GIT_CONFIG_KEY_\(settings.count - 1)"] = key
        variables["GIT_CONFIG_VALUE_\(settings.count - 1)"] = value
        variables["GIT_CONFIG_COUNT"] = String(settings.count)
    }

    public mutating func setVariable(_ name: String, _ value: String?) { variables[name] = value }

    /// A `git` command in this environment.
    public func command(
        _ arguments: [String], input: [UInt8] = [], timeout: Duration = .seconds(60), outputBytesMax: Int = 64 << 20
    ) -> Command {
        Command(
            "git", arguments, environment: variables, input: input, timeout: timeout, outputBytesMax: outputBytesMax)
    }
}

/// Objects of a push that is not accepted yet, as `git receive-pack` tells its hooks.
public struct Quarantine: Sendable, Hashable {
    /// The folder of the new objects, inside the repository's own `objects`.
    public var objectFolder: String

    /// Takes only a folder that `git` itself made for a push to this repository.
    public init(objectFolder: String, of gitFolder: String) throws(WaybillError) {
        let prefix = "\(gitFolder)/objects/tmp_objdir-"
        let name = objectFolder.utf8.dropFirst(prefix.utf8.count)
        guard objectFolder.hasPrefix(prefix), !name.isEmpty, name.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != 0 }) else {
            throw WaybillError(
                .forbidden, "not a quarantine folder of this repository: \(Redaction.excerpt(objectFolder))",
                subject: gitFolder)
        }
        self.objectFolder = objectFolder
    }
}

/// What lets us in at another Git host. It is never printed and never an argument of a program.
public struct GitCredentials: Sendable, CustomStringConvertible {
    let authorization: String

    /// A token as the password of HTTP Basic, as Git hosts take it.
    public init(token: String, user: String = "waybill") {
        authorization = "Authorization: Basic \(Base64.encode("\(user):\(token)".utf8))"
    }

    public var description: String { "GitCredentials(…)" }
}
