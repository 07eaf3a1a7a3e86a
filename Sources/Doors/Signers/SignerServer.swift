import Attestations
import Crypto
import Files
import Foundation
import Logging
import NIOCore
import NIOPosix
import Trust
public import WaybillCore

/// The signer: a process of its own that alone holds the key and answers on a Unix socket.
public enum SignerServer {
    /// Connections at one time; a client needs one for each statement.
    public static let connectionsMax = 64
    /// A peer that says nothing for so long is let go, so that it cannot hold one of few connections.
    static let idleTimeout = TimeAmount.seconds(30)

    /// Serves until the task is cancelled. Makes the key where there is none, so that no other process ever has it.
    /// `ready` is called once, with the key's name, when clients can connect.
    public static func run(
        socketPath: String, keyPath: String, logPath: String, policy: SigningPolicy,
        ready: @escaping @Sendable (_ keyID: String) -> Void = { _ in }
    ) async throws(WaybillError) {
        let folder = try SocketFolder(of: socketPath)
        try Files.makeFolder(SocketFolder.parent(of: keyPath), mode: 0o700)
        try Files.makeFolder(SocketFolder.parent(of: logPath), mode: 0o700)
        // The log comes first: it is locked, so a second signer ends here before it touches the first one's socket.
        let log = try FileSignatureLog(logPath)
        let desk = SigningDesk(secret: try KeyFile.readOrCreate(keyPath), policy: policy, log: log, time: SystemTime.now)
        do {
            try await serve(desk, at: folder, ready)
        } catch is CancellationError {
            return
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the signer cannot serve on its socket", subject: socketPath, cause: error)
        }
    }

    private static func serve(_ desk: SigningDesk, at folder: SocketFolder, _ ready: @Sendable (String) -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(unixDomainSocketPath: folder.socketPath, cleanupExistingSocketFile: true) { channel in
                SignerPipeline.configure(channel, idleTimeout: idleTimeout)
            }
        defer { unlink(folder.socketPath) }
        // The folder lets nobody else in, so nobody could connect before this.
        guard chmod(folder.socketPath, 0o600) == 0 else {
            throw WaybillError(.failed, "the socket's mode cannot be set", subject: folder.socketPath)
        }
        ready(desk.keyID)
        let logger = Logger(label: "waybill.signer")
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                let count = ConnectionCount()
                for try await connection in connections {
                    group.addTask {
                        let isAdmitted = await count.enter(max: connectionsMax)
                        do {
                            try await answer(connection, desk, isAdmitted: isAdmitted)
                        } catch {
                            logger.warning("a connection ended early: \(error)")
                        }
                        if isAdmitted { await count.leave() }
                    }
                }
            }
        }
    }

    private static func answer(_ connection: SignerChannel, _ desk: SigningDesk, isAdmitted: Bool) async throws {
        try await connection.executeThenClose { inbound, outbound in
            guard isAdmitted else { return }
            let peer = try await PeerCredentials.of(connection.channel)
            guard peer.uid == geteuid() || peer.uid == 0 else {
                let error = WaybillError(.forbidden, "user \(peer.uid) may not use this signer", subject: "signer")
                try await outbound.write(SignerFrame.buffer(SignerAnswer.refused(error).value))
                return
            }
            for try await frame in inbound {
                let reply = await reply(to: Array(frame.readableBytesView), desk, peer)
                try await outbound.write(SignerFrame.buffer(reply.value))
            }
        }
    }

    private static func reply(to frame: [UInt8], _ desk: SigningDesk, _ peer: PeerCredentials) async -> SignerAnswer {
        do {
            switch try SignerRequest(parsing: frame) {
            case .key: return .key(pem: desk.key.pem)
            case .sign(let statement):
                return .envelope(try await desk.sign(statement, peer: "process \(peer.pid), user \(peer.uid)"))
            }
        } catch {
            return .refused(error)
        }
    }
}

/// Counts connections.
private actor ConnectionCount {
    private var count = 0
    func enter(max: Int) -> Bool {
        guard count < max else { return false }
        count += 1
        return true
    }
    func leave() { count -= 1 }
}
