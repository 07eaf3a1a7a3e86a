/// Cuts a template into texts and actions, and actions into words.
struct TemplateLexer {
    struct Word {
        enum Kind { case name, field, variable, number, text, character, sign }

        var kind: Kind
        var text: String
        var position: Int
        /// Whether a space stands before it.
        var isApart: Bool
    }

    enum Part {
        case text(String)
        case action([Word], position: Int)
    }

    private let source: [Unicode.Scalar]
    private var index = 0

    private init(_ source: [Unicode.Scalar]) { self.source = source }

    static func parts(_ source: [Unicode.Scalar]) throws(BuiltinFailure) -> [Part] {
        var lexer = TemplateLexer(source)
        return try lexer.run()
    }

    private func fail(_ message: String, at position: Int? = nil) -> BuiltinFailure {
        let line = TextTemplate.place(position ?? index, source).line
        return BuiltinFailure("template: \(TextTemplate.mainName):\(line): \(message)")
    }

    private func starts(_ text: String, at place: Int) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return place + scalars.count <= source.count && source[place..<place + scalars.count].elementsEqual(scalars)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { [" ", "\t", "\r", "\n"].contains(scalar) }

    private mutating func run() throws(BuiltinFailure) -> [Part] {
        var parts: [Part] = []
        var trimsStart = false
        while true {
            let start = index
            while index < source.count, !starts("{{", at: index) { index += 1 }
            var text = source[start..<index]
            if trimsStart { text = text.drop(while: Self.isSpace) }
            guard index < source.count else {
                if !text.isEmpty { parts.append(.text(StringBuiltins.string(text))) }
                return parts
            }
            let position = index
            index += 2
            if index + 1 < source.count, source[index] == "-", Self.isSpace(source[index + 1]) {
                index += 1
                while let last = text.last, Self.isSpace(last) { text.removeLast() }
            }
            if !text.isEmpty { parts.append(.text(StringBuiltins.string(text))) }
            let words = try action(from: position, &trimsStart)
            if let words { parts.append(.action(words, position: position)) }
        }
    }

    /// The words up to the closing braces; nil for a comment.
    private mutating func action(from position: Int, _ trims: inout Bool) throws(BuiltinFailure) -> [Word]? {
        trims = false
        var words: [Word] = []
        var isApart = false
        if starts("/*", at: index) {
            while index < source.count, !starts("*/", at: index) { index += 1 }
            guard index < source.count else { throw fail("unclosed comment", at: position) }
            index += 2
            guard try close(&trims, skipsSpace: true) else {
                throw fail("comment ends before closing delimiter", at: position)
            }
            return nil
        }
        while true {
            guard index < source.count else { throw fail("unclosed action", at: position) }
            if try close(&trims, skipsSpace: false) { return words }
            if Self.isSpace(source[index]) {
                index += 1
                isApart = true
                continue
            }
            var word = try word()
            word.isApart = isApart
            words.append(word)
            isApart = false
        }
    }

    private mutating func close(_ trims: inout Bool, skipsSpace: Bool) throws(BuiltinFailure) -> Bool {
        var place = index
        if index < source.count, Self.isSpace(source[index]) {
            while place < source.count, Self.isSpace(source[place]) { place += 1 }
            if starts("-}}", at: place) {
                index = place + 3
                trims = true
                return true
            }
            guard skipsSpace else { return false }
        }
        guard starts("}}", at: place) else { return false }
        index = place + 2
        return true
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber
    }

    private mutating func word() throws(BuiltinFailure) -> Word {
        let start = index
        let first = source[index]
        func taken(_ kind: Word.Kind) -> Word {
            Word(kind: kind, text: StringBuiltins.string(source[start..<index]), position: start, isApart: false)
        }
        switch first {
        case "\"", "'":
            index += 1
            while index < source.count, source[index] != first, source[index] != "\n" {
                index += source[index] == "\\" ? 2 : 1
            }
            guard index < source.count, source[index] == first else {
                throw fail("unterminated \(first == "\"" ? "quoted string" : "character constant")", at: start)
            }
            index += 1
            return taken(first == "\"" ? .text : .character)
        case "`":
            index += 1
            while index < source.count, source[index] != "`" { index += 1 }
            guard index < source.count else { throw fail("unterminated raw quoted string", at: start) }
            index += 1
            return taken(.text)
        case "(", ")", ",", "|", "=":
            index += 1
            return taken(.sign)
        case ":":
            guard starts(":=", at: index) else { throw fail("expected :=") }
            index += 2
            return taken(.sign)
        case "$":
            index += 1
            while index < source.count, Self.isNamePart(source[index]) { index += 1 }
            return taken(.variable)
        case ".":
            let next = index + 1 < source.count ? source[index + 1] : " "
            if (48...57).contains(next.value) { return number() }
            index += 1
            while index < source.count, Self.isNamePart(source[index]) { index += 1 }
            return taken(.field)
        case "+", "-", "0"..."9": return number()
        default:
            guard Self.isNamePart(first) else {
                throw fail("unrecognized character in action: U+\(Self.code(first)) '\(first)'")
            }
            while index < source.count, Self.isNamePart(source[index]) { index += 1 }
            return taken(.name)
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private mutating func number() -> Word {
        let start = index
        index += 1
        while index < source.count,
            Self.isNamePart(source[index]) || source[index] == "."
                || (source[index] == "+" || source[index] == "-") && ["e", "E"].contains(source[index - 1])
        {
            index += 1
        }
        return Word(
            kind: .number, text: StringBuiltins.string(source[start..<index]), position: start, isApart: false)
    }
}
