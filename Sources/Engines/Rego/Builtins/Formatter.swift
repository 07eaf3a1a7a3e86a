/// `sprintf` with Go's verbs.
struct Formatter {
    private let format: [Unicode.Scalar]
    private let values: [RegoValue]

    /// A width or precision may be so large.
    static let widthMax = 10_000

    private struct Flags {
        var minus = false, plus = false, zero = false, space = false, sharp = false
        var width: Int?
        var precision: Int?
    }

    init(_ format: String, _ values: [RegoValue]) {
        self.format = Array(format.unicodeScalars)
        self.values = values
    }

    func text() throws(BuiltinFailure) -> String {
        var result = String.UnicodeScalarView()
        var index = 0
        var next = 0
        func number() -> Int? {
            var value: Int?
            while index < format.count, let digit = Int(String(format[index])), format[index].isASCII {
                value = min((value ?? 0) * 10 + digit, Self.widthMax)
                index += 1
            }
            return value
        }
        while index < format.count {
            guard format[index] == "%" else {
                result.append(format[index])
                index += 1
                continue
            }
            index += 1
            var flags = Flags()
            flagLoop: while index < format.count {
                switch format[index] {
                case "-": flags.minus = true
                case "+": flags.plus = true
                case "0": flags.zero = true
                case " ": flags.space = true
                case "#": flags.sharp = true
                default: break flagLoop
                }
                index += 1
            }
            flags.width = number()
            if index < format.count, format[index] == "." {
                index += 1
                flags.precision = number() ?? 0
            }
            guard index < format.count else {
                result.append(contentsOf: "%!(NOVERB)".unicodeScalars)
                break
            }
            let verb = format[index]
            index += 1
            if verb == "%" {
                result.append("%")
                continue
            }
            guard next < values.count else {
                result.append(contentsOf: "%!\(verb)(BADINDEX)".replacingBadIndex.unicodeScalars)
                continue
            }
            result.append(contentsOf: padded(body(verb, values[next], flags), verb, flags).unicodeScalars)
            next += 1
        }
        var text = String(result)
        if next < values.count {
            let extra = values[next...].map { "\(goType($0))=\(plain($0))" }.joined(separator: ", ")
            text += "%!(EXTRA \(extra))"
        }
        return text
    }

    /// As Go's `%v` shows what OPA hands to it: whole numbers as such, texts bare, all else in Rego's writing.
    private func plain(_ value: RegoValue) -> String {
        // What does not fit 64 bits is shown as it would be written, not with hundreds of zeros.
        if case .number(let number) = value, number.isInteger, number.text.utf8.count > 40 {
            return RegoNumberText.shortest(number)
        }
        return value.display
    }

    private func goType(_ value: RegoValue) -> String {
        switch value {
        case .number(let number): number.isInteger ? "int" : "float64"
        default: "string"
        }
    }

