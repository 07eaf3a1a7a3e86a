public import HTTPTypes
import NIOCore

/// Another protocol that a connection may change to when a request asks for it (RFC 9110, section 7.8).
public protocol ConnectionUpgrade: Sendable {
    /// Names as they stand in `Upgrade`: `websocket`.
    var protocols: [String] { get }
    /// What is answered, and what speaks then. Nil: the request is answered like any other, which says what is wrong.
    func offer(to request: UpgradeRequest) async -> UpgradeOffer?
}

/// The request that asks for another protocol.
public struct UpgradeRequest: Sendable {
    public var method: String
    /// Path and query.
    public var target: String
    public var headers: HTTPFields
    /// The protocol that is asked for, as this side writes it.
    public var protocolName: String
}

/// The agreement to speak another protocol.
public struct UpgradeOffer: Sendable {
    /// Headers of the answer beside `Connection` and `Upgrade`.
    public var headers: [(name: String, value: String)]
    /// Speaks until the connection is over.
    public var serve: @Sendable (UpgradedConnection) async -> Void

    public init(
        headers: [(name: String, value: String)] = [], serve: @escaping @Sendable (UpgradedConnection) async -> Void
    ) {
        self.headers = headers
        self.serve = serve
    }
}

/// A connection that carries plain bytes both ways. Whoever serves it reads alone; several may write, each piece whole.
public struct UpgradedConnection: Sendable {
    let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Calls with every piece that comes, until the other side has ended, or `receive` says that it is enough.
    public func forEachPiece(_ receive: ([UInt8]) async throws -> Bool) async throws {
        for try await piece in inbound {
            guard try await receive(Array(piece.readableBytesView)) else { return }
        }
    }

    /// Waits where the other side takes no more for now.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await outbound.write(ByteBuffer(bytes: bytes))
    }
}
