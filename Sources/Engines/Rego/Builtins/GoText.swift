import Documents

/// Texts as Go's `strconv` quotes them, which is how OPA shows texts inside other values.
enum GoText {
    static func quoted(_ text: String, isASCII: Bool = false) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escaped(scalar, quote: "\"", isASCII) }
        return result + "\""
    }

    /// A character between single quotes.
    static func quoted(_ scalar: Unicode.Scalar, isASCII: Bool = false) -> String {
        "'" + escaped(scalar, quote: "'", isASCII) + "'"
    }

    /// Whether backquotes may stand around the text.
    static func canBackquote(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar != "`" && scalar.value != 0x7F && scalar.value != 0xFEFF && (scalar.value >= 0x20 || scalar == "\t")
        }
    }

    private static let letters: [Unicode.Scalar: String] = [
        "\u{7}": "\\a", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{B}": "\\v",
    ]

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, _ isASCII: Bool) -> String {
        if scalar == quote || scalar == "\\" { return "\\\(scalar)" }
        if scalar.isASCII ? (0x20..<0x7F).contains(scalar.value) : !isASCII && isPrintable(scalar) {
            return String(scalar)
        }
        if let letter = letters[scalar] { return letter }
        func hexadecimal(_ count: Int) -> String {
            let digits = String(scalar.value, radix: 16)
            return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
        }
        if scalar.isASCII { return "\\x" + hexadecimal(2) }
        return scalar.value < 0x10000 ? "\\u" + hexadecimal(4) : "\\U" + hexadecimal(8)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}

/// Numbers in notations of their own.
enum RegoNumberText {
    static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    /// `2e308`: a whole number with few digits and many zeros.
    static func shortest(_ number: RegoNumber) -> String {
        let (digits, exponent) = (number.decimal.coefficient.decimalDigits, number.decimal.exponent)
        guard digits.count < 20 else { return number.text }
        let fraction = digits.count > 1 ? "." + String(decoding: digits[1...], as: UTF8.self) : ""
        return (number.isNegative ? "-" : "") + String(decoding: digits[..<1], as: UTF8.self) + fraction
            + "e\(digits.count - 1 + exponent)"
    }
}

extension GoText {
    /// A document inside an error's text: `map[email:x name:y]`, `[a b]`.
    static func plain(_ value: Documents.Value) -> String {
        switch value {
        case .null: "%!s(<nil>)"
        case .string(let text): text
        case .array(let elements): "[" + elements.map(plain).joined(separator: " ") + "]"
        case .object(let object):
            "map[" + object.members.map { "\($0.key):\(plain($0.value))" }.sorted().joined(separator: " ") + "]"
        default: JSONWriter.string(value)
        }
    }
}
