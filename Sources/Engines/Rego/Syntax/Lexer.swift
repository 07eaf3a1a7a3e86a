/// Cuts a module's text into words. Texts in quotes are decoded here; comments are kept apart.
struct Lexer {
    private let bytes: [UInt8]
    private let file: String
    private let keywords: Set<String>
    private var index = 0
    private var row = 1
    private var lineStart = 0
    private(set) var comments: [Comment] = []
    private var nesting = 0

    /// Interpolated texts may hold interpolated texts, so deep.
    static let nestingMax = 32

    static let baseKeywords: Set<String> = [
        "as", "default", "else", "false", "import", "not", "null", "package", "some", "true", "with",
    ]
    static let futureKeywords: Set<String> = ["contains", "every", "if", "in"]

    init(_ text: String, file: String, keywords: Set<String>) {
        bytes = Array(text.utf8)
        self.file = file
        self.keywords = keywords
    }

    private var location: Location { Location(file: file, row: row, column: index - lineStart + 1) }

    /// All words, the last one being the end.
    mutating func tokens() throws(RegoError) -> [Token] { try tokens(inTemplate: false) }

    private mutating func tokens(inTemplate: Bool) throws(RegoError) -> [Token] {
        var result: [Token] = []
        var braces = 0
        while true {
            let before = (row, index)
            skipSpace()
            let startsLine = row != before.0 || result.isEmpty
            let hasSpace = index != before.1 || result.isEmpty
            let location = location
            guard index < bytes.count else {
                if inTemplate { throw RegoError(.parse, "non-terminated string", at: location) }
                // The end's place is behind the last line, in column 0, as editors of OPA files know it.
                let isAfterBreak = bytes.last == 0x0A
                let end = isAfterBreak ? Location(file: file, row: row, column: 0) : location
                result.append(Token(kind: .end, text: "", location: end, startsLine: startsLine, hasSpaceBefore: true))
                return result
            }
            if inTemplate {
                if bytes[index] == UInt8(ascii: "{") { braces += 1 }
                if bytes[index] == UInt8(ascii: "}") {
                    braces -= 1
                    if braces < 0 {
                        index += 1
                        result.append(
                            Token(
                                kind: .end, text: "}", location: location, startsLine: startsLine, hasSpaceBefore: true)
                        )
                        return result
                    }
                }
            }
            var token = try next()
            token.location = location
            token.startsLine = startsLine
            token.hasSpaceBefore = hasSpace
            result.append(token)
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A: newLine()
            case 0x20, 0x09, 0x0D: index += 1
            case UInt8(ascii: "#"):
                let location = location
                let start = index + 1
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
                comments.append(
                    Comment(text: String(decoding: bytes[start..<index], as: UTF8.self), location: location))
            default: return
            }
        }
    }

    private mutating func newLine() {
        index += 1
        row += 1
        lineStart = index
    }

    private mutating func next() throws(RegoError) -> Token {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            let text = take { Self.isLetter($0) || (48...57).contains($0) }
            return make(keywords.contains(text) ? .keyword : .identifier, text)
        case 48...57: return try number()
        case UInt8(ascii: "\""): return make(.string, try quoted())
        case UInt8(ascii: "`"): return make(.string, try raw())
        case UInt8(ascii: "$"): return try template()
        default: return try symbol()
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private func make(_ kind: Token.Kind, _ text: String, parts: [Token.Part] = []) -> Token {
        Token(kind: kind, text: text, parts: parts, location: location, startsLine: false, hasSpaceBefore: false)
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = index
        while index < bytes.count, condition(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func number() throws(RegoError) -> Token {
        let start = location
        var text = take { (48...57).contains($0) }
        func peek(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
        if peek(0) == UInt8(ascii: "."), (48...57).contains(peek(1)) {
            index += 1
            text += "." + take { (48...57).contains($0) }
        }
        if peek(0) | 0x20 == UInt8(ascii: "e") {
            let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            guard (48...57).contains(peek(sign ? 2 : 1)) else {
                throw RegoError(.parse, "illegal number format", at: start)
            }
            text += "e" + (peek(1) == UInt8(ascii: "-") ? "-" : "")
            index += sign ? 2 : 1
            text += take { (48...57).contains($0) }
        }
        guard text.utf8.count == 1 || !text.hasPrefix("0") || text.hasPrefix("0.") || text.hasPrefix("0e"),
            index >= bytes.count || !Self.isLetter(bytes[index])
        else { throw RegoError(.parse, "illegal number format", at: start) }
        return make(.number, text)
    }

    private mutating func symbol() throws(RegoError) -> Token {
        let pair = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
        if [":=", "==", "!=", "<=", ">="].contains(pair) {
            index += 2
            return make(.symbol, pair)
        }
        guard "{}[]().,;:=<>+-*/%&|".utf8.contains(bytes[index]) else {
            throw RegoError(.parse, "illegal token", at: location)
        }
        index += 1
        return make(.symbol, String(decoding: bytes[index - 1..<index], as: UTF8.self))
    }

    private mutating func raw() throws(RegoError) -> String {
        let start = location
        index += 1
        let from = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "`") {
            if bytes[index] == 0x0A { newLine() } else { index += 1 }
        }
        guard index < bytes.count else { throw RegoError(.parse, "non-terminated string", at: start) }
        index += 1
        return String(decoding: bytes[from..<index - 1], as: UTF8.self)
    }

    private mutating func quoted() throws(RegoError) -> String {
        let start = location
        index += 1
        var result: [UInt8] = []
        while true {
            guard index < bytes.count, bytes[index] != 0x0A else {
                throw RegoError(.parse, "non-terminated string", at: start)
            }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &result, start, isTemplate: false)
            case let byte:
                result.append(byte)
                index += 1
            }
        }
    }

    private mutating func escape(into result: inout [UInt8], _ start: Location, isTemplate: Bool) throws(RegoError) {
        index += 1
        let letter = index < bytes.count ? bytes[index] : 0
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "{") where isTemplate, UInt8(ascii: "}") where isTemplate: result.append(letter)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hexadecimal() else { throw RegoError(.parse, "illegal escape sequence", at: start) }
            if (0xD800...0xDBFF).contains(code), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                index += 2
                if let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                }
            }
            result += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        default: throw RegoError(.parse, "illegal escape sequence", at: start)
        }
    }

    private mutating func hexadecimal() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        let text = String(decoding: bytes[index..<index + 4], as: UTF8.self)
        guard !text.hasPrefix("+"), !text.hasPrefix("-"), let code = UInt32(text, radix: 16) else { return nil }
        index += 4
        return code
    }

    /// `$"…{expression}…"`, or with backquotes without escapes except `\{`.
    private mutating func template() throws(RegoError) -> Token {
        let start = location
        index += 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "`") else {
            throw RegoError(.parse, "illegal token", at: start)
        }
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingMax else { throw RegoError(.parse, "template strings nested too deep", at: start) }
        let quote = bytes[index]
        let isRaw = quote == UInt8(ascii: "`")
        index += 1
        var parts: [Token.Part] = []
        var text: [UInt8] = []
        while true {
            guard index < bytes.count, isRaw || bytes[index] != 0x0A else {
                throw RegoError(.parse, "non-terminated string", at: start)
            }
            switch bytes[index] {
            case quote:
                index += 1
                parts.append(.text(String(decoding: text, as: UTF8.self)))
                return make(.template, "", parts: parts)
            case UInt8(ascii: "\\") where !isRaw: try escape(into: &text, start, isTemplate: true)
            case UInt8(ascii: "\\") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "{"):
                text.append(UInt8(ascii: "{"))
                index += 2
            case UInt8(ascii: "{"):
                index += 1
                parts.append(.text(String(decoding: text, as: UTF8.self)))
                text = []
                parts.append(.tokens(try tokens(inTemplate: true)))
            case 0x0A:
                text.append(0x0A)
                newLine()
            case let byte:
                text.append(byte)
                index += 1
            }
        }
    }
}
