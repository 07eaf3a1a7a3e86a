import Delivery
import Files
import Foundation
import Processes
import WaybillCore

/// A closed room in which a program of the user's own makes objects: it sees the files that it was given and the system's
/// programs, no network, no other process and nothing of the state folder, and ends with us.
struct RenderRoom: Sendable {
    private static let timeout = Duration.seconds(60)
    /// Processor seconds and bytes of memory that the program may take.
    private static let limits = ["--cpu=60", "--as=8589934592", "--core=0", "--fsize=1073741824", "--nofile=1024"]
    private static let home = "/work"
    /// What programs and their libraries need of the system.
    private static let systemFolders = ["/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc/alternatives"]

    /// Where the files of a run are for its time.
    let folder: String
    /// Where programs are looked for.
    let searchPath: String

    init(folder: String, searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") {
        self.folder = folder
        self.searchPath = searchPath
    }

    /// What the program wrote. Throws `.unsupported` with what to install where the program or the room is missing, and
    /// `.invalidInput` with the program's own words where it failed.
    func run(_ rendering: ProgramRendering, _ files: [String: [UInt8]]) async throws(WaybillError) -> [UInt8] {
        let name = rendering.settings.program.rawValue
        let program = try find(name, Self.remedy(rendering.settings.program))
        _ = try find("bwrap", "install bubblewrap: programs are run in no other way (apt install bubblewrap)")
        let room = "\(folder)/render-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(room, mode: 0o700)
        defer {
            // What stays is cleared at the next start.
            try? Files.remove(room)
        }
        for (path, bytes) in files {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            if !parent.isEmpty { try Files.makeFolder("\(room)/\(parent)") }
            try Files.write(bytes, to: "\(room)/\(path)", mode: 0o644)
        }
        let outcome = try await ProcessRunner.run(
            Command(
                "bwrap", arguments(program, room) + rendering.arguments, environment: ["PATH": searchPath], in: "/",
                timeout: Self.timeout, outputBytesMax: ProgramRendering.outputBytesMax))
        guard outcome.isSuccess else { throw Self.failure(name, outcome, rendering) }
        return outcome.output
    }

    private func arguments(_ program: String, _ room: String) -> [String] {
        var words = [
            "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--uid", "1000",
            "--gid", "1000", "--hostname", "render",
        ]
        for folder in Self.systemFolders { words += ["--ro-bind-try", folder, folder] }
        words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", room, Self.home]
        // A program outside of the system's folders is brought in alone.
        words += ["--ro-bind", program, "/run/program"]
        words += ["--chdir", Self.home]
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"), ("HOME", "/tmp"), ("TMPDIR", "/tmp"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC"),
        ] {
            words += ["--setenv", name, value]
        }
        return words + ["--", "prlimit"] + Self.limits + ["--", "/run/program"]
    }

    private func find(_ name: String, _ remedy: String) throws(WaybillError) -> String {
        for folder in searchPath.split(separator: ":") where folder.hasPrefix("/") {
            let path = "\(folder)/\(name)"
            // The file itself: a link would lead nowhere inside.
            guard access(path, X_OK) == 0, let real = realpath(path, nil) else { continue }
            defer { free(real) }
            return String(cString: real)
        }
        throw WaybillError(.unsupported, "\(name) is not installed here", subject: name, remedy: remedy)
    }

    private static func remedy(_ program: RendererSettings.Program) -> String {
        switch program {
        case .jsonnet: "install jsonnet where the agent runs (apt install jsonnet), or commit what it writes"
        case .helm: "install helm 3 where the agent runs, or commit what helm template writes"
        }
    }

    private static func failure(
        _ name: String, _ outcome: Outcome, _ rendering: ProgramRendering
    ) -> WaybillError {
        let words = outcome.errorText.split(separator: "\n").prefix(3).joined(separator: "; ").prefix(600)
        if words.hasPrefix("bwrap: ") {
            return WaybillError(
                .unsupported, "the closed room for \(name) cannot be made: \(words)", subject: rendering.name,
                remedy: "allow user namespaces: programs are run in no other way")
        }
        return WaybillError(
            .invalidInput, "\(name) failed: \(words.isEmpty ? "\(outcome.exit)" : String(words))",
            subject: rendering.folder)
    }
}
