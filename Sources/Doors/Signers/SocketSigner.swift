public import Attestations
import NIOCore
import NIOPosix
public import Trust
public import WaybillCore

/// Signs through the signer process.
public struct SocketSigner: StatementSigner {
    public let socketPath: String
    /// How long one signature may take, with everything.
    public var timeout: Duration

    public init(socketPath: String, timeout: Duration = .seconds(30)) {
        self.socketPath = socketPath
        self.timeout = timeout
    }

    public var keyID: String {
        get async throws(WaybillError) { try await publicKey().keyID }
    }

    /// The signer's public key. Whoever verifies should have it from elsewhere.
    public func publicKey() async throws(WaybillError) -> PublicKey {
        guard case .key(let pem) = try await ask(.key) else { throw misunderstood }
        return try PublicKey(pem: pem)
    }

    public func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        guard case .envelope(let envelope) = try await ask(.sign(statement.bytes)) else { throw misunderstood }
        // The signer writes the statement anew; what comes back must still say what was asked.
        guard envelope.payloadType == Statement.payloadType, try Statement(parsing: envelope.payload) == statement else {
            throw WaybillError(.corrupted, "the signer signed another statement than it was asked to", subject: socketPath)
        }
        return envelope
    }

    private var misunderstood: WaybillError {
        WaybillError(.failed, "the signer answered something else than was asked", subject: socketPath)
    }

    private func ask(_ request: SignerRequest) async throws(WaybillError) -> SignerAnswer {
        let answer: SignerAnswer
        do {
            answer = try await withThrowingTaskGroup(of: SignerAnswer.self) { group in
                group.addTask { try await exchange(request) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw WaybillError(.timeout, "the signer did not answer within \(timeout)", subject: socketPath)
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(
                .unavailable, "the signer cannot be reached", subject: socketPath, remedy: "start it: waybill signer serve", cause: error)
        }
        if case .refused(let error) = answer { throw error }
        return answer
    }

    private func exchange(_ request: SignerRequest) async throws -> SignerAnswer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(unixDomainSocketPath: socketPath) { SignerPipeline.configure($0) }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(SignerFrame.buffer(request.value))
            for try await frame in inbound { return try SignerAnswer(parsing: Array(frame.readableBytesView)) }
            throw WaybillError(.unavailable, "the signer closed the connection without an answer", subject: socketPath)
        }
    }
}
