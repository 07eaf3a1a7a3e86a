import Files
import Foundation
import Processes
import WaybillCore

/// runc or crun, with a state folder of our own.
struct ContainerRuntime: Sendable {
    /// An absolute path.
    var program: String
    /// The runtime's own state.
    var root: String

    /// The runtime of this machine: root, if only of an own user namespace, is needed to give pods their own users and
    /// network.
    /// runc comes first: crun refuses machines with both kinds of cgroups.
    static func find(folder: String) -> ContainerRuntime? {
        guard geteuid() == 0, UserNamespace.current.isInitial || UserNamespace.current.inner != nil else { return nil }
        for name in ["runc", "crun"] {
            for place in ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"]
            where access("\(place)/\(name)", X_OK) == 0 {
                guard ["unshare", "setpriv", "sh", "mount", "umount"].allSatisfy({ find($0) != nil }) else {
                    return nil
                }
                return ContainerRuntime(program: "\(place)/\(name)", root: "\(folder)/runtime")
            }
        }
        return nil
    }

    static func find(_ program: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Where control groups cannot be made, runc must be told not to miss them.
    private var base: [String] {
        ["--root", root] + (UserNamespace.current.isInitial || !program.hasSuffix("/runc") ? [] : ["--rootless=true"])
    }

    /// Starts the container of a bundle; the child ends when the container does, with its status. What it says is
    /// written to the log file line by line, with times.
    func run(_ id: String, bundle: String, log: String) throws(WaybillError) -> ChildProcess {
        guard let output = Descriptor.pipe(), let errors = Descriptor.pipe(),
            ContainerLog.record(output: output.reading, errors: errors.reading, to: log)
        else { throw WaybillError(.unavailable, "its log cannot be written", subject: id) }
        return try withExtendedLifetime((output.writing, errors.writing)) { () throws(WaybillError) in
            try ChildProcess.start(
                program, base + ["--log", "\(bundle)/runtime.log", "run", "--bundle", bundle, id],
                ends: .init(output: output.writing.number, errors: errors.writing.number))
        }
    }

    /// Starts a command in a running container, on a terminal or on pipes.
    func start(_ id: String, _ command: [String], onTerminal: Bool, _ ends: ChildProcess.Ends) throws(WaybillError)
        -> ChildProcess
    {
        try ChildProcess.start(
            program, base + ["exec"] + (onTerminal ? ["--tty"] : []) + ["--", id] + command, ends: ends)
    }

    func exec(_ id: String, _ command: [String], timeoutSeconds: Int) async -> Int32? {
        let outcome = try? await ProcessRunner.run(
            Command(program, base + ["exec", id] + command, timeout: .seconds(timeoutSeconds), outputBytesMax: 1 << 20))
        guard case .exited(let code)? = outcome?.exit else { return nil }
        return code
    }

    func signal(_ id: String, _ name: String) async {
        _ = try? await ProcessRunner.run(Command(program, base + ["kill", id, name], timeout: .seconds(10)))
    }

    /// Removes the container and everything in it, whatever its state.
    func delete(_ id: String) async {
        _ = try? await ProcessRunner.run(Command(program, base + ["delete", "--force", id], timeout: .seconds(20)))
    }

    /// Containers that an earlier process left.
    func leftovers() -> [String] { (try? Files.names(in: root)) ?? [] }
}
