/// Numbers out of bytes from outside: every read is checked, none traps.
struct ByteView {
    let bytes: ArraySlice<UInt8>
    var isBigEndian = false

    init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool = false) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
    }

    init(_ bytes: [UInt8], isBigEndian: Bool = false) { self.init(bytes[...], isBigEndian: isBigEndian) }

    var count: Int { bytes.count }

    /// The piece that starts at an offset from the view's start; nil where it does not lie inside.
    func slice(_ offset: Int, _ length: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
        let start = bytes.startIndex + offset
        return bytes[start..<(start + length)]
    }

    func byte(_ offset: Int) -> UInt8? {
        guard offset >= 0, offset < bytes.count else { return nil }
        return bytes[bytes.startIndex + offset]
    }

    /// A whole number of up to eight bytes; nil outside of the view, and for a number that is larger than `Int` holds.
    func number(_ offset: Int, _ width: Int) -> Int? {
        guard let field = slice(offset, width) else { return nil }
        var value: UInt64 = 0
        if isBigEndian {
            for byte in field { value = value << 8 | UInt64(byte) }
        } else {
            for byte in field.reversed() { value = value << 8 | UInt64(byte) }
        }
        return Int(exactly: value)
    }

    func uint16(_ offset: Int) -> Int? { number(offset, 2) }
    func uint32(_ offset: Int) -> Int? { number(offset, 4) }
    func uint64(_ offset: Int) -> Int? { number(offset, 8) }

    /// Text up to the next zero byte; nil where there is none.
    func text(_ offset: Int, max: Int = 1 << 16) -> String? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let rest = bytes[(bytes.startIndex + offset)...].prefix(max)
        guard let end = rest.firstIndex(of: 0) else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// The first place of some bytes at or after an offset, where the place is a multiple of `alignment`.
    func find(_ needle: [UInt8], from start: Int = 0, alignment: Int = 1) -> Int? {
        guard let first = needle.first, start >= 0, alignment >= 1 else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            var offset = (start + alignment - 1) / alignment * alignment
            while offset + needle.count <= buffer.count {
                if buffer[offset] == first {
                    var length = 1
                    while length < needle.count, buffer[offset + length] == needle[length] { length += 1 }
                    if length == needle.count { return offset }
                }
                offset += alignment
            }
            return nil
        }
    }
}

/// Why some binary format cannot be read.
struct BinaryError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