    private func body(_ verb: Unicode.Scalar, _ value: RegoValue, _ flags: Flags) -> String {
        switch (verb, value) {
        case ("v", _), ("s", .string):
            let text = plain(value)
            if let precision = flags.precision, case .string = value {
                return StringBuiltins.string(text.unicodeScalars.prefix(precision))
            }
            return signed(text, value, flags)
        case ("q", .string): return RegoValue.string(plain(value)).description
        case ("d", .number(let number)) where number.isInteger: return signed(number.text, value, flags)
        case ("x", .number(let number)) where number.isInteger: return radix(number, 16, "0x", flags)
        case ("X", .number(let number)) where number.isInteger: return radix(number, 16, "0x", flags).uppercased()
        case ("b", .number(let number)) where number.isInteger: return radix(number, 2, "0b", flags)
        case ("o", .number(let number)) where number.isInteger: return radix(number, 8, "0", flags)
        case ("x", .string(let text)): return text.utf8.map { RegoNumberText.hex($0) }.joined()
        case ("X", .string(let text)): return text.utf8.map { RegoNumberText.hex($0) }.joined().uppercased()
        case ("c", .number(let number)):
            guard let code = number.int, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
                return "\u{FFFD}"
            }
            return String(scalar)
        case ("f", .number(let number)), ("F", .number(let number)):
            guard !number.isInteger || verb != "f" else { return number.isInteger ? "%!f(int=\(number.text))" : "" }
            return signed(RegoNumberText.fixed(number, flags.precision ?? 6), value, flags)
        case ("e", .number(let number)) where !number.isInteger:
            return signed(RegoNumberText.scientific(number, flags.precision ?? 6), value, flags)
        case ("g", .number(let number)) where !number.isInteger: return signed(number.text, value, flags)
        case ("t", .bool(let value)): return value ? "true" : "false"
        case ("s", .number(let number)) where number.isInteger && number.int == nil: return number.text
        case ("s", .number(let number)): return "%!s(\(goType(value))=\(number.text))"
        case ("s", _): return plain(value)
        case ("T", _): return goType(value)
        default: return "%!\(verb)(\(goType(value))=\(plain(value)))"
        }
    }

    private func signed(_ text: String, _ value: RegoValue, _ flags: Flags) -> String {
        guard case .number(let number) = value, !number.isNegative else { return text }
        return flags.plus ? "+" + text : flags.space ? " " + text : text
    }

    private func radix(_ number: RegoNumber, _ base: UInt32, _ prefix: String, _ flags: Flags) -> String {
        let digits = (number.integer ?? BigInteger(0)).magnitude.text(base: base)
        return (number.isNegative ? "-" : flags.plus ? "+" : "") + (flags.sharp ? prefix : "") + digits
    }

    private func padded(_ text: String, _ verb: Unicode.Scalar, _ flags: Flags) -> String {
        guard let width = flags.width else { return text }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if flags.minus { return text + String(repeating: " ", count: missing) }
        if flags.zero {
            let zeros = String(repeating: "0", count: missing)
            if text.hasPrefix("-") || text.hasPrefix("+") { return text.prefix(1) + zeros + text.dropFirst() }
            return zeros + text
        }
        return String(repeating: " ", count: missing) + text
    }
}

extension String {
    /// Go says which verb misses its value.
    fileprivate var replacingBadIndex: String { split(separator: "(").first.map { $0 + "(MISSING)" } ?? self }
}

/// Numbers in the notations that formats ask for.
enum RegoNumberText {
    static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    /// `2e308`
    static func shortest(_ number: RegoNumber) -> String {
        let digits = number.decimal.coefficient.decimalDigits
        guard digits.count < 20 else { return number.text }
        return StringBuiltins.split(scientific(number, digits.count - 1), by: "e+").joined(separator: "e")
    }

    /// So many digits behind the point, rounded to the nearest.
    static func fixed(_ number: RegoNumber, _ digits: Int) -> String {
        let scale = BigInteger.power(ofTen: digits)
        let scaled = (number * RegoNumber(scale)).rounded(.nearest)
        guard let integer = scaled.integer else { return number.text }
        var text = integer.magnitude.decimalDigits
        if text.count <= digits { text = Array(repeating: 48, count: digits + 1 - text.count) + text }
        let whole = String(decoding: text.dropLast(digits), as: UTF8.self)
        let fraction = digits > 0 ? "." + String(decoding: text.suffix(digits), as: UTF8.self) : ""
        return (number.isNegative && !integer.isZero ? "-" : "") + whole + fraction
    }

    static func scientific(_ number: RegoNumber, _ digits: Int) -> String {
        let rounded = number.decimal.rounded(digits: digits + 1)
        var text = rounded.coefficient.decimalDigits
        let power = text.count - 1 + rounded.exponent
        while text.count < digits + 1 { text.append(48) }
        let fraction = digits > 0 ? "." + String(decoding: text[1...digits], as: UTF8.self) : ""
        let magnitude = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return (number.isNegative ? "-" : "") + String(decoding: text[..<1], as: UTF8.self) + fraction + "e"
            + (power < 0 ? "-" : "+") + magnitude
    }
}
