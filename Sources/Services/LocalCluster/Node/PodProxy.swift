import Foundation

/// The entry point of the hidden subcommand `pod-proxy`: it lives in a pod's network namespace, keeps that open, and
/// connects to the pod's ports for those who come through its Unix socket.
///
/// Started as `waybill pod-proxy SOCKET NAME` inside new user, network, IPC and UTS namespaces, as their root. A client sends the port as two bytes, reads
/// one byte (1: connected, 0: refused), and is then connected to the port.
public enum PodProxy {
    /// Connections at once; more wait to be accepted.
    static let connectionsMax = 256

    /// Returns the exit status. Blocks as long as the pod lives.
    public static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 2 else { return 64 }
        signal(SIGPIPE, SIG_IGN)
        sethostname(arguments[1], arguments[1].utf8.count)
        raiseLoopback()
        // Containers may listen on low ports without a capability over this namespace.
        if let file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w") {
            fputs("0\n", file)
            fclose(file)
        }
        guard let listener = LocalSocket.listen(unix: arguments[0]) else { return 1 }
        let slots = DispatchSemaphore(value: connectionsMax)
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return 1
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            slots.wait()
            Relay.inThread {
                serve(client)
                slots.signal()
            }
        }
    }

    private static func serve(_ client: Int32) {
        LocalSocket.setTimeout(client, seconds: 10)
        var port: [UInt8] = [0, 0]
        guard recv(client, &port, 2, Int32(MSG_WAITALL)) == 2 else {
            close(client)
            return
        }
        let target = LocalSocket.connect(port: Int(port[0]) << 8 | Int(port[1]))
        guard let target, Relay.writeAll(client, [1]) else {
            _ = Relay.writeAll(client, [0])
            close(client)
            if let target { close(target) }
            return
        }
        LocalSocket.setTimeout(client, seconds: 0)
        Relay.run(client, target)
    }

    private static func raiseLoopback() {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // struct ifreq: sixteen bytes of name, then the flags.
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<2, with: Array("lo".utf8))
        let up = UInt16(0x1 | 0x40)
        request[16] = UInt8(truncatingIfNeeded: up)
        request[17] = UInt8(truncatingIfNeeded: up >> 8)
        _ = ioctl(descriptor, 0x8914, &request)
    }
}

/// The way into a pod's network namespace, from outside.
struct PodTunnel: Sendable {
    /// The socket of the pod's `pod-proxy`.
    var socketPath: String

    /// A descriptor that is connected to the pod's port; nil where nothing listens there.
    func open(port: Int) -> Int32? {
        guard (1...65535).contains(port), let descriptor = LocalSocket.connect(unix: socketPath) else { return nil }
        LocalSocket.setTimeout(descriptor, seconds: 10)
        var answer: UInt8 = 0
        guard Relay.writeAll(descriptor, [UInt8(port >> 8), UInt8(port & 0xFF)]), recv(descriptor, &answer, 1, 0) == 1,
            answer == 1
        else {
            close(descriptor)
            return nil
        }
        LocalSocket.setTimeout(descriptor, seconds: 0)
        return descriptor
    }
}
