/// Reads a module's or a query's words into terms. Each kind of thing is in a file of its own.
struct Parser {
    var tokens: [Token]
    var index = 0
    var version: RegoVersion
    var hasSafeNegation = false
    /// Whether `|` ends the term, because a comprehension may follow.
    var stopsAtBar = false
    /// A query and a body are read alike, but only a rule may be v0.
    var depth = 0

    /// Terms within terms, so deep.
    static let depthMax = 150

    init(tokens: [Token], version: RegoVersion) {
        self.tokens = tokens
        self.version = version
    }

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }
    var location: Location { current.location }
    var isAtEnd: Bool { current.kind == .end }

    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    func at(_ symbol: String) -> Bool { current.isSymbol(symbol) }

    mutating func accept(_ symbol: String) -> Bool {
        guard at(symbol) else { return false }
        advance()
        return true
    }

    mutating func accept(keyword: String) -> Bool {
        guard current.isKeyword(keyword), !isName else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String, _ detail: String = "") throws(RegoError) {
        guard accept(symbol) else { throw unexpected(detail.isEmpty ? "expected \(symbol)" : detail) }
    }

    func unexpected(_ detail: String = "") -> RegoError {
        let what = "unexpected \(current.name) \(current.category)"
        return RegoError(.parse, detail.isEmpty ? what : "\(what): \(detail)", at: location)
    }

    /// A keyword in front of a dot is a name: `contains.foo`.
    var isName: Bool {
        switch current.kind {
        case .identifier: true
        case .keyword: following.isSymbol(".") && !following.hasSpaceBefore
        default: false
        }
    }

    mutating func enter() throws(RegoError) {
        depth += 1
        guard depth <= Self.depthMax else { throw RegoError(.parse, "expressions nested too deep", at: location) }
    }

    mutating func leave() { depth -= 1 }

    /// The whole text as a body, for queries.
    static func query(_ text: String) throws(RegoError) -> [Literal] {
        var lexer = Lexer(text, file: "", keywords: Lexer.baseKeywords.union(Lexer.futureKeywords))
        var parser = Parser(tokens: try lexer.tokens(), version: .v1)
        guard !parser.isAtEnd else { throw RegoError(.parse, "empty query") }
        let body = try parser.statements(until: nil)
        guard parser.isAtEnd else { throw parser.unexpected() }
        return body
    }

    /// The whole text as one term.
    static func term(_ text: String) throws(RegoError) -> Term {
        var lexer = Lexer(text, file: "", keywords: Lexer.baseKeywords.union(Lexer.futureKeywords))
        var parser = Parser(tokens: try lexer.tokens(), version: .v1)
        let term = try parser.membership(allowsKey: false)
        guard parser.isAtEnd else { throw parser.unexpected() }
        return term
    }
}
