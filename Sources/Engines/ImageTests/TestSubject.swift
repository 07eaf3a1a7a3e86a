import Documents
import OCI
import WaybillCore

/// What a test looks at.
protocol TestSubject {
    func value(of property: String) -> Observation
}

/// What was seen of a property.
enum Observation {
    case found(Actual)
    /// Cannot be seen in an image that does not run.
    case unsupported(String)

    static func value(_ value: Value) -> Observation { .found(Actual(value)) }
}

struct UnsupportedSubject: TestSubject {
    let type: ResourceType
    func value(of property: String) -> Observation {
        .unsupported("\(type.rawValue) tests need a running system; an image is tested without being started")
    }
}

struct MatchingSubject: TestSubject {
    let content: Value
    let isReader: Bool

    init(_ resource: TestResource) {
        content = resource.settings["content"]?.value ?? .null
        isReader = resource.settings["as-reader"]?.scalar?.bool == true
    }

    func value(of property: String) -> Observation { .found(Actual(content, isReader: isReader)) }
}

struct PackageSubject: TestSubject {
    let versions: [String]?

    func value(of property: String) -> Observation {
        property == "installed" ? .value(.bool(versions != nil)) : .value(.array((versions ?? []).map(Value.string)))
    }
}

/// A command's end. It is run once for all of its properties.
struct CommandSubject: TestSubject {
    private let result: Result<CommandResult, WaybillError>

    /// Milliseconds that a command may take where the file does not say.
    static let timeoutDefault = 10_000
    static let timeoutMax = 600_000

    init(_ resource: TestResource, _ run: CommandRunner?) async {
        guard let run else {
            result = .failure(
                WaybillError(.unsupported, "nothing runs commands of the image here", subject: resource.key))
            return
        }
        guard !resource.isSkipped else {
            result = .failure(WaybillError(.unsupported, "skipped", subject: resource.key))
            return
        }
        let exec = resource.settings["exec"]?.scalar
        let line = exec?.string ?? exec?.bool.map { "\($0)" } ?? resource.key
        let timeout = resource.settings["timeout"]?.scalar?.integer ?? Self.timeoutDefault
        do throws(WaybillError) {
            result = .success(try await run(line, min(max(1, timeout), Self.timeoutMax)))
        } catch {
            result = .failure(error)
        }
    }

    func value(of property: String) -> Observation {
        switch result {
        case .failure(let error): return .unsupported(error.message)
        case .success(let result):
            switch property {
            case "exit-status": return .value(.integer(result.exitStatus))
            case "stdout":
                return .found(Actual(.string(String(decoding: result.output, as: UTF8.self)), isReader: true))
            default: return .found(Actual(.string(String(decoding: result.errorOutput, as: UTF8.self)), isReader: true))
            }
        }
    }
}

/// A service as systemd or the runlevel scripts would start it.
struct ServiceSubject: TestSubject {
    let name: String
    let tree: FileTree

    init(_ name: String, _ tree: FileTree) {
        self.name = name
        self.tree = tree
    }

    func value(of property: String) -> Observation {
        guard property == "enabled" else { return .unsupported("an image that does not run has no running services") }
        let unit = name.hasSuffix(".service") ? name : "\(name).service"
        let isEnabled = tree.entries.keys.contains { path in
            let parts = path.split(separator: "/")
            guard parts.count >= 3, parts[0] == "etc", let last = parts.last else { return false }
            if parts[1] == "systemd", parts.count == 5 { return parts[3].hasSuffix(".wants") && last == unit }
            return parts.count == 3 && parts[1].hasPrefix("rc") && parts[1].hasSuffix(".d") && last.hasPrefix("S")
                && last.dropFirst(3) == name
        }
        return .value(.bool(isEnabled))
    }
}
