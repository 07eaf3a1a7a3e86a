import CZlib
import Testing

@testable import LocalCluster

@Suite struct StreamProtocolTests {
    private func frame(_ opcode: UInt8, _ payload: [UInt8], isLast: Bool = true) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65536: bytes += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0xFF] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    private func messages(_ bytes: [UInt8], pieces: Int) throws(StreamProtocolError) -> [WebSocketMessage] {
        var reader = WebSocketReader()
        var found: [WebSocketMessage] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            reader.append(Array(bytes[start..<min(bytes.count, start + pieces)]))
            while let message = try reader.next() { found.append(message) }
        }
        return found
    }

    @Test(arguments: [1, 3, 7, 100_000])
    func `messages are read however their bytes arrive`(_ pieces: Int) throws {
        let long = [UInt8](repeating: 9, count: 70_000), middle = [UInt8](repeating: 8, count: 300)
        let bytes =
            frame(2, [0, 65]) + frame(9, [1]) + frame(2, middle) + frame(1, [1, 2], isLast: false) + frame(10, [])
            + frame(0, [3]) + frame(2, long) + frame(8, [3, 0xE8])
        #expect(
            try messages(bytes, pieces: pieces) == [
                .data([0, 65]), .ping([1]), .data(middle), .pong, .data([1, 2, 3]), .data(long), .close,
            ])
    }

    @Test(
        arguments: [
            [0x82, 0x01, 0x41], [0xC2, 0x80, 0, 0, 0, 0], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0],
            [0x09, 0x80, 0, 0, 0, 0], [0x89, 0xFE, 0, 126, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 126),
            [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            [0x02, 0x80, 0, 0, 0, 0, 0x82, 0x80, 0, 0, 0, 0],
        ] as [[UInt8]])
    func `frames that break the rules are refused`(_ bytes: [UInt8]) {
        #expect(throws: StreamProtocolError.self) { try messages(bytes, pieces: 1000) }
    }

    @Test func `the proof of a handshake is that of the specification`() {
        #expect(WebSocketFrame.accept(key: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `the dictionary is the one that all implementations share`() {
        // Its checksum stands in the first bytes of every SPDY/3 header block in the world.
        let bytes = SPDYDictionary.bytes
        #expect(bytes.count == 1423)
        #expect(adler32(adler32(0, nil, 0), bytes, UInt32(bytes.count)) == 0xE3C6_A7C2)
    }

    /// A SYN_STREAM as a client writes it.
    private func open(_ stream: UInt8, _ headers: [(String, String)], _ writer: inout z_stream) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 0xFF) } }
        var block = number(headers.count)
        for (name, value) in headers {
            block += number(name.utf8.count) + Array(name.utf8) + number(value.utf8.count) + Array(value.utf8)
        }
        var output = [UInt8](repeating: 0, count: 4096)
        let count = block.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target -> Int in
                writer.next_in = source.baseAddress
                writer.avail_in = UInt32(source.count)
                writer.next_out = target.baseAddress
                writer.avail_out = UInt32(target.count)
                deflate(&writer, Z_SYNC_FLUSH)
                return target.count - Int(writer.avail_out)
            }
        }
        let body = [0, 0, 0, stream, 0, 0, 0, 0, 0, 0] + output[..<count]
        return [0x80, 3, 0, 1, 0] + number(body.count).dropFirst() + body
    }

    @Test(arguments: [1, 5, 10_000])
    func `streams are opened with their headers, and carry data both ways`(_ pieces: Int) throws {
        var writer = z_stream()
        deflateInit_(&writer, 6, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        deflateSetDictionary(&writer, SPDYDictionary.bytes, UInt32(SPDYDictionary.bytes.count))
        defer { deflateEnd(&writer) }
        let bytes =
            open(1, [("streamType", "error"), ("port", "80"), ("requestid", "0")], &writer)
            + open(3, [("streamtype", "data"), ("port", "80"), ("requestid", "0")], &writer)
            + SPDYFrame.data([1, 2, 3], on: 3) + SPDYFrame.ping(7) + SPDYFrame.data([], on: 3, isEnd: true)
            + SPDYFrame.reset(3) + [0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0] + SPDYFrame.goAway(after: 3)
        var reader = SPDYReader()
        var found: [SPDYMessage] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            reader.append(Array(bytes[start..<min(bytes.count, start + pieces)]))
            while let message = try reader.next() { found.append(message) }
        }
        #expect(
            found == [
                .open(stream: 1, headers: ["streamtype": "error", "port": "80", "requestid": "0"], isEnd: false),
                .open(stream: 3, headers: ["streamtype": "data", "port": "80", "requestid": "0"], isEnd: false),
                .data(stream: 3, [1, 2, 3], isEnd: false), .ping(7), .data(stream: 3, [], isEnd: true),
                .reset(stream: 3), .goAway,
            ])
    }

    @Test(
        arguments: [
            [0x80, 2, 0, 1, 0, 0, 0, 0], [0x80, 3, 0, 1, 0, 0, 0, 2, 0, 0], [0, 0, 0, 1, 0, 0xFF, 0xFF, 0xFF],
            [0x80, 3, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], [0x80, 3, 0, 6, 0, 0, 0, 1, 0],
            [0x80, 3, 0, 3, 0, 0, 0, 0],
        ] as [[UInt8]])
    func `frames of SPDY that are broken are refused`(_ bytes: [UInt8]) {
        var reader = SPDYReader()
        reader.append(bytes)
        #expect(throws: StreamProtocolError.self) { try reader.next() }
    }

    @Test func `random bytes never do harm`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var socket = WebSocketReader()
            socket.append(bytes)
            var stream = SPDYReader()
            stream.append([0x80, 3] + bytes)
            for _ in 0..<70 {
                if (try? socket.next()) == nil, (try? stream.next()) == nil { break }
            }
        }
    }

    @Test func `log lines keep their times, whole or in parts`() throws {
        var pending = Array("one\ntw".utf8)
        let first = ContainerLog.lines(&pending, stream: "stdout", isEnd: false, time: "T1")
        #expect(String(decoding: first, as: UTF8.self) == "T1 stdout F one\n")
        pending += Array("o\nrest".utf8)
        let second = ContainerLog.lines(&pending, stream: "stderr", isEnd: true, time: "T2")
        #expect(String(decoding: second, as: UTF8.self) == "T2 stderr F two\nT2 stderr P rest\n")
        #expect(pending.isEmpty)
        var long = [UInt8](repeating: 65, count: 40_000) + [10]
        let lines = ContainerLog.lines(&long, stream: "stdout", isEnd: false, time: "T")
        #expect(lines.split(separator: 10).map { LogLine($0)?.isWhole } == [false, false, true])
        var filter = LogFilter(since: "T2", withTimestamps: false, bytesMax: 6)
        #expect(filter.shown((first + second)[...]) == Array("two\nre".utf8))
        #expect(filter.isFull)
        var stamped = LogFilter(since: nil, withTimestamps: true, bytesMax: nil)
        #expect(stamped.shown(first[...]) == Array("T1 one\n".utf8))
    }
}
