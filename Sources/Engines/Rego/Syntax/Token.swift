/// A word of the language with its place.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        /// A name or a keyword: which of them is the parser's to say.
        case word
        case number
        case string
        case template
        case symbol
        /// Something that is no word; its messages are told when the parser arrives there.
        case illegal([String])
        case end
    }

    /// A piece of an interpolated text.
    enum Part: Sendable {
        case text(String, Location)
        case tokens([Token])
    }

    var kind: Kind
    /// The word itself; for a string its content.
    var text: String
    var parts: [Part] = []
    /// Where a string or template stands between backquotes.
    var isRaw = false
    var location: Location
    /// Whether a line break, or any space, lies before the word.
    var startsLine: Bool
    var hasSpaceBefore: Bool

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    func isWord(_ word: String) -> Bool { kind == .word && text == word }

    static let symbolNames = [
        ":=": "assign", "=": "eq", "==": "equal", "!=": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte",
        "+": "plus", "-": "minus", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or",
    ]
}

/// A comment, for annotations and for the formatter.
struct Comment: Sendable {
    /// Behind the number sign.
    var text: String
    var location: Location
}
