import Foundation
import Synchronization

/// Listens on a loopback port and carries each connection to one of the pods behind a service, in turn.
final class ServiceProxy: Sendable {
    /// Where a connection may go.
    struct Target: Sendable, Equatable {
        var socketPath: String
        var port: Int
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex<(targets: [Target], next: Int, isStopped: Bool)>(([], 0, false))
    private let slots = DispatchSemaphore(value: 512)

    /// Nil where the port is taken.
    init?(port: Int) {
        guard let opened = LocalSocket.listen(port: port) else { return nil }
        listener = opened.descriptor
        self.port = opened.port
        Relay.inThread { [self] in acceptAll() }
    }

    func setTargets(_ targets: [Target]) { state.withLock { $0.targets = targets } }

    func stop() {
        state.withLock { $0.isStopped = true }
        // Wakes the accepting thread, which closes the descriptor.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        defer { close(listener) }
        while true {
            let client = accept(listener, nil, nil)
            if state.withLock({ $0.isStopped }) {
                if client >= 0 { close(client) }
                return
            }
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            slots.wait()
            Relay.inThread { [self] in
                carry(client)
                slots.signal()
            }
        }
    }

    private func carry(_ client: Int32) {
        // Every target is tried once: a pod may have gone a moment ago.
        let targets = state.withLock { state -> [Target] in
            guard !state.targets.isEmpty else { return [] }
            state.next = (state.next + 1) % state.targets.count
            return Array(state.targets[state.next...] + state.targets[..<state.next])
        }
        for target in targets {
            guard let pod = PodTunnel(socketPath: target.socketPath).open(port: target.port) else { continue }
            Relay.run(client, pod)
            return
        }
        close(client)
    }
}
