import Foundation
import WaybillCore

/// Starts the process that holds a pod's namespaces.
///
/// The pod's user namespace owns the others, so that containers join all of them and their root may act in them. The
/// process must run as the user that becomes root there, and must begin its program only after the users are mapped:
/// the kernel gives it its capabilities at that moment.
enum SandboxLauncher {
    private static let script = """
        until grep -q \(ContainerSpecification.hostUsers) /proc/self/gid_map; do sleep 0.01; done
        exec /proc/self/fd/3 pod-proxy "$@"
        """

    static func start(program: String, arguments: [String], log: String) throws(WaybillError) -> ChildProcess {
        guard let setpriv = ContainerRuntime.find("setpriv"), let unshare = ContainerRuntime.find("unshare"),
            let shell = ContainerRuntime.find("sh")
        else {
            throw WaybillError(
                .notFound, "setpriv, unshare or sh is not installed", subject: "pod", remedy: "install util-linux")
        }
        // By descriptor: the folders above the program may be closed to the pod's user.
        let descriptor = open(program, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 3 else { throw WaybillError(.notFound, "cannot be opened", subject: program) }
        defer { close(descriptor) }
        let user = String(ContainerSpecification.hostUserFirst)
        return try ChildProcess.start(
            setpriv,
            [
                "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--", unshare, "--user", "--net", "--ipc",
                "--uts", "--",
                shell, "-c", script, "sh",
            ] + arguments, output: log, inherited: descriptor)
    }
}
