/// Values in Go's notations; nil where the verb does not belong to the value's type.
extension Formatter {
    static func written(_ value: Value, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        if verb == "T" { return padded(value.typeName, flags) }
        switch value {
        case .text(let text): return string(text, verb, flags)
        case .int(let integer, let isLarge): return self.integer(integer, isLarge, verb, flags)
        case .float(let float): return self.float(float, verb, flags)
        }
    }

    // MARK: Texts

    private static func string(_ text: String, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        func cut(_ text: String) -> String {
            guard let precision = flags.precision else { return text }
            return StringBuiltins.string(text.unicodeScalars.prefix(precision))
        }
        switch verb {
        case "v" where flags.sharp: return padded(GoText.quoted(cut(text)), flags)
        case "v", "s": return padded(cut(text), flags)
        case "q":
            let text = cut(text)
            if flags.sharp, GoText.canBackquote(text) { return padded("`\(text)`", flags) }
            return padded(GoText.quoted(text, isASCII: flags.plus), flags)
        case "x": return padded(hexadecimal(text, flags), flags)
        case "X": return padded(hexadecimal(text, flags).uppercased(), flags)
        default: return nil
        }
    }

    private static func hexadecimal(_ text: String, _ flags: Flags) -> String {
        let bytes = Array(text.utf8.prefix(flags.precision ?? .max)).map(RegoNumberText.hex)
        guard !bytes.isEmpty else { return "" }
        let prefix = flags.sharp ? "0x" : ""
        return flags.space
            ? bytes.map { prefix + $0 }.joined(separator: " ") : prefix + bytes.joined()
    }

    // MARK: Whole numbers

    private static func integer(
        _ value: BigInteger, _ isLarge: Bool, _ verb: Unicode.Scalar, _ flags: Flags
    ) -> String? {
        switch verb {
        case "v", "d": return digits(value, 10, "", flags)
        case "s" where isLarge: return digits(value, 10, "", flags)
        case "b": return digits(value, 2, flags.sharp ? "0b" : "", flags)
        case "o": return digits(value, 8, flags.sharp ? "0" : "", flags)
        case "O": return digits(value, 8, "0o", flags)
        case "x": return digits(value, 16, flags.sharp ? "0x" : "", flags)
        case "X": return digits(value, 16, flags.sharp ? "0X" : "", flags, isUpper: true)
        case "c" where !isLarge: return padded(String(character(value)), flags)
        case "q" where !isLarge: return padded(GoText.quoted(character(value), isASCII: flags.plus), flags)
        case "U" where !isLarge:
            let digits = value.magnitude.text(base: 16).uppercased()
            let zeros = String(repeating: "0", count: max(0, max(4, flags.precision ?? 4) - digits.utf8.count))
            return padded(
                "U+" + zeros + digits + (flags.sharp ? " '\(character(value))'" : ""), flags)
        default: return nil
        }
    }

    private static func character(_ value: BigInteger) -> Unicode.Scalar {
        value.int.flatMap { UInt32(exactly: $0) }.flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
    }

    private static func digits(
        _ value: BigInteger, _ base: UInt32, _ prefix: String, _ flags: Flags, isUpper: Bool = false
    ) -> String {
        var digits = value.magnitude.text(base: base)
        if isUpper { digits = digits.uppercased() }
        let sign = value.isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        var least = flags.precision ?? 0
        if flags.precision == 0, value.isZero {
            return String(repeating: " ", count: flags.width ?? 0)
        }
        if flags.precision == nil, flags.zero, let width = flags.width { least = width - sign.utf8.count }
        digits = String(repeating: "0", count: max(0, least - digits.utf8.count)) + digits
        // An octal number that begins with a zero needs no other.
        let shown = prefix == "0" && digits.hasPrefix("0") ? "" : prefix
        var without = flags
        without.zero = false
        return padded(sign + shown + digits, without)
    }

    // MARK: Floating point

    private static func float(_ value: FloatText, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        let text: String
        switch verb {
        case "v": text = value.general(flags.precision)
        case "g", "G": text = value.general(flags.precision)
        case "e", "E": text = value.scientific(flags.precision ?? 6)
        case "f", "F": text = value.fixed(flags.precision ?? 6)
        default: return nil
        }
        let shown = verb == "G" || verb == "E" ? text.uppercased() : text
        let sign = value.isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        if flags.zero, let width = flags.width {
            let missing = width - sign.utf8.count - shown.utf8.count
            return sign + String(repeating: "0", count: max(0, missing)) + shown
        }
        return padded(sign + shown, flags)
    }

    // MARK: Width

    private static func padded(_ text: String, _ flags: Flags) -> String {
        guard let width = flags.width else { return text }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if flags.minus { return text + String(repeating: " ", count: missing) }
        return String(repeating: flags.zero ? "0" : " ", count: missing) + text
    }
}
