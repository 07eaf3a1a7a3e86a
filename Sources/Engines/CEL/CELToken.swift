/// A word of an expression.
struct CELToken: Hashable {
    enum Kind: Hashable {
        case identifier(String)
        case int(Int64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int
    var text: String
}

/// Cuts an expression into words.
struct CELLexer {
    /// Longer expressions are refused.
    static let charactersMax = 1 << 20

    private let text: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func tokens() throws(CELError) -> [CELToken] {
        guard text.count <= Self.charactersMax else { throw CELError("the expression is too long", at: 0) }
        var result: [CELToken] = []
        while true {
            skipSpace()
            let start = index
            guard let first = peek() else {
                result.append(CELToken(kind: .end, offset: start, text: "<EOF>"))
                return result
            }
            let kind: CELToken.Kind
            if let literal = try stringLiteral() {
                kind = literal
            } else if Self.isLetter(first) {
                var word = ""
                while let next = peek(), Self.isLetter(next) || Self.isDigit(next) {
                    word.unicodeScalars.append(next)
                    index += 1
                }
                kind = .identifier(word)
            } else if first == "`" {
                kind = .identifier(try quotedIdentifier())
            } else if Self.isDigit(first) || first == "." && peek(1).map(Self.isDigit) == true {
                kind = try number()
            } else {
                kind = .symbol(try symbol())
            }
            result.append(CELToken(kind: kind, offset: start, text: slice(start, index)))
        }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        text.indices.contains(index + ahead) ? text[index + ahead] : nil
    }

