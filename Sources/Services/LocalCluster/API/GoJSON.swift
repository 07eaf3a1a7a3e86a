import Documents

/// Reads request bodies as the real server's decoder does: of members with the same name the last one counts and the
/// others are told, and errors are worded as clients know them.
struct GoJSON {
    struct Failure: Error, Equatable { var message: String }

    static let depthMax = 256

    private let bytes: [UInt8]
    private var index = 0
    /// Paths of members that came twice.
    private(set) var duplicates: [String] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8]) throws(Failure) -> (value: Value, duplicates: [String]) {
        var reader = GoJSON(bytes)
        reader.skipSpace()
        let value = try reader.value("", depth: 0)
        reader.skipSpace()
        if reader.index < bytes.count { throw reader.unexpected("after top-level value") }
        return (value, reader.duplicates)
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    /// The character in quotes, as Go prints it.
    private func unexpected(_ place: String) -> Failure {
        guard index < bytes.count else { return Failure(message: "unexpected end of JSON input") }
        let byte = bytes[index]
        let shown: String =
            switch byte {
            case 0x27: "'\\''"
            case 0x22: "'\"'"
            case 0x0A: "'\\n'"
            case 0x09: "'\\t'"
            case 0x0D: "'\\r'"
            case 0x20...0x7E: "'\(Character(Unicode.Scalar(byte)))'"
            default: "'\(byte < 0x20 || byte == 0x7F ? "\\x" + hex(byte) : String(Character(Unicode.Scalar(byte))))'"
            }
        return Failure(message: "invalid character \(shown) \(place)")
    }

    private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private mutating func value(_ path: String, depth: Int) throws(Failure) -> Value {
        guard depth < Self.depthMax else { throw Failure(message: "exceeded max depth") }
        guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(path, depth)
        case UInt8(ascii: "["): return try array(path, depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func literal(_ word: String, _ value: Value) throws(Failure) -> Value {
        for (offset, expected) in word.utf8.enumerated() {
            guard index < bytes.count, bytes[index] == expected else {
                throw unexpected("in literal \(word) (expecting '\(Array(word)[offset])')")
            }
            index += 1
        }
        return value
    }

    private mutating func object(_ path: String, _ depth: Int) throws(Failure) -> Value {
        index += 1
        var result = Object()
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return .object(result)
        }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            let place = path.isEmpty ? key : "\(path).\(key)"
            if result[key] != nil { duplicates.append(place) }
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw unexpected("after object key") }
            index += 1
            skipSpace()
            result[key] = try value(place, depth: depth + 1)
            skipSpace()
            guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
            if bytes[index] == UInt8(ascii: "}") {
                index += 1
                return .object(result)
            }
            guard bytes[index] == UInt8(ascii: ",") else { throw unexpected("after object key:value pair") }
            index += 1
        }
    }

    private mutating func array(_ path: String, _ depth: Int) throws(Failure) -> Value {
        index += 1
        var result: [Value] = []
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            index += 1
            return .array(result)
        }
        while true {
            skipSpace()
            result.append(try value("\(path)[\(result.count)]", depth: depth + 1))
            skipSpace()
            guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
            if bytes[index] == UInt8(ascii: "]") {
                index += 1
                return .array(result)
            }
            guard bytes[index] == UInt8(ascii: ",") else { throw unexpected("after array element") }
            index += 1
        }
    }

    private mutating func number() throws(Failure) -> Value {
        let start = index
        func isDigit() -> Bool { index < bytes.count && (48...57).contains(bytes[index]) }
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard isDigit() else { throw unexpected("in numeric literal") }
        if bytes[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            while isDigit() { index += 1 }
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard isDigit() else { throw unexpected("after decimal point in numeric literal") }
            while isDigit() { index += 1 }
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "e") || bytes[index] == UInt8(ascii: "E") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard isDigit() else { throw unexpected("in exponent of numeric literal") }
            while isDigit() { index += 1 }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = Number(literal: text) else {
            throw Failure(message: "cannot unmarshal number \(text.prefix(64))")
        }
        return .number(number)
    }

    private mutating func string() throws(Failure) -> String {
        index += 1
        var result: [UInt8] = []
        var start = index
        while true {
            guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                result += bytes[start..<index]
                index += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                result += bytes[start..<index]
                index += 1
                result += try escape()
                start = index
            case 0..<0x20: throw unexpected("in string literal")
            default: index += 1
            }
        }
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
        let simple: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        if let byte = simple[bytes[index]] {
            index += 1
            return [byte]
        }
        guard bytes[index] == UInt8(ascii: "u") else { throw unexpected("in string escape code") }
        index += 1
        let first = try unit()
        // A pair of surrogates is one character; half a pair is replaced.
        if (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 {
            let before = index
            index += 2
            let second = try unit()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return Array(String(Character(scalar)).utf8)
            }
            index = before
        }
        return Array(String(Character(Unicode.Scalar(first) ?? "\u{FFFD}")).utf8)
    }

    private mutating func unit() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count else { throw Failure(message: "unexpected end of JSON input") }
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw unexpected("in \\u hexadecimal character escape")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
