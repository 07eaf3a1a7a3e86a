/// Cuts a module's text into words. Texts in quotes are decoded here; comments are kept apart.
///
/// Nothing is refused here: what is no word becomes a word of its own kind, so that errors come in the order in which
/// a reader meets them.
struct Lexer {
    let bytes: [UInt8]
    let file: String
    var index = 0
    private var row = 1
    private var lineStart = 0
    private(set) var comments: [Comment] = []
    private var nesting = 0
    /// What is wrong with the word that is being read.
    var problems: [String] = []

    /// Interpolated texts may hold interpolated texts, so deep.
    static let nestingMax = 32

    init(_ text: String, file: String) {
        bytes = Array(text.utf8)
        self.file = file
    }

    private var location: Location {
        Location(file: file, row: row, column: index - lineStart + 1, start: index, end: index)
    }

    /// All words, the last one being the end.
    mutating func tokens() -> [Token] {
        var result: [Token] = []
        while true {
            let token = nextToken(isFirst: result.isEmpty)
            result.append(token)
            if token.kind == .end { return result }
        }
    }

    private mutating func nextToken(isFirst: Bool) -> Token {
        let before = (row, index)
        skipSpace()
        let startsLine = row != before.0 || isFirst
        let hasSpace = index != before.1 || isFirst
        let start = location
        guard index < bytes.count else {
            // The end's place is behind the last line, in column 0, as editors of OPA files know it.
            var end = start
            if bytes.last == 0x0A { end.column = 0 }
            return Token(kind: .end, text: "", location: end, startsLine: startsLine, hasSpaceBefore: true)
        }
        problems = []
        var token = next()
        if !problems.isEmpty { token.kind = .illegal(problems) }
        token.location = start
        token.location.end = index
        token.startsLine = startsLine
        token.hasSpaceBefore = hasSpace
        return token
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A: newLine()
            case 0x20, 0x09, 0x0D: index += 1
            case UInt8(ascii: "#"):
                var location = location
                let start = index + 1
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
                var end = index
                if end > start, bytes[end - 1] == 0x0D { end -= 1 }
                location.end = end
                comments.append(
                    Comment(text: String(decoding: bytes[start..<end], as: UTF8.self), location: location))
            default: return
            }
        }
    }

    mutating func newLine() {
        index += 1
        row += 1
        lineStart = index
    }

    private mutating func next() -> Token {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            return make(.word, take { Self.isLetter($0) || Self.isDigit($0) })
        case 48...57: return make(.number, number())
        case UInt8(ascii: "\""): return make(.string, quoted())
        case UInt8(ascii: "`"):
            var token = make(.string, raw())
            token.isRaw = true
            return token
        case UInt8(ascii: "$"): return template()
        default: return symbol()
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private func make(_ kind: Token.Kind, _ text: String, parts: [Token.Part] = []) -> Token {
        Token(kind: kind, text: text, parts: parts, location: location, startsLine: false, hasSpaceBefore: false)
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = index
        while index < bytes.count, condition(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    func peek(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }

    private mutating func number() -> String {
        let start = index
        func digits(_ lexer: inout Lexer) -> Bool {
            let from = lexer.index
            while Self.isDigit(lexer.peek(0)) { lexer.index += 1 }
            return lexer.index > from
        }
        _ = digits(&self)
        if peek(0) == UInt8(ascii: ".") {
            index += 1
            if !digits(&self) { problems.append("expected fraction") }
        }
        if peek(0) | 0x20 == UInt8(ascii: "e") {
            index += 1
            if peek(0) == UInt8(ascii: "+") || peek(0) == UInt8(ascii: "-") { index += 1 }
            if !digits(&self) { problems.append("expected exponent") }
        }
        if Self.isLetter(peek(0)) {
            problems.append("illegal number format")
            while Self.isLetter(peek(0)) || Self.isDigit(peek(0)) { index += 1 }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func symbol() -> Token {
        let pair = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
        if [":=", "==", "!=", "<=", ">="].contains(pair) {
            index += 2
            return make(.symbol, pair)
        }
        if bytes[index] == UInt8(ascii: "!") {
            problems.append("illegal ! character")
        } else if !"{}[]().,;:=<>+-*/%&|".utf8.contains(bytes[index]) {
            problems.append("illegal token")
        }
        index += 1
        return make(.symbol, String(decoding: bytes[index - 1..<index], as: UTF8.self))
    }

    /// `$"…{expression}…"`, or with backquotes without escapes except `\{`.
    private mutating func template() -> Token {
        index += 1
        guard peek(0) == UInt8(ascii: "\"") || peek(0) == UInt8(ascii: "`") else {
            problems.append("illegal token")
            return make(.template, "")
        }
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingMax else {
            problems.append("template strings nested too deep")
            index = bytes.count
            return make(.template, "")
        }
        let quote = bytes[index]
        let isRaw = quote == UInt8(ascii: "`")
        index += 1
        var parts: [Token.Part] = []
        var text: [UInt8] = []
        var start = location
        var ownProblems: [String] = []
        func finish(_ lexer: inout Lexer) -> Token {
            lexer.problems = ownProblems
            var token = lexer.make(.template, "", parts: parts)
            token.isRaw = isRaw
            return token
        }
        func endText(_ lexer: Lexer) {
            start.end = lexer.index
            parts.append(.text(String(decoding: text, as: UTF8.self), start))
            text = []
        }
        while true {
            guard index < bytes.count, isRaw || bytes[index] != 0x0A else {
                ownProblems.append("non-terminated string")
                return finish(&self)
            }
            switch bytes[index] {
            case quote:
                endText(self)
                index += 1
                return finish(&self)
            case UInt8(ascii: "\\") where !isRaw:
                problems = []
                escape(into: &text, isTemplate: true)
                ownProblems += problems
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "{"):
                text.append(UInt8(ascii: "{"))
                index += 2
            case UInt8(ascii: "{"):
                endText(self)
                index += 1
                parts.append(.tokens(templateExpression()))
                start = location
                if index >= bytes.count { ownProblems.append("non-terminated string") }
            case 0x0A:
                text.append(0x0A)
                newLine()
            case let byte:
                text.append(byte)
                index += 1
            }
        }
    }

    /// The words up to the brace that ends the expression; the last one, of kind `end`, is that brace.
    private mutating func templateExpression() -> [Token] {
        var result: [Token] = []
        var braces = 0
        while true {
            var token = nextToken(isFirst: result.isEmpty)
            if token.isSymbol("{") { braces += 1 }
            if token.isSymbol("}") {
                braces -= 1
                if braces < 0 {
                    token.kind = .end
                    result.append(token)
                    return result
                }
            }
            result.append(token)
            if token.kind == .end { return result }
        }
    }
}