    private func slice(_ start: Int, _ end: Int) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: text[start..<end])
        return result
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
    private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 48
        case "a"..."f": scalar.value - 87
        case "A"..."F": scalar.value - 55
        default: nil
        }
    }

    private mutating func skipSpace() {
        while let next = peek() {
            if [" ", "\t", "\n", "\r", "\u{0C}"].contains(next) {
                index += 1
            } else if next == "/", peek(1) == "/" {
                while let byte = peek(), byte != "\n" { index += 1 }
            } else {
                return
            }
        }
    }

    private mutating func symbol() throws(CELError) -> String {
        for length in [2, 1] where index + length <= text.count {
            let word = slice(index, index + length)
            if Self.symbols.contains(word) {
                index += length
                return word
            }
        }
        throw CELError("Syntax error: token recognition error at: '\(slice(index, index + 1))'", at: index)
    }

    private static let symbols: Set<String> = [
        "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "[", "]", "{",
        "}", "(", ")",
    ]

    private mutating func quotedIdentifier() throws(CELError) -> String {
        let start = index
        index += 1
        while let next = peek(), next != "`" { index += next == "\n" ? text.count : 1 }
        guard peek() == "`" else { throw CELError("Syntax error: token recognition error at: '`'", at: start) }
        index += 1
        return slice(start + 1, index - 1)
    }

    private mutating func number() throws(CELError) -> CELToken.Kind {
        let start = index
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            index += 2
            var value: UInt64 = 0
            var digits = 0
            while let next = peek(), let digit = Self.hexDigit(next) {
                guard digits < 16 else { throw CELError("Syntax error: number is too large", at: start) }
                value = value << 4 | UInt64(digit)
                digits += 1
                index += 1
            }
            if takesUnsigned() { return .uint(value) }
            guard digits > 0, let int = Int64(exactly: value) else {
                throw CELError("Syntax error: number is too large", at: start)
            }
            return .int(int)
        }
        var isDouble = false
        func isDigitAhead(_ ahead: Int = 0) -> Bool { peek(ahead).map(Self.isDigit) == true }
        while isDigitAhead() { index += 1 }
        if peek() == ".", isDigitAhead(1) {
            isDouble = true
            index += 1
            while isDigitAhead() { index += 1 }
        }
        if peek() == "e" || peek() == "E" {
            let sign = peek(1) == "+" || peek(1) == "-" ? 1 : 0
            if isDigitAhead(1 + sign) {
                isDouble = true
                index += 1 + sign
                while isDigitAhead() { index += 1 }
            }
        }
        let digits = slice(start, index)
        if isDouble {
            guard let value = Double(digits) else { throw CELError("Syntax error: bad number", at: start) }
            return .double(value)
        }
        if takesUnsigned() {
            guard let value = UInt64(digits) else { throw CELError("Syntax error: number is too large", at: start) }
            return .uint(value)
        }
        // The smallest integer is written as minus and one more than the largest.
        if let value = Int64(digits) { return .int(value) }
        guard digits == "9223372036854775808" else { throw CELError("Syntax error: number is too large", at: start) }
        return .int(Int64.min)
    }

    private mutating func takesUnsigned() -> Bool {
        guard peek() == "u" || peek() == "U" else { return false }
        index += 1
        return true
    }

    private mutating func stringLiteral() throws(CELError) -> CELToken.Kind? {
        let start = index
        var isRaw = false
        var isBytes = false
        var ahead = 0
        while let next = peek(ahead), ahead < 2, "rRbB".unicodeScalars.contains(next) {
            if next == "r" || next == "R" { isRaw = true } else { isBytes = true }
            ahead += 1
        }
        guard let quote = peek(ahead), quote == "'" || quote == "\"" else { return nil }
        index += ahead
        let isTriple = peek(1) == quote && peek(2) == quote
        index += isTriple ? 3 : 1
        var scalars: [Unicode.Scalar] = []
        var bytes: [UInt8] = []
        func add(_ scalar: Unicode.Scalar) {
            scalars.append(scalar)
            bytes += Array(String(Character(scalar)).utf8)
        }
        while true {
            guard let next = peek(), isTriple || next != "\n" else {
                throw CELError("Syntax error: token recognition error at: '\(slice(start, index))'", at: start)
            }
            if next == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                index += isTriple ? 3 : 1
                break
            }
            index += 1
            if next == "\\", !isRaw {
                let (value, isByte) = try escape(start)
                if isBytes, isByte {
                    bytes.append(UInt8(truncatingIfNeeded: value))
                } else {
                    guard let scalar = Unicode.Scalar(value) else {
                        throw CELError("Syntax error: bad escape", at: start)
                    }
                    add(scalar)
                }
            } else {
                add(next)
            }
        }
        if isBytes { return .bytes(bytes) }
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars)
        return .string(result)
    }

    /// The character of an escape, and whether it was written as a byte.
    private mutating func escape(_ start: Int) throws(CELError) -> (UInt32, Bool) {
        guard let next = peek() else { throw CELError("Syntax error: bad escape", at: start) }
        index += 1
        func hex(_ count: Int) throws(CELError) -> UInt32 {
            var value: UInt32 = 0
            for _ in 0..<count {
                guard let digit = peek().flatMap(Self.hexDigit) else {
                    throw CELError("Syntax error: bad escape", at: start)
                }
                value = value << 4 | digit
                index += 1
            }
            return value
        }
        switch next {
        case "a": return (7, false)
        case "b": return (8, false)
        case "f": return (12, false)
        case "n": return (10, false)
        case "r": return (13, false)
        case "t": return (9, false)
        case "v": return (11, false)
        case "\\", "'", "\"", "`", "?": return (next.value, false)
        case "x", "X": return (try hex(2), true)
        case "u": return (try hex(4), false)
        case "U": return (try hex(8), false)
        case "0"..."3":
            guard let second = peek(), ("0"..."7").contains(second), let third = peek(1), ("0"..."7").contains(third)
            else { throw CELError("Syntax error: bad escape", at: start) }
            index += 2
            return ((next.value - 48) << 6 | (second.value - 48) << 3 | (third.value - 48), true)
        default: throw CELError("Syntax error: bad escape", at: start)
        }
    }
}
