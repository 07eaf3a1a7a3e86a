import Dispatch
import Files
import Foundation
import Synchronization
import WaybillCore

/// The Unix socket on which hooks ask about pushes. Only processes of our own user may ask, and the ticket in the
/// message says about which push.
final class HookSocket: Sendable {
    static let connectionsMax = 32
    private static let requestSeconds: Int32 = 10

    let path: String
    private let folder: String?
    private let listener: Int32
    private let answer: @Sendable ([UInt8]) async -> HookMessage.Answer
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "waybill.forge.hooks")
    private let workers = DispatchQueue(label: "waybill.forge.hooks.workers", attributes: .concurrent)

    private struct State {
        var connections = 0
        var isStopped = false
    }

    /// Listens in the state folder, or in a private temporary folder where that path is too long for a socket.
    convenience init(
        in state: String, answer: @escaping @Sendable ([UInt8]) async -> HookMessage.Answer
    ) throws(WaybillError) {
        let place = try Place(in: state)
        let listener = try Self.listener(place.path)
        self.init(place, listener, answer)
        queue.async { [self] in serve() }
    }

    private init(
        _ place: Place, _ listener: Int32, _ answer: @escaping @Sendable ([UInt8]) async -> HookMessage.Answer
    ) {
        path = place.path
        folder = place.folder
        self.listener = listener
        self.answer = answer
    }

    private static func listener(_ path: String) throws(WaybillError) -> Int32 {
        // A forge that was killed leaves its socket behind.
        unlink(path)
        let listener = try LocalSocket.open(path) { bind($0, $1, $2) }
        chmod(path, 0o600)
        guard listen(listener, Int32(connectionsMax)) == 0 else {
            throw LocalSocket.failure("cannot be listened on", path)
        }
        return listener
    }

    /// Where the socket stands.
    private struct Place {
        var path: String
        /// A temporary folder that is ours.
        var folder: String?

        init(in state: String) throws(WaybillError) {
            path = "\(state)/hook.sock"
            guard path.utf8.count > LocalSocket.pathBytesMax else { return }
            let own = "/tmp/waybill-\(UInt64.random(in: .min ... .max))"
            guard mkdir(own, 0o700) == 0 else { throw LocalSocket.failure("cannot be made", own) }
            folder = own
            path = "\(own)/hook.sock"
        }
    }

    /// Takes no more questions; hooks that ask from now on refuse their pushes.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        guard isFirst else { return }
        // Wakes the thread that waits in accept.
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
        if let folder { rmdir(folder) }
    }

    private func serve() {
        while !state.withLock(\.isStopped) {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            let isTaken = state.withLock { state in
                guard state.connections < Self.connectionsMax else { return false }
                state.connections += 1
                return true
            }
            // A hook whose connection closes without an answer refuses its push.
            guard isTaken else {
                close(connection)
                continue
            }
            workers.async { [self] in converse(connection) }
        }
        close(listener)
    }

    private func converse(_ connection: Int32) {
        let request: [UInt8]
        do throws(WaybillError) {
            request = try LocalSocket.readAll(connection, bytesMax: HookMessage.bytesMax, seconds: Self.requestSeconds)
        } catch {
            return end(connection, HookMessage.Answer(isAllowed: false, text: Refusal.text(error)))
        }
        Task {
            let answer = await answer(request)
            workers.async { [self] in end(connection, answer) }
        }
    }

    private func end(_ connection: Int32, _ answer: HookMessage.Answer) {
        do throws(WaybillError) {
            try LocalSocket.writeAll(connection, answer.bytes, seconds: Self.requestSeconds)
        } catch {
            // The hook has gone; without an answer its push is refused.
        }
        close(connection)
        state.withLock { $0.connections -= 1 }
    }
}
