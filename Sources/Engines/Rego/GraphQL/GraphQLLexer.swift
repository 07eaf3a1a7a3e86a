/// What is wrong with a GraphQL document, and where.
struct GraphQLError: Error {
    var message: String
    var line = 0
    var column = 0

    var text: String { "\(message) in GraphQL string at location \(line):\(column)" }
}

/// A word of a GraphQL document (GraphQL specification, October 2021, section 2.1).
struct GraphQLToken: Equatable {
    enum Kind: String {
        case end = "<EOF>"
        case name = "Name"
        case int = "Int"
        case float = "Float"
        case string = "String"
        case blockString = "BlockString"
        case bang = "!"
        case dollar = "$"
        case ampersand = "&"
        case parenthesisOpen = "("
        case parenthesisClose = ")"
        case spread = "..."
        case colon = ":"
        case equals = "="
        case at = "@"
        case bracketOpen = "["
        case bracketClose = "]"
        case braceOpen = "{"
        case braceClose = "}"
        case pipe = "|"
    }

    var kind: Kind
    var value = ""
    var line = 1
    var column = 1

    var text: String { value.isEmpty ? kind.rawValue : "\(kind.rawValue) \(RegoValue.string(value))" }
}

/// Cuts a GraphQL document into words.
struct GraphQLLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    private func peek(_ offset: Int = 0) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }

    private func failure(_ message: String) -> GraphQLError {
        GraphQLError(message: message, line: line, column: index - lineStart + 1)
    }

    mutating func next() throws(GraphQLError) -> GraphQLToken {
        skipIgnored()
        let (startLine, startColumn) = (line, index - lineStart + 1)
        var token = try read()
        token.line = startLine
        token.column = startColumn
        return token
    }

    private mutating func skipIgnored() {
        while index < bytes.count {
            switch peek() {
            case 0x20, 0x09, UInt8(ascii: ","): index += 1
            case 0x0A:
                index += 1
                newLine()
            case 0x0D:
                index += peek(1) == 0x0A ? 2 : 1
                newLine()
            case UInt8(ascii: "#"): while index < bytes.count, peek() != 0x0A, peek() != 0x0D { index += 1 }
            default: return
            }
        }
    }

    private mutating func newLine() {
        line += 1
        lineStart = index
    }

    private mutating func read() throws(GraphQLError) -> GraphQLToken {
        guard index < bytes.count else { return GraphQLToken(kind: .end) }
        let byte = peek()
        if Lexer.isLetter(byte) {
            let start = index
            while Lexer.isLetter(peek()) || Lexer.isDigit(peek()) { index += 1 }
            return GraphQLToken(kind: .name, value: String(decoding: bytes[start..<index], as: UTF8.self))
        }
        if Lexer.isDigit(byte) || byte == UInt8(ascii: "-") { return try number() }
        if byte == UInt8(ascii: "\"") {
            return peek(1) == byte && peek(2) == byte ? try blockString() : try string()
        }
        if byte == UInt8(ascii: "."), peek(1) == byte, peek(2) == byte {
            index += 3
            return GraphQLToken(kind: .spread)
        }
        let character = String(decoding: [byte], as: UTF8.self)
        guard byte < 0x80, let kind = GraphQLToken.Kind(rawValue: character) else {
            throw failure("Cannot parse the unexpected character \(RegoValue.string(character)).")
        }
        index += 1
        return GraphQLToken(kind: kind)
    }

    private mutating func number() throws(GraphQLError) -> GraphQLToken {
        let start = index
        var isFloat = false
        func digits(_ lexer: inout GraphQLLexer) throws(GraphQLError) {
            guard Lexer.isDigit(lexer.peek()) else { throw lexer.failure("Invalid number, expected digit.") }
            while Lexer.isDigit(lexer.peek()) { lexer.index += 1 }
        }
        if peek() == UInt8(ascii: "-") { index += 1 }
        if peek() == 48 {
            index += 1
            if Lexer.isDigit(peek()) { throw failure("Invalid number, unexpected digit after 0.") }
        } else {
            try digits(&self)
        }
        if peek() == UInt8(ascii: ".") {
            isFloat = true
            index += 1
            try digits(&self)
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            index += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            try digits(&self)
        }
        return GraphQLToken(
            kind: isFloat ? .float : .int, value: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func string() throws(GraphQLError) -> GraphQLToken {
        index += 1
        var result: [UInt8] = []
        while true {
            guard index < bytes.count, peek() != 0x0A, peek() != 0x0D else { throw failure("Unterminated string.") }
            let byte = peek()
            index += 1
            if byte == UInt8(ascii: "\"") {
                return GraphQLToken(kind: .string, value: String(decoding: result, as: UTF8.self))
            }
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
                let digits = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
                guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), !digits.hasPrefix("+"),
                    !digits.hasPrefix("-")
                else { throw failure("Invalid character escape sequence: \\u\(digits).") }
                index += 4
                result += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
            default: throw failure("Invalid character escape sequence: \\\(String(decoding: [letter], as: UTF8.self)).")
            }
        }
    }

    private mutating func blockString() throws(GraphQLError) -> GraphQLToken {
        index += 3
        var result: [UInt8] = []
        let quote = UInt8(ascii: "\"")
        while true {
            guard index < bytes.count else { throw failure("Unterminated string.") }
            if peek() == quote, peek(1) == quote, peek(2) == quote {
                index += 3
                let text = String(decoding: result, as: UTF8.self)
                return GraphQLToken(kind: .blockString, value: Self.withoutIndentation(text))
            }
            if peek() == UInt8(ascii: "\\"), peek(1) == quote, peek(2) == quote, peek(3) == quote {
                result += [quote, quote, quote]
                index += 4
                continue
            }
            if peek() == 0x0D, peek(1) == 0x0A { index += 1 }
            let byte = peek() == 0x0D ? 0x0A : peek()
            result.append(byte)
            index += 1
            if byte == 0x0A { newLine() }
        }
    }

    /// Section 2.9.4: the indentation that all lines but the first share, and empty lines around, are left out.
    static func withoutIndentation(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
        func indentation(_ line: [UInt8]) -> Int { line.prefix { $0 == 0x20 || $0 == 0x09 }.count }
        let common = lines.dropFirst().filter { indentation($0) < $0.count }.map(indentation).min() ?? 0
        for index in lines.indices.dropFirst() { lines[index] = Array(lines[index].dropFirst(common)) }
        func isBlank(_ line: [UInt8]) -> Bool { indentation(line) == line.count }
        while let first = lines.first, isBlank(first) { lines.removeFirst() }
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }
}
