import Dispatch
import Foundation
import Synchronization
public import WaybillCore

/// A program that runs beside us and is spoken to through its standard streams.
///
/// The child is ended when the last reference goes. Its streams are sockets, not pipes: writing to a child that has
/// gone is then an error here and not a signal that ends our own process.
public final class RunningProcess: Sendable {
    /// What becomes of standard error.
    public enum ErrorOutput: Sendable {
        case discarded
        /// Kept in a file without a name; the last bytes are quoted in messages.
        case kept
    }

    private struct State {
        var exit: Outcome.Exit?
    }

    /// `POSIX_SPAWN_SETSID` of glibc, which hides it from Swift: the child and its children are one session.
    private static let spawnInNewSession: Int16 = 0x80
    private static let errorTextBytesMax = 4096

    private let processID: pid_t
    private let subject: String
    private let idleTimeout: Duration
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private let state = Mutex(State())
    private let readQueue = DispatchQueue(label: "waybill.process.read")
    private let writeQueue = DispatchQueue(label: "waybill.process.write")
    private let endQueue = DispatchQueue(label: "waybill.process.end")

    /// Starts the command. Its `input` is not written; its `timeout` bounds the time without any progress on a stream.
    public static func start(
        _ command: Command, errorOutput: ErrorOutput = .discarded
    ) throws(WaybillError) -> RunningProcess {
        let subject = ([command.executable] + command.arguments.prefix(1)).joined(separator: " ")
        guard command.workingDirectory == nil else {
            throw WaybillError(
                .unsupported, "cannot be started in a folder; name the folder in an argument", subject: subject)
        }
        var descriptors: [Int32] = []
        func fail(_ what: String, _ number: Int32) -> WaybillError {
            for descriptor in descriptors { close(descriptor) }
            let code: WaybillError.Code = number == ENOENT ? .notFound : .failed
            return WaybillError(code, "\(what): \(String(cString: strerror(number)))", subject: subject)
        }
        for _ in 0..<2 {
            var pair: [Int32] = [-1, -1]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { throw fail("no streams", errno) }
            descriptors += pair
        }
        guard let errors = openErrorFile(errorOutput) else { throw fail("no error stream", errno) }
        descriptors.append(errors)
        var child: pid_t = 0
        let status = spawn(command, &child, input: descriptors[1], output: descriptors[3], errors: errors)
        guard status == 0 else { throw fail("could not be started", status) }
        close(descriptors[1])
        close(descriptors[3])
        return RunningProcess(
            child, subject, command.timeout, input: descriptors[0], output: descriptors[2], errors: errors)
    }

    private init(
        _ processID: pid_t, _ subject: String, _ idleTimeout: Duration, input: Int32, output: Int32, errors: Int32
    ) {
        self.processID = processID
        self.subject = subject
        self.idleTimeout = idleTimeout
        self.input = input
        self.output = output
        self.errors = errors
    }

    deinit {
        stop()
        _ = waitBlocking()
        for descriptor in [input, output, errors] { close(descriptor) }
    }

    // MARK: Speaking, on the caller's thread

