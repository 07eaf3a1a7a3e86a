import Documents

/// Numbers, dates and times as TOML writes them.
enum TOMLWord {
    static func value(_ text: String) -> Value? {
        let bytes = Array(text.utf8)
        if let number = integer(bytes) ?? float(bytes) { return .number(number) }
        return isDateOrTime(bytes) ? .string(text.uppercased()) : nil
    }

    private static func integer(_ bytes: [UInt8]) -> Number? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where bytes.starts(with: prefix.utf8) {
            return digits(bytes.dropFirst(2)).flatMap { Int($0, radix: radix) }.map { Number($0) }
        }
        var rest = bytes[...]
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest = rest.dropFirst()
        }
        guard let text = digits(rest), text.utf8.allSatisfy(\.isDigit), text.count == 1 || !text.hasPrefix("0") else {
            return nil
        }
        // Beyond 64 bits is an error, as the specification wants it.
        return Int(sign + text).map { Number($0) }
    }

    /// Underscores stand between digits only.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let first = bytes.first, let last = bytes.last, first.isHexDigit, last.isHexDigit else { return nil }
        var text: [UInt8] = []
        var wasUnderscore = false
        for byte in bytes {
            let isUnderscore = byte == UInt8(ascii: "_")
            guard byte.isHexDigit || (isUnderscore && !wasUnderscore) else { return nil }
            if !isUnderscore { text.append(byte) }
            wasUnderscore = isUnderscore
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func float(_ bytes: [UInt8]) -> Number? {
        var rest = bytes[...]
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest = rest.dropFirst()
        }
        let exponentStart = rest.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        var mantissa = exponentStart.map { rest[..<$0] } ?? rest
        var text = sign
        var fraction: ArraySlice<UInt8>?
        if let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) {
            fraction = mantissa[(dot + 1)...]
            mantissa = mantissa[..<dot]
        }
        guard fraction != nil || exponentStart != nil, let whole = decimal(mantissa) else { return nil }
        text += whole
        if let fraction {
            guard let part = decimal(fraction) else { return nil }
            text += "." + part
        }
        if let exponentStart {
            var exponent = rest[(exponentStart + 1)...]
            text += "e"
            if let first = exponent.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
                text += first == UInt8(ascii: "-") ? "-" : ""
                exponent = exponent.dropFirst()
            }
            guard let part = decimal(exponent) else { return nil }
            text += part
        }
        return Number(literal: text)
    }

    private static func decimal(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = digits(bytes), text.utf8.allSatisfy(\.isDigit) else { return nil }
        return text
    }

    /// `1979-05-27`, `07:32:00.5`, `1979-05-27T07:32:00Z`, `1979-05-27T07:32:00-07:00`
    private static func isDateOrTime(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        func number(_ count: Int, _ range: ClosedRange<Int>) -> Bool {
            let digits = rest.prefix(count)
            guard digits.count == count, digits.allSatisfy(\.isDigit),
                let value = Int(String(decoding: digits, as: UTF8.self)),
                range.contains(value)
            else { return false }
            rest = rest.dropFirst(count)
            return true
        }
        func take(_ scalars: Unicode.Scalar...) -> Bool {
            guard let first = rest.first, scalars.contains(where: { UInt8(ascii: $0) == first }) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func time() -> Bool {
            guard number(2, 0...23), take(":"), number(2, 0...59) else { return false }
            if take(":") {
                guard number(2, 0...60) else { return false }
                if take(".") {
                    let digits = rest.prefix(while: \.isDigit)
                    guard !digits.isEmpty else { return false }
                    rest = rest.dropFirst(digits.count)
                }
            }
            return true
        }
        if bytes.count > 2, bytes[2] == UInt8(ascii: ":") { return time() && rest.isEmpty }
        guard number(4, 0...9999), take("-"), number(2, 1...12), take("-"), number(2, 1...31) else { return false }
        if rest.isEmpty { return true }
        guard take("T", "t"), time() else { return false }
        if rest.isEmpty || take("Z", "z") { return rest.isEmpty }
        return take("+", "-") && number(2, 0...23) && take(":") && number(2, 0...59) && rest.isEmpty
    }
}
