import Crypto
import WaybillCore

/// What a client says on a WebSocket (RFC 6455).
enum WebSocketMessage: Equatable, Sendable {
    case data([UInt8])
    case ping([UInt8])
    case pong
    case close
}

/// Bytes that break the rules of their protocol.
struct StreamProtocolError: Error, Equatable {
    var message: String
    init(_ message: String) { self.message = message }
}

/// Takes a client's bytes apart into messages; fragments are put together again.
struct WebSocketReader {
    /// The longest message, in bytes. kubectl sends pieces of 32 KiB.
    static let messageBytesMax = 1 << 20

    private var buffer: [UInt8] = []
    private var offset = 0
    private var fragments: [UInt8]?

    mutating func append(_ bytes: [UInt8]) {
        if offset > 0 {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer += bytes
    }

    /// Nil when the next message is not complete.
    mutating func next() throws(StreamProtocolError) -> WebSocketMessage? {
        while let frame = try frame() {
            switch frame.opcode {
            case 0x0:
                guard let begun = fragments else { throw StreamProtocolError("a fragment without a beginning") }
                guard begun.count + frame.payload.count <= Self.messageBytesMax else {
                    throw StreamProtocolError("a message longer than \(Self.messageBytesMax) bytes")
                }
                fragments = frame.isLast ? nil : begun + frame.payload
                if frame.isLast { return .data(begun + frame.payload) }
            case 0x1, 0x2:
                guard fragments == nil else { throw StreamProtocolError("a message within a message") }
                if frame.isLast { return .data(frame.payload) }
                fragments = frame.payload
            case 0x8...0xA:
                guard frame.isLast, frame.payload.count <= 125 else {
                    throw StreamProtocolError("a control frame in fragments")
                }
                switch frame.opcode {
                case 0x8: return .close
                case 0x9: return .ping(frame.payload)
                default: return .pong
                }
            default: throw StreamProtocolError("unknown opcode \(frame.opcode)")
            }
        }
        return nil
    }

    private mutating func frame() throws(StreamProtocolError) -> (isLast: Bool, opcode: UInt8, payload: [UInt8])? {
        let rest = buffer[offset...]
        guard rest.count >= 2 else { return nil }
        let (first, second) = (rest[offset], rest[offset + 1])
        guard first & 0x70 == 0 else { throw StreamProtocolError("an extension that was not agreed on") }
        guard second & 0x80 != 0 else { throw StreamProtocolError("a client's frame without a mask") }
        let lengthBytes = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
        let head = 2 + lengthBytes + 4
        guard rest.count >= head else { return nil }
        var length = UInt64(second & 0x7F)
        if lengthBytes > 0 {
            length = rest[(offset + 2)..<(offset + 2 + lengthBytes)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard length <= UInt64(Self.messageBytesMax) else {
            throw StreamProtocolError("a message longer than \(Self.messageBytesMax) bytes")
        }
        guard rest.count >= head + Int(length) else { return nil }
        let mask = Array(rest[(offset + head - 4)..<(offset + head)])
        var payload = Array(rest[(offset + head)..<(offset + head + Int(length))])
        for index in payload.indices { payload[index] ^= mask[index & 3] }
        offset += head + Int(length)
        return (first & 0x80 != 0, first & 0x0F, payload)
    }
}

/// A server's frames, which carry no mask.
enum WebSocketFrame {
    static func binary(_ payload: [UInt8]) -> [UInt8] { frame(0x2, payload) }
    static func pong(_ payload: [UInt8]) -> [UInt8] { frame(0xA, payload) }
    /// A normal end.
    static let close = frame(0x8, [0x03, 0xE8])

    private static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x80 | opcode]
        switch payload.count {
        case ..<126: bytes.append(UInt8(payload.count))
        case ..<65536: bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xFF)) }
        }
        return bytes + payload
    }

    /// The proof that the server has understood the request.
    static func accept(key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Base64.encode(Array(Insecure.SHA1.hash(data: Array(text.utf8))))
    }
}
