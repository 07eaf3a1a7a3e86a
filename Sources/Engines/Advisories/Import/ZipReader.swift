import CZlib
import WaybillCore

/// Reads zip archives by their central directory: stored and deflated files, no encryption, no Zip64 sizes beyond memory.
struct ZipReader {
    static let filesMax = 2_000_000
    static let fileBytesMax = 256 << 20

    struct Entry: Sendable {
        var name: String
        fileprivate var method: Int
        fileprivate var packedSize: Int
        fileprivate var size: Int
        fileprivate var crc: UInt32
        fileprivate var offset: Int
    }

    private let bytes: [UInt8]
    private let subject: String
    let entries: [Entry]

    init(_ bytes: [UInt8], subject: String) throws(WaybillError) {
        self.bytes = bytes
        self.subject = subject
        guard let end = Self.end(bytes) else { throw Self.damaged("has no central directory", subject) }
        var count = Self.number(bytes, end + 10, 2) ?? 0
        var offset = Self.number(bytes, end + 16, 4) ?? 0
        if count == 0xFFFF || offset == 0xFFFF_FFFF {
            // Zip64: the true numbers stand in a record that a locator before the end names.
            guard end >= 20, Self.number(bytes, end - 20, 4) == 0x0706_4B50,
                let record = Self.number(bytes, end - 12, 8),
                record <= bytes.count - 56, Self.number(bytes, record, 4) == 0x0606_4B50,
                let many = Self.number(bytes, record + 32, 8), let start = Self.number(bytes, record + 48, 8)
            else { throw Self.damaged("has a broken Zip64 directory", subject) }
            (count, offset) = (many, start)
        }
        guard count <= Self.filesMax else {
            throw WaybillError(.limitExceeded, "holds more than \(Self.filesMax) files", subject: subject)
        }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard let entry = Self.entry(bytes, &offset) else { throw Self.damaged("has a broken entry", subject) }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// The bytes of a file, its checksum verified.
    func read(_ entry: Entry) throws(WaybillError) -> [UInt8] {
        let name = "\(subject)/\(Redaction.excerpt(entry.name))"
        guard entry.size <= Self.fileBytesMax else {
            throw WaybillError(.limitExceeded, "unpacks to more than \(Self.fileBytesMax) bytes", subject: name)
        }
        guard Self.number(bytes, entry.offset, 4) == 0x0403_4B50,
            let nameLength = Self.number(bytes, entry.offset + 26, 2),
            let extraLength = Self.number(bytes, entry.offset + 28, 2)
        else { throw Self.damaged("has a broken local header", name) }
        let start = entry.offset + 30 + nameLength + extraLength
        guard entry.packedSize >= 0, start <= bytes.count - entry.packedSize else {
            throw Self.damaged("ends too early", name)
        }
        let packed = Array(bytes[start..<(start + entry.packedSize)])
        let output: [UInt8]
        switch entry.method {
        case 0: output = packed
        case 8: output = try Self.inflate(packed, entry.size, name)
        default: throw WaybillError(.unsupported, "is packed with method \(entry.method)", subject: name)
        }
        let crc = UInt32(truncatingIfNeeded: crc32_z(0, output, output.count))
        guard output.count == entry.size, crc == entry.crc else {
            throw Self.damaged("does not match its checksum", name)
        }
        return output
    }

    private static func inflate(_ packed: [UInt8], _ size: Int, _ name: String) throws(WaybillError) -> [UInt8] {
        var stream = z_stream()
        // A negative window: deflate without any frame around it.
        guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw WaybillError(.failed, "zlib cannot be started", subject: name)
        }
        defer { inflateEnd(&stream) }
        // One byte more than promised, so that a lie is seen.
        var output = [UInt8](repeating: 0, count: size + 1)
        let status = packed.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: output.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw damaged("is not valid deflate", name) }
        return Array(output[..<(output.count - Int(stream.avail_out))])
    }

    /// The end record; a comment of up to 64 KiB may follow it.
    private static func end(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        for position in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1)
        where number(bytes, position, 4) == 0x0605_4B50 {
            return position
        }
        return nil
    }

    private static func entry(_ bytes: [UInt8], _ offset: inout Int) -> Entry? {
        guard number(bytes, offset, 4) == 0x0201_4B50, let flags = number(bytes, offset + 8, 2), flags & 1 == 0,
            let method = number(bytes, offset + 10, 2), let crc = number(bytes, offset + 16, 4),
            let packed = number(bytes, offset + 20, 4), let size = number(bytes, offset + 24, 4),
            let nameLength = number(bytes, offset + 28, 2), let extraLength = number(bytes, offset + 30, 2),
            let commentLength = number(bytes, offset + 32, 2), let local = number(bytes, offset + 42, 4),
            packed != 0xFFFF_FFFF, size != 0xFFFF_FFFF, local != 0xFFFF_FFFF,
            offset + 46 + nameLength <= bytes.count
        else { return nil }
        let name = String(decoding: bytes[(offset + 46)..<(offset + 46 + nameLength)], as: UTF8.self)
        offset += 46 + nameLength + extraLength + commentLength
        return Entry(
            name: name, method: method, packedSize: packed, size: size, crc: UInt32(truncatingIfNeeded: crc),
            offset: local)
    }

    /// A little-endian number; nil beyond the end, and for one that does not fit.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        return Int(exactly: value)
    }

    private static func damaged(_ what: String, _ subject: String) -> WaybillError {
        WaybillError(.corrupted, what, subject: subject)
    }
}
