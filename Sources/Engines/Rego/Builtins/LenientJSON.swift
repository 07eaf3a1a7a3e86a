/// Reads JSON as the programs do that policies were written for: of members with the same name the last one counts, and
/// half of a surrogate pair becomes U+FFFD. Documents of our own are read with `JSONReader`, which refuses both.
struct LenientJSON {
    private let bytes: [UInt8]
    private var index = 0

    static let depthMax = 500

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Nil for what is not JSON.
    static func value(_ bytes: some Sequence<UInt8>) -> RegoValue? {
        var reader = LenientJSON(Array(bytes))
        reader.skipSpace()
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.index == reader.bytes.count ? value : nil
    }

    private func peek() -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func accept(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    private mutating func value(depth: Int) -> RegoValue? {
        guard depth < Self.depthMax else { return nil }
        switch peek() {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return accept("true") ? true : nil
        case UInt8(ascii: "f"): return accept("false") ? false : nil
        case UInt8(ascii: "n"): return accept("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(_ depth: Int) -> RegoValue? {
        index += 1
        skipSpace()
        var members: [RegoObject.Member] = []
        if accept("}") { return .object(RegoObject([])) }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\""), let key = string() else { return nil }
            skipSpace()
            guard accept(":") else { return nil }
            skipSpace()
            guard let value = value(depth: depth + 1) else { return nil }
            members.append(.init(key: .string(key), value: value))
            skipSpace()
            if accept("}") { return .object(RegoObject(members)) }
            guard accept(",") else { return nil }
        }
    }

    private mutating func array(_ depth: Int) -> RegoValue? {
        index += 1
        skipSpace()
        var elements: [RegoValue] = []
        if accept("]") { return .array([]) }
        while true {
            skipSpace()
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
            skipSpace()
            if accept("]") { return .array(elements) }
            guard accept(",") else { return nil }
        }
    }

    private mutating func number() -> RegoValue? {
        let start = index
        func digits(_ reader: inout LenientJSON) -> Int {
            let from = reader.index
            while Lexer.isDigit(reader.peek()) { reader.index += 1 }
            return reader.index - from
        }
        if peek() == UInt8(ascii: "-") { index += 1 }
        let isZero = peek() == 48
        let count = digits(&self)
        guard count > 0, !isZero || count == 1 else { return nil }
        if accept(".") { guard digits(&self) > 0 else { return nil } }
        if peek() | 0x20 == UInt8(ascii: "e") {
            index += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            guard digits(&self) > 0 else { return nil }
        }
        return RegoNumber(String(decoding: bytes[start..<index], as: UTF8.self)).map { .number($0) }
    }

    private mutating func string() -> String? {
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
            guard byte >= 0x20 else { return nil }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let letter = peek()
            index += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard let code = character() else { return nil }
                result += Array(String(Character(code)).utf8)
            default: return nil
            }
        }
        return nil
    }

    private mutating func character() -> Unicode.Scalar? {
        guard let high = hexadecimal() else { return nil }
        if (0xD800...0xDBFF).contains(high), peek() == UInt8(ascii: "\\") {
            let before = index
            if accept("\\u"), let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) {
                return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            }
            index = before
        }
        return Unicode.Scalar(high) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var code: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }
}
