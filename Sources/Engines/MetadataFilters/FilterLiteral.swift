/// Strings and whole numbers as a filter writes them.
enum FilterLiteral {
    /// Decimal, octal after a zero, hexadecimal after `0x`; nil beyond 64 bits and for other text.
    static func integer(_ text: String) -> Int64? {
        let negative = text.utf8.first == UInt8(ascii: "-")
        let digits = negative ? text.dropFirst() : text[...]
        let (body, radix): (Substring, Int) =
            if digits.hasPrefix("0x") {
                (digits.dropFirst(2), 16)
            } else if digits.count > 1, digits.utf8.first == UInt8(ascii: "0") {
                (digits.dropFirst(), 8)
            } else {
                (digits, 10)
            }
        guard body.utf8.first != UInt8(ascii: "+"), body.utf8.first != UInt8(ascii: "-") else { return nil }
        return Int64((negative ? "-" : "") + body, radix: radix)
    }

    /// What a quoted string says; nil where an escape is unknown, a line ends inside, or the bytes are no text.
    static func unquoted(_ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 2, scalars.first == "\"", scalars.last == "\"" else { return nil }
        var bytes: [UInt8] = []
        var rest = scalars[1..<scalars.count - 1]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"", "\n": return nil
            case "\\":
                guard let escaped = escape(&rest) else { return nil }
                bytes += escaped
            default: bytes += Array(String(scalar).utf8)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func escape(_ rest: inout ArraySlice<Unicode.Scalar>) -> [UInt8]? {
        guard let kind = rest.popFirst() else { return nil }
        func code(_ count: Int, radix: Int, from digits: inout ArraySlice<Unicode.Scalar>) -> UInt32? {
            let taken = digits.prefix(count)
            guard taken.count == count, taken.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
            digits = digits.dropFirst(count)
            return UInt32(String(String.UnicodeScalarView(taken)), radix: radix)
        }
        switch kind {
        case "a": return [7]
        case "b": return [8]
        case "f": return [12]
        case "n": return [10]
        case "r": return [13]
        case "t": return [9]
        case "v": return [11]
        case "\\", "\"": return Array(String(kind).utf8)
        case "x": return code(2, radix: 16, from: &rest).map { [UInt8(truncatingIfNeeded: $0)] }
        case "u", "U":
            guard let value = code(kind == "u" ? 4 : 8, radix: 16, from: &rest), let scalar = Unicode.Scalar(value)
            else { return nil }
            return Array(String(scalar).utf8)
        case "0"..."7":
            rest = [kind] + rest
            guard let value = code(3, radix: 8, from: &rest), value <= 255 else { return nil }
            return [UInt8(value)]
        default: return nil
        }
    }
}
