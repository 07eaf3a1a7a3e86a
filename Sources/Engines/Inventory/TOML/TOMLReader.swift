import Documents
import WaybillCore

/// Reads TOML 1.0 into nodes with positions, as far as lockfiles use it: tables, arrays of tables, inline tables, arrays,
/// all kinds of strings, numbers, booleans and dates (as text).
struct TOMLReader {
    static let depthMax = 64

    static func node(from bytes: [UInt8]) throws(DocumentError) -> Node {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentError(at: .start, "text that is not UTF-8")
        }
        var reader = TOMLReader(bytes)
        return try reader.document()
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var position: Position { Position(line: line, column: index - lineStart + 1) }
    private func error(_ message: String) -> DocumentError { DocumentError(at: position, message) }
    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func document() throws(DocumentError) -> Node {
        let root = TOMLTable(.start)
        var table = root
        while try skipBlank() {
            let start = position
            if byte == UInt8(ascii: "[") {
                index += 1
                let isArray = take(UInt8(ascii: "["))
                let path = try keyPath()
                try expect(UInt8(ascii: "]"))
                if isArray { try expect(UInt8(ascii: "]")) }
                guard let found = root.table(at: path, start, isArray: isArray) else { throw error("the table is defined twice") }
                table = found
            } else {
                let path = try keyPath()
                try expect(UInt8(ascii: "="))
                skipSpaces()
                let value = try value(depth: 0)
                guard table.set(path, value, start) else { throw DocumentError(at: start, "the key is defined twice") }
            }
            try endOfLine()
        }
        return root.node
    }

    // MARK: keys

    private mutating func keyPath() throws(DocumentError) -> [String] {
        var path: [String] = []
        repeat {
            skipSpaces()
            path.append(try key())
            skipSpaces()
        } while take(UInt8(ascii: "."))
        guard path.count <= Self.depthMax else { throw error("a key of more than \(Self.depthMax) parts") }
        return path
    }

    private mutating func key() throws(DocumentError) -> String {
        switch byte {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: return try string()
        default:
            let start = index
            while let byte, Self.isBare(byte) { index += 1 }
            guard index > start else { throw error("expected a key") }
            return Text.string(bytes[start..<index])
        }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    // MARK: values

    private mutating func value(depth: Int) throws(DocumentError) -> Node {
        guard depth < Self.depthMax else { throw error("nested deeper than \(Self.depthMax) levels") }
        let start = position
        switch byte {
        case nil: throw error("expected a value")
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: return Node(.scalar(.string(try string())), at: start)
        case UInt8(ascii: "[")?: return Node(.array(try array(depth)), at: start)
        case UInt8(ascii: "{")?: return try inlineTable(depth, start)
        default: return Node(.scalar(try word()), at: start)
        }
    }

    private mutating func array(_ depth: Int) throws(DocumentError) -> [Node] {
        index += 1
        var elements: [Node] = []
        while true {
            guard try skipBlank() else { throw error("the array has no end") }
            if take(UInt8(ascii: "]")) { return elements }
            elements.append(try value(depth: depth + 1))
            guard try skipBlank() else { throw error("the array has no end") }
            if !take(UInt8(ascii: ",")) {
                try expect(UInt8(ascii: "]"))
                return elements
            }
        }
    }

    private mutating func inlineTable(_ depth: Int, _ start: Position) throws(DocumentError) -> Node {
        index += 1
        let table = TOMLTable(start)
        while true {
            // Newer TOML allows line breaks here too.
            guard try skipBlank() else { throw error("the table has no end") }
            if take(UInt8(ascii: "}")) { return table.node }
            let keyStart = position
            let path = try keyPath()
            try expect(UInt8(ascii: "="))
            skipSpaces()
            let value = try value(depth: depth + 1)
            guard table.set(path, value, keyStart) else { throw DocumentError(at: keyStart, "the key is defined twice") }
            guard try skipBlank() else { throw error("the table has no end") }
            if !take(UInt8(ascii: ",")) {
                try expect(UInt8(ascii: "}"))
                return table.node
            }
        }
    }

    /// Booleans and numbers; dates and other forms of numbers stay text.
    private mutating func word() throws(DocumentError) -> Value {
        let start = index
        while let byte, Self.isBare(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") {
            index += 1
        }
        let text = Text.string(bytes[start..<index])
        if text.isEmpty { throw error("expected a value") }
        if text == "true" { return true }
        if text == "false" { return false }
        guard let first = text.first, first.isNumber || "+-in".contains(first) else {
            index = start
            throw error("expected a value, text must stand in quotes")
        }
        return Number(literal: text.filter { $0 != "_" }).map(Value.number) ?? .string(text)
    }

    private mutating func string() throws(DocumentError) -> String {
        guard let quote = byte else { throw error("expected text in quotes") }
        index += 1
        let isMultiline = index + 1 < bytes.count && bytes[index] == quote && bytes[index + 1] == quote
        if isMultiline {
            index += 2
            if byte == 0x0D { index += 1 }
            if byte == 0x0A { newLine() }
        }
        var output: [UInt8] = []
        while let current = byte {
            if current == quote {
                if !isMultiline {
                    index += 1
                    return Text.string(output)
                }
                if index + 2 < bytes.count, bytes[index + 1] == quote, bytes[index + 2] == quote {
                    index += 3
                    while byte == quote {
                        output.append(quote)
                        index += 1
                    }
                    return Text.string(output)
                }
            }
            if current == 0x0A {
                guard isMultiline else { throw error("the text in quotes has no end") }
                output.append(current)
                newLine()
            } else if current == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(into: &output)
            } else {
                output.append(current)
                index += 1
            }
        }
        throw error("the text in quotes has no end")
    }

