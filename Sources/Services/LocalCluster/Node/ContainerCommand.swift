import Foundation
import Synchronization
import WaybillCore

/// A command that runs in a container beside its main process, with our ends of its pipes or of its terminal.
final class ContainerCommand: RemoteProgram {
    private struct Ends {
        var input: Descriptor?
        var outputs: [SessionChannel: Descriptor] = [:]
        var terminal: Descriptor?
        var isOver = false
    }

    private let child: ChildProcess
    private let ends: Mutex<Ends>

    private init(_ child: ChildProcess, _ ends: Ends) {
        self.child = child
        self.ends = Mutex(ends)
    }

    static func start(_ runtime: ContainerRuntime, _ id: String, _ request: StreamRequest) throws(WaybillError)
        -> ContainerCommand
    {
        request.isTerminal
            ? try startOnTerminal(runtime, id, request.command) : try startOnPipes(runtime, id, request)
    }

    private static func startOnPipes(_ runtime: ContainerRuntime, _ id: String, _ request: StreamRequest)
        throws(WaybillError) -> ContainerCommand
    {
        var ends = Ends()
        var given = ChildProcess.Ends()
        // The child's ends are closed here as soon as the child has its own copies.
        var lent: [Descriptor] = []
        func makePipe() throws(WaybillError) -> (reading: Descriptor, writing: Descriptor) {
            guard let pipe = Descriptor.pipe() else {
                throw WaybillError(
                    .unavailable, "no pipe can be made: \(String(cString: strerror(errno)))", subject: id)
            }
            lent += [pipe.reading, pipe.writing]
            return pipe
        }
        if request.hasInput {
            let pipe = try makePipe()
            given.input = pipe.reading.number
            ends.input = pipe.writing
        }
        if request.hasOutput {
            let pipe = try makePipe()
            given.output = pipe.writing.number
            ends.outputs[.output] = pipe.reading
        }
        if request.hasErrors {
            let pipe = try makePipe()
            given.errors = pipe.writing.number
            ends.outputs[.errors] = pipe.reading
        }
        let child = try runtime.start(id, request.command, onTerminal: false, given)
        return withExtendedLifetime(lent) { ContainerCommand(child, ends) }
    }

    private static func startOnTerminal(_ runtime: ContainerRuntime, _ id: String, _ command: [String])
        throws(WaybillError) -> ContainerCommand
    {
        guard let (terminal, path) = Descriptor.terminal() else {
            throw WaybillError(.unavailable, "no terminal can be opened", subject: id)
        }
        var given = ChildProcess.Ends()
        given.terminal = path
        let child = try runtime.start(id, command, onTerminal: true, given)
        var ends = Ends()
        ends.input = terminal
        ends.outputs[.output] = terminal
        ends.terminal = terminal
        return ContainerCommand(child, ends)
    }

    func write(_ bytes: [UInt8]) async -> Bool {
        guard let input = ends.withLock({ $0.input }) else { return false }
        return await input.write(bytes)
    }

    func closeInput() {
        ends.withLock { ends in
            // A terminal has no end of its own for input: programs on it are told with a sign.
            if ends.terminal == nil { ends.input = nil }
        }
    }

    func resize(columns: Int, rows: Int) {
        guard let terminal = ends.withLock({ $0.terminal }) else { return }
        var size = winsize(
            ws_row: UInt16(clamping: rows), ws_col: UInt16(clamping: columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal.number, UInt(TIOCSWINSZ), &size)
    }

    func read(_ output: SessionChannel) async -> [UInt8]? {
        guard let descriptor = ends.withLock({ $0.outputs[output] }) else { return nil }
        // A process that the command left behind may keep the pipe open for ever.
        return await descriptor.read { [child] in child.hasEnded }
    }

    func wait() async -> Int32 { await child.wait() }

    func hangUp() {
        guard !child.hasEnded else { return }
        child.signal(SIGHUP)
        closeInput()
        // What ignores that it was left is not waited for.
        Task { [child] in
            try? await Task.sleep(for: .seconds(2))
            if !child.hasEnded { child.signal(SIGKILL) }
        }
    }

    func close() {
        ends.withLock { ends in
            ends.input = nil
            ends.outputs = [:]
            ends.terminal = nil
        }
    }
}
