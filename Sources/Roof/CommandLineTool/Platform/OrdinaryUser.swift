import Foundation
import Processes
import Sandboxes
import WaybillCore

/// What an ordinary user needs to build and to run pods: a user namespace of its own, in which it is root and in which
/// builds and pods get users that own nothing of this user's.
enum OrdinaryUser {
    private static let flags = [
        "--user", "--map-auto", "--map-user=0", "--map-group=0", "--mount", "--propagation", "private", "--",
    ]

    /// Begins this program again inside such a namespace, in the same process, and so does not return; returns at once for
    /// root. Throws what the user lacks.
    static func enter(_ state: StateFolder? = nil) async throws(WaybillError) {
        guard geteuid() != 0 else { return }
        try BuildahSandbox.requireOrdinaryUser()
        // Tried beforehand: after the change of program there is nobody to explain what failed.
        let trial = try await ProcessRunner.run(Command("unshare", flags + ["true"], timeout: .seconds(10)))
        guard trial.isSuccess else {
            throw WaybillError(
                .unsupported, "user namespaces are refused here: \(trial.errorText.split(separator: "\n").last ?? "")",
                subject: "unshare",
                remedy: "sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000")
        }
        if let state { try Orphans.end(of: state) }
        let program = try Platform.program()
        // Worker threads block signals, and the mask outlives the change of program.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        let words = ["unshare"] + flags + [program] + CommandLine.arguments.dropFirst()
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp("unshare", &pointers)
        let problem = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw WaybillError(.failed, "could not be started: \(problem)", subject: "unshare")
    }

    /// The same, but goes on without: nothing can be built then, and pods are simulated.
    static func enterIfPossible(_ state: StateFolder? = nil) async {
        do { try await enter(state) } catch {
            // Services that run already are the start's to report.
            if error.code == .conflict { return }
            Terminal.error(error)
            Terminal.note("going on without: nothing can be built, and pods are only simulated")
        }
    }
}
