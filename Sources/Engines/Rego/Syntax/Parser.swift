/// Reads a module's or a query's words into terms. Each kind of thing is in a file of its own.
///
/// A function that finds nothing returns nil and, as a rule, leaves word of it in `errors`. Where two readings are
/// possible one is tried, and `restore` forgets it with its errors. Terms are remembered by their first word, so that
/// trying again costs nothing and the time stays in proportion to the text.
struct Parser {
    let tokens: [Token]
    var index = 0
    var errors: [RegoError] = []
    var hints: [String] = []
    var keywords: Set<String>
    let version: RegoVersion
    var hasSafeNegation = false
    /// `rego.v1` was imported into an old module.
    var isCompatible = false
    let extensions: LanguageExtensions
    var depth = 0
    private var known: [Int: Known] = [:]
    /// Brackets, by word, that hold terms and not statements.
    var plainBrackets: Set<Int> = []

    /// Terms within terms, so deep.
    static let depthMax = 150

    static let baseKeywords: Set<String> = [
        "as", "default", "else", "false", "import", "not", "null", "package", "some", "true", "with",
    ]
    static let futureKeywords: Set<String> = ["contains", "every", "if", "in"]

    private struct Known {
        var term: Term?
        var end: Int
        var errors: [RegoError]
    }

    init(tokens: [Token], version: RegoVersion, extensions: LanguageExtensions = []) {
        self.tokens = tokens
        self.version = version
        self.extensions = extensions
        keywords = version == .v1 ? Self.baseKeywords.union(Self.futureKeywords) : Self.baseKeywords
        tellProblems()
    }

    // MARK: Words

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }
    var location: Location { current.location }
    var isAtEnd: Bool { current.kind == .end }
    /// Where the word before this one ends.
    var lastEnd: Int { index > 0 ? tokens[index - 1].location.end : 0 }

    mutating func advance() {
        guard index < tokens.count - 1 else { return }
        index += 1
        tellProblems()
    }

    private mutating func tellProblems() {
        guard case .illegal(let problems) = current.kind else { return }
        for problem in problems where problem != "illegal token" { fail(problem) }
    }

    func at(_ symbol: String) -> Bool { current.isSymbol(symbol) }

    mutating func accept(_ symbol: String) -> Bool {
        guard at(symbol) else { return false }
        advance()
        return true
    }

    func isKeyword(_ token: Token) -> Bool { token.kind == .word && keywords.contains(token.text) }

    /// The keyword, where it is not the first name of a reference as in `contains.foo`.
    func at(keyword: String) -> Bool { current.isWord(keyword) && keywords.contains(keyword) && !isName }

    mutating func accept(keyword: String) -> Bool {
        guard at(keyword: keyword) else { return false }
        advance()
        return true
    }

    /// A name, or a keyword in front of a dot or bracket.
    var isName: Bool {
        guard current.kind == .word else { return false }
        guard keywords.contains(current.text) else { return true }
        return (following.isSymbol(".") || following.isSymbol("[")) && !following.hasSpaceBefore
    }

    // MARK: Trying

    struct Mark {
        var index: Int
        var errors: Int
        var hints: Int
    }

    func mark() -> Mark { Mark(index: index, errors: errors.count, hints: hints.count) }

    mutating func restore(_ mark: Mark) {
        index = mark.index
        errors.removeLast(max(0, errors.count - mark.errors))
        hints.removeLast(max(0, hints.count - mark.hints))
    }

    /// What the reader finds here, read only once.
    mutating func remembered(_ read: (inout Parser) -> Term?) -> Term? {
        let start = index
        if let result = known[start] {
            index = result.end
            errors += result.errors
            return result.term
        }
        let count = errors.count
        let term = read(&self)
        // Short terms are read again as fast as they are found.
        if index - start > 6 || term == nil {
            known[start] = Known(term: term, end: index, errors: Array(errors.dropFirst(count)))
        }
        return term
    }

    // MARK: Errors

    mutating func fail(_ message: String, at place: Location? = nil) {
        var text = message
        if hints.count == 1 { text += " (hint: \(hints[0]))" }
        if hints.count > 1 { text += " (hints: \(hints.joined(separator: ", ")))" }
        hints = []
        errors.append(RegoError(.parse, text, at: place ?? location))
    }

    /// The current word is not what should be here.
    mutating func unexpected(_ detail: String = "") {
        if case .illegal = current.kind { return fail("illegal token") }
        let what = "unexpected \(name(of: current)) \(category(of: current))"
        fail(detail.isEmpty ? what : "\(what): \(detail)")
    }

    private func name(of token: Token) -> String {
        switch token.kind {
        case .end: token.text.isEmpty ? "eof" : token.text
        case .word: keywords.contains(token.text) ? token.text : "identifier"
        case .number: "number"
        case .string: "string"
        case .template: "template-string"
        case .symbol: Token.symbolNames[token.text] ?? token.text
        case .illegal: "illegal"
        }
    }

    private func category(of token: Token) -> String {
        token.kind == .word && keywords.contains(token.text) ? "keyword" : "token"
    }

    mutating func enter() -> Bool {
        depth += 1
        if depth > Self.depthMax {
            fail("max parsing recursion depth exceeded")
            return false
        }
        return true
    }

    mutating func leave() { depth -= 1 }

    func text(from start: Int, to end: Int, like location: Location) -> Location {
        var result = location
        result.start = start
        result.end = end
        return result
    }

    // MARK: Queries

    /// The whole text as a body, for queries.
    static func query(_ text: String) throws(RegoError) -> [Literal] {
        var lexer = Lexer(text, file: "")
        var parser = Parser(tokens: lexer.tokens(), version: .v1)
        guard !parser.isAtEnd else { throw RegoError(.parse, "empty query") }
        var body: [Literal] = []
        while !parser.isAtEnd {
            if parser.accept(";") { continue }
            guard let literals = parser.statements(until: nil) else { break }
            body += literals
        }
        if let error = parser.errors.first { throw error }
        guard parser.isAtEnd else {
            parser.unexpected()
            throw parser.errors.first ?? RegoError(.parse, "unexpected token")
        }
        return body
    }

    /// The whole text as one term.
    static func term(_ text: String) throws(RegoError) -> Term {
        var lexer = Lexer(text, file: "")
        var parser = Parser(tokens: lexer.tokens(), version: .v1)
        let term = parser.infixTerm()
        if parser.errors.isEmpty, !parser.isAtEnd { parser.unexpected() }
        if let error = parser.errors.first { throw error }
        guard let term else { throw RegoError(.parse, "a term is expected") }
        return term
    }
}

/// Parts of the language that OPA has not released, off unless a host asks for them.
public struct LanguageExtensions: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `and` and `or` between statements, and `import rego.v2`.
    public static let logicalKeywords = LanguageExtensions(rawValue: 1)
}
