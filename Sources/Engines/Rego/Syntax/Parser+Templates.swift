/// Interpolated texts.
extension Parser {
    mutating func template() -> Term? {
        let token = current
        var pieces: [Term.Piece] = []
        for part in token.parts {
            switch part {
            case .text(let text, _): if !text.isEmpty { pieces.append(.text(text)) }
            case .tokens(let tokens):
                guard let literal = interpolation(tokens) else {
                    // What else is wrong is told behind the text, not before what is wrong in it.
                    advance()
                    return nil
                }
                pieces.append(.expression(literal))
            }
        }
        advance()
        return Term(.template(pieces), isRaw: token.isRaw, at: token.location)
    }

    private mutating func interpolation(_ tokens: [Token]) -> Literal? {
        var parser = Parser(tokens: tokens, version: version, extensions: extensions)
        parser.keywords = keywords
        parser.hasSafeNegation = hasSafeNegation
        parser.depth = depth
        defer { errors += parser.errors }
        guard let literal = parser.statement() else {
            parser.fail("invalid template-string expression")
            return nil
        }
        let refused: String?
        switch literal.kind {
        case .not, .notBody: refused = "unexpected negation ('not') in template-string expression"
        case .unify: refused = "unexpected unification ('=') in template-string expression"
        case .assign: refused = "unexpected assignment (':=') in template-string expression"
        case .every: refused = "unexpected 'every' in template-string expression"
        case .some, .someIn: refused = "unexpected 'some' in template-string expression"
        case .logical(let logic, _, _): refused = "unexpected '\(logic.rawValue)' in template-string expression"
        case .term: refused = nil
        }
        if let refused {
            parser.fail(refused, at: literal.location)
            return nil
        }
        guard parser.isAtEnd else {
            parser.fail("expected } to end template string expression")
            return nil
        }
        return literal
    }
}
