import WaybillCore

/// The fields of one 512-byte block (POSIX.1-2017 "ustar Interchange Format", and GNU's variant of it).
struct TarHeader {
    static let blockSize = 512

    var name: [UInt8]
    var linkName: [UInt8]
    var type: UInt8
    var mode: Int
    var userID: Int
    var groupID: Int
    var size: Int
    var modified: Int
    var deviceMajor: Int
    var deviceMinor: Int

    /// Nil where the checksum is wrong or a number is none.
    init?(_ block: [UInt8]) {
        guard block.count == Self.blockSize, Self.hasRightChecksum(block),
            let mode = Self.number(block[100..<108]), let userID = Self.number(block[108..<116]),
            let groupID = Self.number(block[116..<124]), let size = Self.number(block[124..<136]), size >= 0,
            let modified = Self.number(block[136..<148])
        else { return nil }
        type = block[156]
        linkName = Self.text(block[157..<257])
        name = Self.text(block[0..<100])
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.size = size
        self.modified = modified
        (deviceMajor, deviceMinor) = (0, 0)
        let isPOSIX = block[257..<263].elementsEqual("ustar\0".utf8)
        guard isPOSIX || block[257..<265].elementsEqual("ustar  \0".utf8) else { return }
        if type == UInt8(ascii: "3") || type == UInt8(ascii: "4") {
            guard let major = Self.number(block[329..<337]), let minor = Self.number(block[337..<345]) else {
                return nil
            }
            (deviceMajor, deviceMinor) = (major, minor)
        }
        // GNU keeps other things where POSIX has the name's prefix.
        let prefix = isPOSIX ? Self.text(block[345..<500]) : []
        if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits, or GNU's base 256 marked by the highest bit.
    static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            var value: Int = first & 0x40 != 0 ? -1 : 0
            value = value << 6 | Int(first & 0x3F)
            for byte in field.dropFirst() {
                // Bits that would be shifted out must all repeat the sign.
                guard value >> 55 == 0 || value >> 55 == -1 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        var value = 0
        let digits = field.drop { $0 == 0 || $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        for digit in digits {
            // The field is at most twelve digits long: 36 bits.
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// The sum of all bytes with the checksum's own taken for spaces; some old writers summed signed bytes.
    private static func hasRightChecksum(_ block: [UInt8]) -> Bool {
        guard let stated = number(block[148..<156]) else { return false }
        var unsigned = 8 * 32, signed = 8 * 32
        for part in [block[..<148], block[156...]] {
            for byte in part {
                unsigned += Int(byte)
                signed += Int(Int8(bitPattern: byte))
            }
        }
        return stated == unsigned || stated == signed
    }
}
