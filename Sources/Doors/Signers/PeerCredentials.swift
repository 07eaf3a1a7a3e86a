import NIOCore

/// Who is at the other end of a Unix socket, as the kernel says it (unix(7), `struct ucred`).
struct PeerCredentials: Sendable {
    var pid: Int32 = 0
    var uid: UInt32 = .max
    var gid: UInt32 = .max

    /// `SO_PEERCRED` of Linux.
    private static let option = NIOBSDSocket.Option(rawValue: 17)

    static func of(_ channel: any Channel) async throws -> PeerCredentials {
        guard let provider = channel as? any SocketOptionProvider else { return PeerCredentials() }
        return try await provider.unsafeGetSocketOption(level: .socket, name: option).get()
    }
}
