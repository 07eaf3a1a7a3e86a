import Testing
import WaybillCore

@testable import OCI

@Suite struct TarTests {
    struct Item: Equatable {
        var entry: TarEntry
        var contents: [UInt8]
    }

    static func read(_ bytes: [UInt8], pieces: Int = 1 << 20) throws(WaybillError) -> [Item] {
        var reader = TarReader(subject: "test")
        var items: [Item] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces, bytes.count)
            try reader.feed(bytes[start..<end]) { (event) throws(WaybillError) in
                switch event {
                case .entry(let entry): items.append(Item(entry: entry, contents: []))
                case .content(let piece): items[items.count - 1].contents += piece
                case .end: break
                }
            }
            start = end
        }
        try reader.finish()
        return items
    }

    static func archive() -> (bytes: [UInt8], items: [Item]) {
        let long = String(repeating: "long/", count: 60) + "name"
        let entries: [(TarEntry, [UInt8])] = [
            (TarEntry(name: "bin/", kind: .folder, mode: 0o755), []),
            (
                TarEntry(name: "bin/su", mode: 0o4755, userID: 0, groupID: 5, modified: 1_700_000_000),
                Array("#!/bin/sh\n".utf8)
            ),
            (TarEntry(name: "bin/sh", kind: .symbolicLink, mode: 0o777, linkName: "/bin/busybox"), []),
            (TarEntry(name: "bin/su2", kind: .hardLink, linkName: "bin/su"), []),
            (TarEntry(name: "dev/null", kind: .characterDevice, mode: 0o666, deviceMajor: 1, deviceMinor: 3), []),
            (TarEntry(name: long, userID: 3_000_000_000), [UInt8](repeating: 7, count: 1024)),
            (TarEntry(name: "café", modified: -5, extendedAttributes: ["security.capability": [1, 0, 2]]), [1]),
            (TarEntry(name: "link", kind: .symbolicLink, linkName: long), []),
            (TarEntry(name: "empty"), []),
        ]
        var writer = TarWriter()
        var items: [Item] = []
        for (entry, contents) in entries {
            writer.add(entry, contents: contents)
            var expected = entry
            expected.size = contents.count
            items.append(Item(entry: expected, contents: contents))
        }
        return (writer.finish(), items)
    }

    @Test(arguments: [1, 7, 511, 512, 513, 4096, 1 << 20])
    func `an archive reads the same however its bytes arrive`(_ pieces: Int) throws {
        let (bytes, items) = Self.archive()
        #expect(try Self.read(bytes, pieces: pieces) == items)
    }

    @Test func `a file named with GNU's long name headers has its whole name`() throws {
        let name = String(repeating: "n", count: 300)
        var bytes = Self.block(name: "././@LongLink", type: "L", size: 301)
        bytes += Self.padded(Array(name.utf8) + [0])
        bytes += Self.block(name: "nnn", type: "0", size: 2) + Self.padded([1, 2])
        let items = try Self.read(bytes)
        #expect(items.first?.entry.name == Array(name.utf8))
        #expect(items.first?.contents == [1, 2])
    }

    @Test func `a number too large for octal digits is read in base 256`() {
        #expect(TarHeader.number([0x80, 0, 0, 0, 0, 0, 1, 0]) == 256)
        #expect(TarHeader.number([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]) == -2)
        #expect(TarHeader.number([0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        #expect(TarHeader.number(Array("0000644\0".utf8)[...]) == 0o644)
        #expect(TarHeader.number(Array(" 644 \0\0\0".utf8)[...]) == 0o644)
        #expect(TarHeader.number(Array("0000648\0".utf8)[...]) == nil)
    }

    @Test func `an archive that ends in the middle of an entry is damaged`() throws {
        let (bytes, _) = Self.archive()
        for length in [1, 511, 512 + 512 + 4, 513] {
            #expect(throws: WaybillError.self, "\(length)") { try Self.read(Array(bytes[..<length])) }
        }
    }

    @Test func `every damaged header is refused`() throws {
        let (bytes, _) = Self.archive()
        for index in [0, 100, 124, 148, 156] {
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: WaybillError.self, "\(index)") { try Self.read(damaged) }
        }
    }

    @Test(arguments: ["S", "M", "Z"])
    func `an entry of another kind is refused`(_ type: Character) {
        let error = #expect(throws: WaybillError.self) { try Self.read(Self.block(name: "x", type: type, size: 0)) }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: [
        "11 path=a\n",  // one too long
        "9 path=a\n\u{0}", "x path=a\n", "10 path=a\n10 path=b", "999999999 path=a\n", "9 =patha\n", " path=a\n",
        "0 path=a\n",
    ])
    func `damaged PAX records are refused`(_ records: String) {
        let bytes = Array(records.utf8)
        let archive =
            Self.block(name: "pax", type: "x", size: bytes.count) + Self.padded(bytes)
            + Self.block(name: "a", type: "0", size: 0)
        #expect(throws: WaybillError.self) { try Self.read(archive) }
    }

    @Test func `global records that rename are refused, a comment is not`() throws {
        let file = Self.block(name: "a", type: "0", size: 0)
        func archive(_ record: String) -> [UInt8] {
            Self.block(name: "pax", type: "g", size: record.utf8.count) + Self.padded(Array(record.utf8)) + file
        }
        #expect(try Self.read(archive("13 comment=x\n")).count == 1)
        #expect(throws: WaybillError.self) { try Self.read(archive("10 path=b\n")) }
    }

    @Test func `the size in a PAX record is the one that counts`() throws {
        let record = Array("9 size=2\n".utf8)
        let bytes =
            Self.block(name: "pax", type: "x", size: record.count) + Self.padded(record)
            + Self.block(name: "a", type: "0", size: 512) + Self.padded([1, 2])
            + Self.block(name: "b", type: "0", size: 0)
        #expect(try Self.read(bytes).map(\.contents) == [[1, 2], []])
    }

    @Test func `mutated archives never trap`() {
        let (bytes, _) = Self.archive()
        var random = SplitMix(seed: 7)
        for _ in 0..<3000 {
            var mutated = bytes
            for _ in 0..<(1 + Int(random.next() % 4)) {
                mutated[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            mutated.removeLast(Int(random.next() % 600))
            _ = try? Self.read(mutated, pieces: 333)
        }
    }

    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// A header made by hand, for what the writer does not write.
    static func block(name: String, type: Character, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ start: Int) {
            for (index, byte) in text.utf8.enumerated() { block[start + index] = byte }
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, 0)
        put("0000644", 100)
        put(octal(0, 7), 108)
        put(octal(0, 7), 116)
        put(octal(size, 11), 124)
        put(octal(0, 11), 136)
        put("        ", 148)
        put(String(type), 156)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", 148)
        return block
    }
}

/// A small generator whose runs can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
