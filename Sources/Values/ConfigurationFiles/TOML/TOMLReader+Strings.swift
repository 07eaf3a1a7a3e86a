import Documents
import WaybillCore

extension TOMLReader {
    /// All four kinds of strings.
    mutating func string() throws(DocumentError) -> String {
        let start = scanner.position
        guard let quote = scanner.byte else { throw scanner.error("expected text in quotes") }
        let isLiteral = quote == UInt8(ascii: "'")
        let isMultiline = scanner.peek(1) == quote && scanner.peek(2) == quote
        scanner.advance(by: isMultiline ? 3 : 1)
        if isMultiline {
            // A line end right behind the opening quotes is not part of the text.
            if scanner.byte == 0x0D, scanner.peek(1) == 0x0A { scanner.advance() }
            if scanner.byte == 0x0A { scanner.advance() }
        }
        var text: [UInt8] = []
        while let byte = scanner.byte {
            if byte == quote {
                if !isMultiline {
                    scanner.advance()
                    return String(decoding: text, as: UTF8.self)
                }
                if scanner.peek(1) == quote, scanner.peek(2) == quote {
                    scanner.advance(by: 3)
                    // Up to two quotes may stand before the closing three.
                    for _ in 0..<2 where scanner.byte == quote {
                        text.append(quote)
                        scanner.advance()
                    }
                    return String(decoding: text, as: UTF8.self)
                }
            }
            if byte == UInt8(ascii: "\\"), !isLiteral {
                try escape(into: &text, isMultiline)
                continue
            }
            let isLineEnd = byte == 0x0A || (byte == 0x0D && scanner.peek(1) == 0x0A)
            guard isLineEnd ? isMultiline : byte == 0x09 || (byte >= 0x20 && byte != 0x7F) else {
                throw scanner.error(isLineEnd ? "the text in quotes has no end" : "a control character in quotes")
            }
            text.append(byte)
            scanner.advance()
        }
        throw scanner.error("the text in quotes has no end", at: start)
    }

    private mutating func escape(into text: inout [UInt8], _ isMultiline: Bool) throws(DocumentError) {
        let start = scanner.position
        scanner.advance()
        guard let letter = scanner.byte else { throw scanner.error("the text in quotes has no end", at: start) }
        scanner.advance()
        switch letter {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "e"): text.append(0x1B)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
        case UInt8(ascii: "u"): try scalar(4, start, into: &text)
        case UInt8(ascii: "U"): try scalar(8, start, into: &text)
        case 0x0A, 0x0D, 0x20, 0x09:
            // A backslash before the line's end swallows the white space up to the next text.
            guard isMultiline else { throw scanner.error("unknown escape in quotes", at: start) }
            var sawLineEnd = letter == 0x0A
            while let byte = scanner.byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                sawLineEnd = sawLineEnd || byte == 0x0A
                scanner.advance()
            }
            guard sawLineEnd else { throw scanner.error("unknown escape in quotes", at: start) }
        default: throw scanner.error("unknown escape in quotes", at: start)
        }
    }

    private mutating func scalar(_ count: Int, _ start: Position, into text: inout [UInt8]) throws(DocumentError) {
        let end = scanner.index + count
        guard end <= scanner.bytes.count, scanner.bytes[scanner.index..<end].allSatisfy(\.isHexDigit),
            let code = UInt32(scanner.text(scanner.index..<end), radix: 16), let scalar = Unicode.Scalar(code)
        else { throw scanner.error("expected \(count) hexadecimal digits of a character", at: start) }
        scanner.advance(by: count)
        text += Array(String(Character(scalar)).utf8)
    }
}
