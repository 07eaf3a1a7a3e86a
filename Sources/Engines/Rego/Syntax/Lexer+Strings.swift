/// Texts in quotes.
extension Lexer {
    mutating func raw() -> String {
        index += 1
        let from = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "`") {
            if bytes[index] == 0x0A { newLine() } else { index += 1 }
        }
        guard index < bytes.count else {
            problems.append("non-terminated string")
            return ""
        }
        index += 1
        return String(decoding: bytes[from..<index - 1], as: UTF8.self)
    }

    mutating func quoted() -> String {
        index += 1
        var result: [UInt8] = []
        while true {
            guard index < bytes.count, bytes[index] != 0x0A else {
                problems.append("non-terminated string")
                return ""
            }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): escape(into: &result, isTemplate: false)
            case let byte:
                result.append(byte)
                index += 1
            }
        }
    }

    mutating func escape(into result: inout [UInt8], isTemplate: Bool) {
        index += 1
        let letter = peek(0)
        guard index < bytes.count, letter != 0x0A else { return problems.append("illegal escape sequence") }
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "{") where isTemplate, UInt8(ascii: "}") where isTemplate: result.append(letter)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hexadecimal() else { return problems.append("illegal escape sequence") }
            if (0xD800...0xDBFF).contains(code), peek(0) == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
                let before = index
                index += 2
                if let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    index = before
                }
            }
            result += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        default: problems.append("illegal escape sequence")
        }
    }

    private mutating func hexadecimal() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var code: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }
}
