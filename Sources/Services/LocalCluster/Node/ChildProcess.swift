import Foundation
import Synchronization
import WaybillCore

/// A program that runs beside us, with its own session, and writes to a file.
final class ChildProcess: Sendable {
    /// What a child has as its standard descriptors; what is missing is `/dev/null`.
    struct Ends {
        var input: Int32?
        var output: Int32?
        var errors: Int32?
        /// The path of a terminal that is all three, and the child's own.
        var terminal: String?
    }

    let id: pid_t
    private let ended: Task<Int32, Never>
    private let isOver: Flag

    /// Set by the thread that waits.
    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// Whether the program has ended already.
    var hasEnded: Bool { isOver.value.load(ordering: .acquiring) }

    private init(id: pid_t) {
        self.id = id
        let isOver = Flag()
        self.isOver = isOver
        ended = Task {
            await withCheckedContinuation { continuation in
                // waitpid blocks, so it gets a thread of its own.
                let thread = Thread {
                    var status: Int32 = 0
                    while waitpid(id, &status, 0) < 0, errno == EINTR {}
                    isOver.value.store(true, ordering: .releasing)
                    // As shells count: 128 and the signal's number.
                    let signal = status & 0x7F
                    continuation.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
                }
                thread.stackSize = 64 << 10
                thread.start()
            }
        }
    }

    /// Starts an absolute path. Standard output and error go to the file `output` (appended), to `ends`, or nowhere. The
    /// child finds the inherited descriptor as number 3.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], output: String? = nil,
        inherited: Int32? = nil, ends: Ends? = nil
    ) throws(WaybillError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let ends {
            add(ends, to: &actions)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        // Sockets of ours that are not marked to be closed would stay open in the child.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let open = Int32(name), open > 2, open != inherited { posix_spawn_file_actions_addclose(&actions, open) }
        }
        if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80))
        let base = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]
        let variables = base.merging(environment) { _, own in own }.map { "\($0.key)=\($0.value)" }
        var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, executable, &actions, &attributes, &argv, &envp)
        guard result == 0 else {
            throw WaybillError(
                .failed, "could not be started: \(String(cString: strerror(result)))", subject: executable)
        }
        return ChildProcess(id: id)
    }

    private static func add(_ ends: Ends, to actions: inout posix_spawn_file_actions_t) {
        if let terminal = ends.terminal {
            // The child leads a session of its own: the first terminal that it opens becomes the session's.
            posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
            return
        }
        for (number, end) in [(Int32(0), ends.input), (1, ends.output), (2, ends.errors)] {
            if let end {
                posix_spawn_file_actions_adddup2(&actions, end, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
    }

    /// The exit status once the program has ended; 128 and the signal's number after a signal.
    func wait() async -> Int32 { await ended.value }

    /// Only while the program has not been waited for is the number its own.
    func signal(_ number: Int32) { kill(id, number) }
}
