/// A word of the language with its place.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case identifier
        case keyword
        case number
        case string
        case template
        case symbol
        case end
    }

    /// A piece of an interpolated text.
    enum Part: Sendable {
        case text(String)
        case tokens([Token])
    }

    var kind: Kind
    /// The word itself; for a string its content.
    var text: String
    var parts: [Part] = []
    var location: Location
    /// Whether a line break, or any space, lies before the word.
    var startsLine: Bool
    var hasSpaceBefore: Bool

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    func isKeyword(_ keyword: String) -> Bool { kind == .keyword && text == keyword }

    /// How OPA names the word in messages.
    var name: String {
        switch kind {
        case .end: "eof"
        case .identifier: "identifier"
        case .keyword: text
        case .number: "number"
        case .string, .template: "string"
        case .symbol: Self.symbolNames[text] ?? text
        }
    }

    /// "keyword" or "token".
    var category: String { kind == .keyword ? "keyword" : "token" }

    private static let symbolNames = [
        ":=": "assign", "=": "eq", "==": "equal", "!=": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte",
        "+": "plus",
        "-": "minus", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or",
    ]
}

/// A comment, for annotations.
struct Comment: Sendable {
    /// Behind the number sign.
    var text: String
    var location: Location
}
