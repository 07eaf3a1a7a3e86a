/// What a client says on SPDY/3.1, as far as Kubernetes' streams use it: no flow control, no server push.
enum SPDYMessage: Equatable, Sendable {
    case open(stream: Int, headers: [String: String], isEnd: Bool)
    case data(stream: Int, [UInt8], isEnd: Bool)
    case reset(stream: Int)
    case ping(Int)
    case goAway
}

/// Takes a client's bytes apart into frames.
struct SPDYReader {
    /// The longest frame, in bytes.
    static let frameBytesMax = 1 << 20

    private var buffer: [UInt8] = []
    private var offset = 0
    private let headers = SPDYHeaderReader()

    mutating func append(_ bytes: [UInt8]) {
        if offset > 0 {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer += bytes
    }

    /// Nil when the next frame is not complete. Frames that say nothing to us are passed over.
    mutating func next() throws(StreamProtocolError) -> SPDYMessage? {
        while buffer.count - offset >= 8 {
            var head = BigEndianReader(buffer[offset..<(offset + 8)])
            guard let first = head.number(4), let flags = head.number(1), let length = head.number(3) else {
                return nil
            }
            guard length <= Self.frameBytesMax else {
                throw StreamProtocolError("a frame longer than \(Self.frameBytesMax) bytes")
            }
            guard buffer.count - offset >= 8 + length else { return nil }
            let body = buffer[(offset + 8)..<(offset + 8 + length)]
            offset += 8 + length
            if let message = try message(first, flags, body) { return message }
        }
        return nil
    }

    private func message(_ first: Int, _ flags: Int, _ body: ArraySlice<UInt8>) throws(StreamProtocolError)
        -> SPDYMessage?
    {
        let isEnd = flags & 1 != 0
        guard first & 0x8000_0000 != 0 else { return .data(stream: first, Array(body), isEnd: isEnd) }
        guard first >> 16 & 0x7FFF == 3 else { throw StreamProtocolError("another version than SPDY/3") }
        var reader = BigEndianReader(body)
        switch first & 0xFFFF {
        case 1:
            guard let stream = reader.number(4), reader.take(6) != nil else { throw Self.short }
            return .open(
                stream: stream & 0x7FFF_FFFF, headers: try headers.headers(body.dropFirst(10)), isEnd: isEnd)
        case 3:
            guard let stream = reader.number(4) else { throw Self.short }
            return .reset(stream: stream & 0x7FFF_FFFF)
        case 6:
            guard let number = reader.number(4) else { throw Self.short }
            return .ping(number)
        case 7: return .goAway
        case 2, 8:
            // Read for the sake of those that follow: all headers are one compressed stream.
            guard reader.number(4) != nil else { throw Self.short }
            _ = try headers.headers(body.dropFirst(4))
            return nil
        default: return nil
        }
    }

    private static let short = StreamProtocolError("a frame that is too short")
}

/// A server's frames.
enum SPDYFrame {
    static func reply(to stream: Int, _ writer: SPDYHeaderWriter) -> [UInt8] {
        control(2, number(stream) + writer.empty())
    }

    static func data(_ bytes: [UInt8], on stream: Int, isEnd: Bool = false) -> [UInt8] {
        number(stream) + [isEnd ? 1 : 0] + number(bytes.count).dropFirst() + bytes
    }

    static func ping(_ value: Int) -> [UInt8] { control(6, number(value)) }
    static func reset(_ stream: Int) -> [UInt8] { control(3, number(stream) + number(5)) }
    static func goAway(after stream: Int) -> [UInt8] { control(7, number(stream) + number(0)) }

    private static func control(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0x80, 3, 0, type, 0] + number(body.count).dropFirst() + body
    }

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 0xFF), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }
}