    private mutating func escape(into output: inout [UInt8]) throws(DocumentError) {
        index += 1
        guard let letter = byte else { throw error("the text in quotes has no end") }
        index += 1
        switch letter {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "e"): output.append(0x1B)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(letter)
        case UInt8(ascii: "u"): try scalar(4, into: &output)
        case UInt8(ascii: "U"): try scalar(8, into: &output)
        case 0x0A, 0x0D, 0x20, 0x09:
            // A backslash at the end of a line swallows the white space that follows.
            index -= 1
            while let byte, byte == 0x0A || byte == 0x0D || byte == 0x20 || byte == 0x09 {
                if byte == 0x0A { newLine() } else { index += 1 }
            }
        default: throw error("unknown escape in quotes")
        }
    }

    private mutating func scalar(_ digits: Int, into output: inout [UInt8]) throws(DocumentError) {
        guard index + digits <= bytes.count, let code = UInt32(Text.string(bytes[index..<(index + digits)]), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw error("expected \(digits) hexadecimal digits") }
        index += digits
        output += Array(String(Character(scalar)).utf8)
    }

    // MARK: space

    private mutating func take(_ wanted: UInt8) -> Bool {
        guard byte == wanted else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ wanted: UInt8) throws(DocumentError) {
        skipSpaces()
        guard take(wanted) else { throw error("expected “\(Character(Unicode.Scalar(wanted)))”") }
    }

    private mutating func skipSpaces() { while byte == 0x20 || byte == 0x09 { index += 1 } }

    private mutating func newLine() {
        index += 1
        line += 1
        lineStart = index
    }

    /// Skips white space, line ends and comments; false at the end of the text.
    private mutating func skipBlank() throws(DocumentError) -> Bool {
        while let byte {
            switch byte {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A: newLine()
            case UInt8(ascii: "#"): while let byte = self.byte, byte != 0x0A { index += 1; _ = byte }
            default: return true
            }
        }
        return false
    }

    private mutating func endOfLine() throws(DocumentError) {
        skipSpaces()
        if byte == UInt8(ascii: "#") { while let byte, byte != 0x0A { index += 1; _ = byte } }
        if byte == 0x0D { index += 1 }
        guard byte == nil || byte == 0x0A else { throw error("expected the end of the line") }
    }
}
