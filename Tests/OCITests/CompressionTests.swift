import OCI
import Testing
import WaybillCore

@Suite struct CompressionTests {
    static let text = Array(String(repeating: "all ports, all papers\n", count: 20_000).utf8)
    /// `printf 'papers' | zstd --no-check`
    static let zstd: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x31, 0x00, 0x00, 0x70, 0x61, 0x70, 0x65, 0x72, 0x73,
    ]

    private func unpack(_ bytes: [UInt8], pieces: Int = 1 << 20, max: Int = 1 << 24) throws(WaybillError) -> [UInt8] {
        let decompressor = try Decompressor(Compression(magic: bytes), outputBytesMax: max, subject: "test")
        var output: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces, bytes.count)
            try decompressor.feed(Array(bytes[start..<end])) { (piece) throws(WaybillError) in output += piece }
            start = end
        }
        try decompressor.finish()
        return output
    }

    @Test(arguments: [1, 13, 4096, 1 << 20])
    func `what was packed unpacks to the same bytes, however it arrives`(_ pieces: Int) throws {
        let packed = try Gzip.compress(Self.text)
        #expect(packed.count < Self.text.count / 50)
        #expect(try unpack(packed, pieces: pieces) == Self.text)
    }

    @Test func `packing the same bytes twice gives the same bytes, without a time`() throws {
        let packed = try Gzip.compress(Self.text)
        #expect(try Gzip.compress(Self.text) == packed)
        #expect(packed[4..<8] == [0, 0, 0, 0])
    }

    @Test func `several gzip members are one stream`() throws {
        let packed = try Gzip.compress([1, 2]) + Gzip.compress([]) + Gzip.compress([3])
        #expect(try unpack(packed) == [1, 2, 3])
        #expect(try unpack(packed, pieces: 1) == [1, 2, 3])
    }

    @Test func `exactly one buffer of output is no reason to wait for more`() throws {
        let bytes = [UInt8](repeating: 9, count: 1 << 17)
        #expect(try unpack(try Gzip.compress(bytes)) == bytes)
    }

    @Test func `a stream that unpacks past the bound is stopped`() throws {
        let packed = try Gzip.compress([UInt8](repeating: 0, count: 1 << 22))
        let error = #expect(throws: WaybillError.self) { try unpack(packed, max: 1 << 20) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a stream that was cut off or damaged is an error`() throws {
        let packed = try Gzip.compress(Self.text)
        var damaged = packed
        damaged[packed.count / 2] ^= 0xFF
        #expect(throws: WaybillError.self) { try unpack(Array(packed.dropLast(1))) }
        #expect(throws: WaybillError.self) { try unpack(damaged) }
        #expect(throws: WaybillError.self) { try unpack(packed + [1, 2, 3]) }
    }

    @Test func `zstd is known by its first bytes, frame by frame`() throws {
        #expect(Compression(magic: Self.zstd) == .zstd)
        #expect(try unpack(Self.zstd, pieces: 1) == Array("papers".utf8))
        #expect(try unpack(Self.zstd + Self.zstd) == Array("paperspapers".utf8))
        #expect(throws: WaybillError.self) { try unpack(Array(Self.zstd.dropLast())) }
        #expect(throws: WaybillError.self) { try unpack(Array(Self.zstd[..<4]) + [0xFF, 0xFF, 0xFF]) }
    }
}
