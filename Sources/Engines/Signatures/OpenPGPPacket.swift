import OCI
import WaybillCore

/// One packet of an OpenPGP message (RFC 9580 section 4).
struct OpenPGPPacket {
    enum Tag: Int {
        case signature = 2
        case onePassSignature = 4
        case publicKey = 6
        case compressedData = 8
        case marker = 10
        case literalData = 11
        case userID = 13
        case publicSubkey = 14
        case userAttribute = 17
        case padding = 21
    }

    static let bytesMax = 8 << 20
    static let packetsMax = 1000
    /// Signatures are small: a message that grows a hundredfold is an attack.
    static let unpackedBytesMax = 8 << 20

    var tag: Int
    var body: ArraySlice<UInt8>

    /// All packets; compressed ones are unpacked, once.
    static func all(in bytes: ArraySlice<UInt8>, depth: Int = 0) throws(SignatureFailure) -> [OpenPGPPacket] {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP: \(message)") }
        guard bytes.count <= bytesMax else { throw bad("is too large") }
        var rest = bytes
        var packets: [OpenPGPPacket] = []
        while !rest.isEmpty {
            guard packets.count < packetsMax else { throw bad("has more than \(packetsMax) packets") }
            let packet = try next(&rest)
            if packet.tag == Tag.compressedData.rawValue {
                guard depth == 0 else { throw bad("is compressed more than once") }
                packets += try all(in: unpack(packet.body)[...], depth: depth + 1)
            } else if packet.tag != Tag.marker.rawValue, packet.tag != Tag.padding.rawValue {
                packets.append(packet)
            }
        }
        return packets
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) throws(SignatureFailure) -> OpenPGPPacket {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP: \(message)") }
        guard let header = rest.popFirst(), header & 0x80 != 0 else { throw bad("a packet has no header") }
        if header & 0x40 != 0 { return OpenPGPPacket(tag: Int(header & 0x3F), body: try newBody(&rest)) }
        let tag = Int(header >> 2 & 0x0F)
        guard header & 3 != 3 else {
            // Of unknown length: everything to the end.
            defer { rest = rest.suffix(0) }
            return OpenPGPPacket(tag: tag, body: rest)
        }
        var count = 0
        for _ in 0..<(1 << Int(header & 3)) {
            guard let byte = rest.popFirst() else { throw bad("a packet's length is cut off") }
            count = count << 8 | Int(byte)
        }
        return OpenPGPPacket(tag: tag, body: try take(count, &rest))
    }

    private static func newBody(_ rest: inout ArraySlice<UInt8>) throws(SignatureFailure) -> ArraySlice<UInt8> {
        var body: [UInt8] = []
        while true {
            guard let (count, isPartial) = length(&rest) else {
                throw SignatureFailure(.format, "OpenPGP: a packet's length is cut off")
            }
            let part = try take(count, &rest)
            if !isPartial, body.isEmpty { return part }
            body += part
            if !isPartial { return body[...] }
        }
    }

    /// A length of the newer format (section 4.2.1), and whether another part follows.
    static func length(_ rest: inout ArraySlice<UInt8>) -> (count: Int, isPartial: Bool)? {
        guard let first = rest.popFirst() else { return nil }
        switch first {
        case 0..<192: return (Int(first), false)
        case 192..<224:
            guard let second = rest.popFirst() else { return nil }
            return ((Int(first) - 192) << 8 + Int(second) + 192, false)
        case 255:
            guard rest.count >= 4 else { return nil }
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            return (count, false)
        default: return (1 << Int(first & 0x1F), true)
        }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws(SignatureFailure) -> ArraySlice<
        UInt8
    > {
        guard count <= rest.count else { throw SignatureFailure(.format, "OpenPGP: a packet is cut off") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func unpack(_ body: ArraySlice<UInt8>) throws(SignatureFailure) -> [UInt8] {
        guard let algorithm = body.first else { throw SignatureFailure(.format, "OpenPGP: compressed data is empty") }
        let packed = Array(body.dropFirst())
        let format: Decompressor.BareFormat
        switch algorithm {
        case 0: return packed
        case 1: format = .deflate
        case 2: format = .zlib
        default:
            throw SignatureFailure(
                .unsupported, "OpenPGP data that is compressed by algorithm \(algorithm) is not supported")
        }
        var unpacked: [UInt8] = []
        do throws(WaybillError) {
            let decompressor = try Decompressor(
                format, outputBytesMax: unpackedBytesMax, subject: "OpenPGP message")
            try decompressor.feed(packed) { unpacked += $0 }
            try decompressor.finish()
        } catch { throw SignatureFailure(.format, error) }
        return unpacked
    }
}
