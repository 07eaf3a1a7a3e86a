import Documents
import HTTPServing
import Synchronization

/// A session on SPDY/3.1: every channel is a stream that the client opens.
final class SPDYCarrier: SessionCarrier {
    static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    private let connection: UpgradedConnection
    private let expected: Set<SessionChannel>
    private let streams = Mutex<[SessionChannel: Int]>([:])

    init(_ connection: UpgradedConnection, expecting expected: Set<SessionChannel>) {
        self.connection = connection
        self.expected = expected
    }

    func receive(_ handle: @Sendable (SessionInput) async -> Void) async throws {
        var reader = SPDYReader()
        let headers = SPDYHeaderWriter()
        try await connection.forEachPiece { piece in
            reader.append(piece)
            while let message = try reader.next() {
                switch message {
                case .open(let stream, let fields, let isEnd):
                    guard let channel = expected.first(where: { $0.streamType == fields["streamtype"] }) else {
                        try await connection.write(SPDYFrame.reset(stream))
                        continue
                    }
                    try await connection.write(SPDYFrame.reply(to: stream, headers))
                    let isComplete = streams.withLock { streams in
                        streams[channel] = stream
                        return streams.count == expected.count
                    }
                    if isComplete { await handle(.ready) }
                    if isEnd, channel == .input { await handle(.endOfInput) }
                case .data(let stream, let bytes, let isEnd):
                    let channel = streams.withLock { $0.first { $0.value == stream }?.key }
                    if channel == .input, !bytes.isEmpty { await handle(.data(bytes)) }
                    if channel == .resize {
                        // Each size is a line of its own.
                        for line in bytes.split(separator: 0x0A) {
                            if let input = TerminalSize.input(Array(line)) { await handle(input) }
                        }
                    }
                    if channel == .input, isEnd { await handle(.endOfInput) }
                case .reset(let stream):
                    if streams.withLock({ $0[.input] == stream }) { await handle(.endOfInput) }
                case .ping(let number): try await connection.write(SPDYFrame.ping(number))
                case .goAway: return false
                }
            }
            return true
        }
    }

    func send(_ bytes: [UInt8], on channel: SessionChannel) async throws {
        guard let stream = streams.withLock({ $0[channel] }) else { return }
        try await connection.write(SPDYFrame.data(bytes, on: stream))
    }

    func finish(_ status: Value) async throws {
        try await send(JSONWriter.bytes(status), on: .status)
        for stream in streams.withLock({ Array($0.values) }).sorted() {
            try await connection.write(SPDYFrame.data([], on: stream, isEnd: true))
        }
    }
}
