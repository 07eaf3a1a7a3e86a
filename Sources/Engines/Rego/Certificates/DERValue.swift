/// A value in the distinguished encoding of ASN.1 (X.690): a tag and what it holds.
struct DERValue {
    struct Malformed: Error {
        var message: String
        init(_ message: String) { self.message = "asn1: structure error: \(message)" }
    }

    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// With tag and length.
    let whole: ArraySlice<UInt8>

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let identifier: UInt8 = 0x06

    /// The first value; what follows stays in `bytes`.
    static func read(_ bytes: inout ArraySlice<UInt8>) throws(Malformed) -> DERValue {
        guard bytes.count >= 2 else { throw Malformed("sequence truncated") }
        let start = bytes.startIndex
        let tag = bytes[start]
        guard tag & 0x1F != 0x1F else { throw Malformed("tags don't match") }
        var length = Int(bytes[start + 1])
        var header = 2
        if length >= 0x80 {
            let count = length & 0x7F
            guard count > 0, count <= 4, bytes.count >= 2 + count else { throw Malformed("length too large") }
            length = bytes[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        guard bytes.count - header >= length else { throw Malformed("data truncated") }
        let end = start + header + length
        let value = DERValue(tag: tag, content: bytes[(start + header)..<end], whole: bytes[start..<end])
        bytes = bytes[end...]
        return value
    }

    init(tag: UInt8, content: ArraySlice<UInt8>, whole: ArraySlice<UInt8>) {
        self.tag = tag
        self.content = content
        self.whole = whole
    }

    /// The only value in the bytes.
    init(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
        var rest = bytes
        self = try Self.read(&rest)
        guard rest.isEmpty else { throw Malformed("trailing data") }
    }

    /// The values inside.
    func members() throws(Malformed) -> [DERValue] {
        var rest = content
        var result: [DERValue] = []
        while !rest.isEmpty { result.append(try Self.read(&rest)) }
        return result
    }

    func expect(_ tag: UInt8) throws(Malformed) -> DERValue {
        guard self.tag == tag else { throw Malformed("tags don't match") }
        return self
    }

    /// The numbers of an object identifier.
    func identifierParts() -> [Int] {
        var result: [Int] = []
        var value = 0
        for byte in content {
            guard value < 1 << 50 else { return [] }
            value = value << 7 | Int(byte & 0x7F)
            guard byte & 0x80 == 0 else { continue }
            if result.isEmpty {
                let first = min(value / 40, 2)
                result = [first, value - first * 40]
            } else {
                result.append(value)
            }
            value = 0
        }
        return result
    }

    var text: String { String(decoding: content, as: UTF8.self) }

    /// A whole number that may be large.
    var number: BigInteger {
        var digits: [UInt32] = []
        var word: UInt32 = 0
        var shift: UInt32 = 0
        let isNegative = (content.first ?? 0) & 0x80 != 0
        for byte in content.reversed() {
            word |= UInt32(isNegative ? ~byte : byte) << shift
            shift += 8
            if shift == 32 {
                digits.append(word)
                (word, shift) = (0, 0)
            }
        }
        digits.append(word)
        let magnitude = BigInteger(isNegative: false, digits: digits)
        return isNegative ? -(magnitude + BigInteger(1)) : magnitude
    }

    /// The number's bytes without leading zeros.
    var magnitude: [UInt8] { Array(content.drop { $0 == 0 }) }

    /// A bit string's bytes, when no bits are left over.
    var bits: ArraySlice<UInt8> { content.dropFirst() }
}

/// Writes the encoding.
enum DERWriter {
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ members: [[UInt8]]) -> [UInt8] { value(DERValue.sequence, members.flatMap { $0 }) }

    /// A number that is not negative, from its bytes.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let bytes = Array(magnitude.drop { $0 == 0 })
        guard let first = bytes.first else { return value(DERValue.integer, [0]) }
        return value(DERValue.integer, first & 0x80 == 0 ? bytes : [0] + bytes)
    }
}
