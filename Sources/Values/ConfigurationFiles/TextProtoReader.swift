public import Documents
import WaybillCore

/// Reads text protobuf without its schema: a field that stands more than once is a list, names of enumeration values are
/// texts.
public struct TextProtoReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = TextProtoReader(scanner: try ByteScanner(bytes, limits))
        return try reader.message(nil, depth: 0, at: .start)
    }

    private var scanner: ByteScanner
    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func message(_ close: Unicode.Scalar?, depth: Int, at position: Position) throws(DocumentError)
        -> Node
    {
        try scanner.checkDepth(depth)
        var fields = ObjectBuilder()
        while true {
            skipSpace()
            if let close, scanner.take(scalar: close) { return fields.node(at: position) }
            guard !scanner.isAtEnd else {
                guard close == nil else { throw scanner.error("the message has no end", at: position) }
                return fields.node(at: position)
            }
            let namePosition = scanner.position
            let name = try name()
            skipSpace()
            let hasColon = scanner.take(":")
            skipSpace()
            for value in try values(depth: depth, needsMessage: !hasColon) {
                fields.append(name, at: namePosition, value)
            }
            skipSpace()
            if !scanner.take(",") { _ = scanner.take(";") }
        }
    }

    /// A field's name; an extension's in brackets.
    private mutating func name() throws(DocumentError) -> String {
        let start = scanner.position
        if scanner.take("[") {
            let name = scanner.prefix { $0 != UInt8(ascii: "]") && $0 != 0x0A }
            guard scanner.take("]"), !name.trimmed.isEmpty else {
                throw scanner.error("the extension's name has no “]”", at: start)
            }
            return "[\(name.trimmed)]"
        }
        let name = scanner.prefix { $0.isWord }
        guard !name.isEmpty else { throw scanner.error("expected a field's name") }
        return name
    }

    private mutating func values(depth: Int, needsMessage: Bool) throws(DocumentError) -> [Node] {
        guard scanner.byte == UInt8(ascii: "[") else { return [try value(depth: depth, needsMessage: needsMessage)] }
        let start = scanner.position
        scanner.advance()
        var values: [Node] = []
        skipSpace()
        while !scanner.take("]") {
            values.append(try value(depth: depth, needsMessage: needsMessage))
            skipSpace()
            if scanner.take(",") {
                skipSpace()
            } else if scanner.byte != UInt8(ascii: "]") {
                throw scanner.error("expected “,” or “]”", at: scanner.isAtEnd ? start : nil)
            }
        }
        // One element in brackets is a list too.
        return values.count == 1
            ? [Node(.array(values), at: start)] : values.isEmpty ? [Node(.array([]), at: start)] : values
    }

    private mutating func value(depth: Int, needsMessage: Bool) throws(DocumentError) -> Node {
        let position = scanner.position
        if scanner.take("{") { return try message("}", depth: depth + 1, at: position) }
        if scanner.take("<") { return try message(">", depth: depth + 1, at: position) }
        guard !needsMessage else { throw scanner.error("expected “:” or a message") }
        if scanner.byte == UInt8(ascii: "\"") || scanner.byte == UInt8(ascii: "'") {
            var bytes: [UInt8] = []
            // Texts beside each other are one.
            while let quote = scanner.byte, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                try string(quote, into: &bytes)
                skipSpace()
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw scanner.error("bytes that are not UTF-8 text", at: position)
            }
            return .string(text, at: position)
        }
        let isNegative = scanner.take("-")
        skipSpace()
        let word = scanner.prefix { $0.isWord || "+-.".utf8.contains($0) }
        guard let value = Self.scalar(word, isNegative: isNegative) else {
            throw scanner.error("expected a value, found \(Redaction.excerpt(word))", at: position)
        }
        return Node(.scalar(value), at: position)
    }

    private static func scalar(_ word: String, isNegative: Bool) -> Value? {
        let sign = isNegative ? "-" : ""
        guard let first = word.utf8.first else { return nil }
        guard first.isDigit || first == UInt8(ascii: ".") else {
            guard word.utf8.allSatisfy(\.isWord) else { return nil }
            return isNegative ? .string("-" + word) : word == "true" ? true : word == "false" ? false : .string(word)
        }
        let lower = word.lowercased()
        if lower.hasPrefix("0x") { return Int(sign + lower.dropFirst(2), radix: 16).map { .integer($0) } }
        if lower.count > 1, lower.hasPrefix("0"), lower.utf8.allSatisfy(\.isDigit) {
            return Int(sign + lower, radix: 8).map { .integer($0) }
        }
        let digits = lower.hasSuffix("f") ? String(lower.dropLast()) : lower
        return LooseScalar.number(sign + (digits.hasPrefix(".") ? "0" + digits : digits)).map(Value.number)
    }

    private mutating func string(_ quote: UInt8, into bytes: inout [UInt8]) throws(DocumentError) {
        let start = scanner.position
        scanner.advance()
        while let byte = scanner.byte, byte != quote, byte != 0x0A {
            scanner.advance()
            if byte == UInt8(ascii: "\\") { try escape(into: &bytes) } else { bytes.append(byte) }
        }
        guard scanner.byte == quote else { throw scanner.error("the text in quotes has no end", at: start) }
        scanner.advance()
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(DocumentError) {
        let start = scanner.position
        func digits(_ countMax: Int, _ isDigit: (UInt8) -> Bool) -> String {
            var text = ""
            while text.utf8.count < countMax, let byte = scanner.byte, isDigit(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
                scanner.advance()
            }
            return text
        }
        guard let letter = scanner.byte else { throw scanner.error("the text in quotes has no end", at: start) }
        if (48...55).contains(letter) {
            guard let code = UInt8(digits(3) { (48...55).contains($0) }, radix: 8) else {
                throw scanner.error("an octal escape beyond one byte", at: start)
            }
            return bytes.append(code)
        }
        scanner.advance()
        switch letter {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"): bytes.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            guard let code = UInt8(digits(2, \.isHexDigit), radix: 16) else {
                throw scanner.error("expected hexadecimal digits", at: start)
            }
            bytes.append(code)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = letter == UInt8(ascii: "u") ? 4 : 8
            let text = digits(count, \.isHexDigit)
            guard text.utf8.count == count, let code = UInt32(text, radix: 16), let scalar = Unicode.Scalar(code) else {
                throw scanner.error("expected \(count) hexadecimal digits of a character", at: start)
            }
            bytes += Array(String(Character(scalar)).utf8)
        default: throw scanner.error("unknown escape in quotes", at: start)
        }
    }

    private mutating func skipSpace() {
        while let byte = scanner.byte {
            if byte.isSpace {
                scanner.advance()
            } else if byte == UInt8(ascii: "#") {
                scanner.skipLine()
            } else {
                return
            }
        }
    }
}