    /// Writes all bytes; throws when the child has closed its input or makes no progress.
    public func writeBlocking(_ bytes: some Collection<UInt8>) throws(WaybillError) {
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            try awaitReady(input, POLLOUT)
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let count = bytes[start...].withUnsafeBytes { send(input, $0.baseAddress, $0.count, flags) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw failure("closed its input", errno) }
            start += count
        }
    }

    /// The next bytes of standard output, at least one; empty at its end.
    public func readBlocking(atMost countMax: Int = 1 << 16) throws(WaybillError) -> [UInt8] {
        while true {
            try awaitReady(output, POLLIN)
            var failed: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: countMax) { buffer, count in
                let read = recv(output, buffer.baseAddress, buffer.count, 0)
                failed = read < 0 ? errno : 0
                count = max(0, read)
            }
            switch failed {
            case 0: return bytes
            case EINTR: continue
            case let number: throw failure("its output cannot be read", number)
            }
        }
    }

    /// Tells the child that nothing more will come.
    public func closeInput() { shutdown(input, Int32(SHUT_WR)) }

    /// Ends the child and its children at once.
    public func stop() {
        state.withLock { state in
            // Once it has been waited for, the number may belong to another process.
            if state.exit == nil { kill(-processID, SIGKILL) }
        }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool {
        state.withLock { state in
            guard state.exit == nil else { return false }
            var info = siginfo_t()
            return waitid(P_PID, id_t(processID), &info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.si_signo == 0
        }
    }

    /// The last bytes of standard error, where it is kept.
    public var errorText: String {
        var status = stat()
        guard fstat(errors, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "" }
        let start = max(0, Int(status.st_size) - Self.errorTextBytesMax)
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.errorTextBytesMax) { buffer, count in
            count = max(0, pread(errors, buffer.baseAddress, buffer.count, off_t(start)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Speaking without holding a thread of the caller

    public func write(_ bytes: [UInt8]) async throws(WaybillError) {
        try await on(writeQueue) { () throws(WaybillError) in try self.writeBlocking(bytes) }
    }

    public func read(atMost countMax: Int = 1 << 16) async throws(WaybillError) -> [UInt8] {
        try await on(readQueue) { () throws(WaybillError) in try self.readBlocking(atMost: countMax) }
    }

    /// How it ended, once it has.
    public func wait() async -> Outcome.Exit {
        await withCheckedContinuation { continuation in
            endQueue.async { continuation.resume(returning: self.waitBlocking()) }
        }
    }

    /// Runs blocking work on a thread of its own; cancelling the task ends the child, which ends the work.
    private func on<Success: Sendable>(
        _ queue: DispatchQueue, _ work: @escaping @Sendable () throws(WaybillError) -> Success
    ) async throws(WaybillError) -> Success {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Success, WaybillError>, Never>) in
                queue.async { continuation.resume(returning: Result(catching: work)) }
            }
        } onCancel: {
            stop()
        }
        return try result.get()
    }

    private func waitBlocking() -> Outcome.Exit {
        if let exit = state.withLock(\.exit) { return exit }
        // Waits without reaping, so that `stop` never meets a number that has been given away.
        var info = siginfo_t()
        while waitid(P_PID, id_t(processID), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return state.withLock { state in
            if let exit = state.exit { return exit }
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let exit: Outcome.Exit = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
            state.exit = exit
            return exit
        }
    }

    private func awaitReady(_ descriptor: Int32, _ events: Int32) throws(WaybillError) {
        let milliseconds = Int32(clamping: idleTimeout.components.seconds * 1000)
        while true {
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = poll(&request, 1, milliseconds)
            if ready > 0 { return }
            if ready < 0, errno == EINTR { continue }
            stop()
            throw WaybillError(.timeout, "made no progress within \(idleTimeout)", subject: subject)
        }
    }

    private func failure(_ what: String, _ number: Int32) -> WaybillError {
        WaybillError(.failed, "\(what): \(String(cString: strerror(number))) \(errorText)", subject: subject)
    }

    // MARK: Starting

    private static func openErrorFile(_ kind: ErrorOutput) -> Int32? {
        switch kind {
        case .discarded:
            let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
            return descriptor >= 0 ? descriptor : nil
        case .kept:
            let path = "\(NSTemporaryDirectory())/waybill-\(UInt64.random(in: .min ... .max)).err"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return nil }
            unlink(path)
            return descriptor
        }
    }

    private static func spawn(
        _ command: Command, _ child: inout pid_t, input: Int32, output: Int32, errors: Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (from, to) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, from, to)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The child starts with no signal blocked or ignored, whatever our own threads do.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(
            &attributes, spawnInNewSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = ([command.executable] + command.arguments).map { strdup($0) } + [nil]
        var environment = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        return posix_spawnp(&child, command.executable, &actions, &attributes, &arguments, &environment)
    }
}
