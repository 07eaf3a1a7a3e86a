/// Bytes that somebody else holds, in memory or mapped from a file. Every read is checked against the bounds.
public final class ByteRegion: @unchecked Sendable {
    // Sendable: the bytes never change while the region lives, and `owner` only keeps them alive.
    private let start: UnsafeRawPointer
    public let count: Int
    private let owner: AnyObject?
    private let ownsMemory: Bool

    /// Bytes that live as long as their owner, and that nobody changes.
    public init(_ bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
        // An empty buffer may have no address: any will do, for nothing is read.
        start = bytes.baseAddress ?? UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
        count = bytes.count
        self.owner = owner
        ownsMemory = bytes.baseAddress == nil
    }

    public init(copying bytes: [UInt8]) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
        bytes.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: bytes.count) } }
        start = UnsafeRawPointer(memory)
        count = bytes.count
        owner = nil
        ownsMemory = true
    }

    deinit { if ownsMemory { start.deallocate() } }

    func has(_ offset: Int, _ length: Int) -> Bool { offset >= 0 && length >= 0 && offset <= count - length }

    /// Zero beyond the end: callers check what the number leads to.
    func u8(_ offset: Int) -> UInt8 { has(offset, 1) ? start.load(fromByteOffset: offset, as: UInt8.self) : 0 }

    func u32(_ offset: Int) -> Int {
        has(offset, 4) ? Int(UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))) : 0
    }

    func u64(_ offset: Int) -> UInt64 {
        has(offset, 8) ? UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) : 0
    }

    /// The bytes of a part; empty where it is not whole.
    func bytes(_ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
        guard has(offset, length) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: start + offset, count: length)
    }

    func string(_ offset: Int, _ length: Int) -> String { String(decoding: bytes(offset, length), as: UTF8.self) }

    func equals(_ offset: Int, _ length: Int, _ other: UnsafeRawBufferPointer) -> Bool {
        guard length == other.count, has(offset, length) else { return false }
        var index = 0
        while index + 8 <= length {
            guard
                start.loadUnaligned(fromByteOffset: offset + index, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < length {
            guard start.load(fromByteOffset: offset + index, as: UInt8.self) == other[index] else { return false }
            index += 1
        }
        return true
    }
}

/// A text where it lies in a region: most versions are compared as bytes and never asked for.
struct TextPlace {
    var start: Int
    var count: Int
}

extension ByteRegion {
    func string(_ text: TextPlace) -> String { string(text.start, text.count) }
    func bytes(_ text: TextPlace) -> UnsafeBufferPointer<UInt8> {
        bytes(text.start, text.count).assumingMemoryBound(to: UInt8.self)
    }

    func areEqual(_ one: TextPlace, _ other: TextPlace) -> Bool {
        equals(one.start, one.count, bytes(other.start, other.count))
    }

    func precedes(_ one: TextPlace, _ other: TextPlace) -> Bool { bytes(one).lexicographicallyPrecedes(bytes(other)) }
}

/// Reads what `ByteWriter` wrote, from left to right. After a broken length everything that follows is empty, and
/// `isDamaged` says so.
struct ByteCursor {
    private let region: ByteRegion
    private(set) var offset: Int
    private let end: Int
    private(set) var isDamaged = false

    init(_ region: ByteRegion, _ offset: Int, end: Int) {
        self.region = region
        self.offset = offset
        self.end = min(end, region.count)
        if offset < 0 || offset >= self.end { isDamaged = true }
    }

    mutating func byte() -> UInt8 {
        guard !isDamaged, offset < end else {
            isDamaged = true
            return 0
        }
        offset += 1
        return region.u8(offset - 1)
    }

    /// Seven bits in each byte, the lowest first.
    mutating func number() -> Int {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            let byte = byte()
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return Int(value) }
        }
        isDamaged = true
        return 0
    }

    /// A number of things to come, each at least one byte long.
    mutating func length() -> Int {
        let value = number()
        guard value <= end - offset else {
            isDamaged = true
            return 0
        }
        return value
    }

    mutating func string() -> String {
        let length = length()
        guard !isDamaged else { return "" }
        defer { offset += length }
        return region.string(offset, length)
    }

    mutating func optional() -> String? { byte() == 0 ? nil : string() }

    /// Where a text lies, which is not read.
    mutating func text() -> TextPlace {
        let length = length()
        guard !isDamaged else { return TextPlace(start: 0, count: 0) }
        defer { offset += length }
        return TextPlace(start: offset, count: length)
    }

    mutating func optionalText() -> TextPlace? { byte() == 0 ? nil : text() }

    mutating func strings() -> [String] {
        let count = length()
        var result: [String] = []
        result.reserveCapacity(count)
        for _ in 0..<count where !isDamaged { result.append(string()) }
        return result
    }

    mutating func double() -> Double? {
        guard byte() != 0 else { return nil }
        guard offset <= end - 8 else {
            isDamaged = true
            return nil
        }
        defer { offset += 8 }
        return Double(bitPattern: region.u64(offset))
    }
}

/// Writes numbers, texts and lists as bytes.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func u32(_ value: Int) {
        let value = UInt32(truncatingIfNeeded: value)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func u64(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func number(_ value: Int) {
        var value = UInt64(max(value, 0))
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func string(_ text: String) {
        number(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func optional(_ text: String?) {
        byte(text == nil ? 0 : 1)
        if let text { string(text) }
    }

    mutating func strings(_ list: [String]) {
        number(list.count)
        for text in list { string(text) }
    }

    mutating func double(_ value: Double?) {
        byte(value == nil ? 0 : 1)
        if let value { u64(value.bitPattern) }
    }
}
