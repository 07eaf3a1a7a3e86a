/// The text form of age's keys (BIP 173, without its limit on length).
enum Bech32 {
    private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// The prefix in lower case, and the bytes; nil where the text is broken.
    static func decode(_ text: String) -> (prefix: String, bytes: [UInt8])? {
        guard text.utf8.count <= 512, text == text.lowercased() || text == text.uppercased() else { return nil }
        let text = Array(text.lowercased().utf8)
        guard let separator = text.lastIndex(of: UInt8(ascii: "1")), separator > 0, text.count - separator > 6,
            text.allSatisfy({ (33...126).contains($0) })
        else { return nil }
        var values: [UInt8] = []
        for letter in text[(separator + 1)...] {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            values.append(UInt8(value))
        }
        let prefix = Array(text[..<separator])
        guard checksum(prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 } + values) == 1 else { return nil }
        guard let bytes = bytes(values.dropLast(6)) else { return nil }
        return (String(decoding: prefix, as: UTF8.self), bytes)
    }

    static func encode(prefix: String, _ bytes: [UInt8]) -> String {
        var values: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                values.append(UInt8(buffer >> UInt32(bits) & 31))
            }
        }
        if bits > 0 { values.append(UInt8(buffer << UInt32(5 - bits) & 31)) }
        let head = Array(prefix.utf8)
        let sum = checksum(head.map { $0 >> 5 } + [0] + head.map { $0 & 31 } + values + [0, 0, 0, 0, 0, 0]) ^ 1
        for index in 0..<6 { values.append(UInt8(sum >> UInt32(5 * (5 - index)) & 31)) }
        return prefix + "1" + String(decoding: values.map { letters[Int($0)] }, as: UTF8.self)
    }

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        var sum: UInt32 = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            for (index, term) in generator.enumerated() where top >> UInt32(index) & 1 == 1 { sum ^= term }
        }
        return sum
    }

    /// Five bits each to eight; what is left over must be less than a letter, and zero.
    private static func bytes(_ values: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for value in values {
            buffer = (buffer << 5 | UInt32(value)) & 0xFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 5, buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }
}
