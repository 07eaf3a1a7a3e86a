import Documents
import HTTPServing

/// A session on a WebSocket: every message begins with the number of its channel.
struct WebSocketCarrier: SessionCarrier {
    /// Version 5 says when an input has ended; version 4 cannot.
    static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
    private static let closeMark: UInt8 = 255

    let connection: UpgradedConnection

    func receive(_ handle: @Sendable (SessionInput) async -> Void) async throws {
        await handle(.ready)
        var reader = WebSocketReader()
        try await connection.forEachPiece { piece in
            reader.append(piece)
            while let message = try reader.next() {
                switch message {
                case .data(let bytes):
                    if let input = Self.input(bytes) { await handle(input) }
                case .ping(let payload): try await connection.write(WebSocketFrame.pong(payload))
                case .pong: break
                case .close: return false
                }
            }
            return true
        }
    }

    private static func input(_ message: [UInt8]) -> SessionInput? {
        guard let first = message.first else { return nil }
        let rest = Array(message.dropFirst())
        switch (first, SessionChannel(rawValue: first)) {
        case (closeMark, _): return rest == [SessionChannel.input.rawValue] ? .endOfInput : nil
        case (_, .input): return .data(rest)
        case (_, .resize): return TerminalSize.input(rest)
        default: return nil
        }
    }

    func send(_ bytes: [UInt8], on channel: SessionChannel) async throws {
        try await connection.write(WebSocketFrame.binary([channel.rawValue] + bytes))
    }

    func finish(_ status: Value) async throws {
        try await send(JSONWriter.bytes(status), on: .status)
        try await connection.write(WebSocketFrame.close)
    }
}

/// `{"Width":80,"Height":24}`.
enum TerminalSize {
    static func input(_ bytes: [UInt8]) -> SessionInput? {
        guard let value = try? JSONReader.value(from: bytes), let columns = value["Width"]?.integer,
            let rows = value["Height"]?.integer, (1...10_000).contains(columns), (1...10_000).contains(rows)
        else { return nil }
        return .resize(columns: columns, rows: rows)
    }
}
