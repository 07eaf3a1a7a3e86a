/// Expressions, from the loosest binding to the tightest.
extension Parser {
    /// `x in xs`, and `k, v in xs` where a comma cannot mean anything else.
    mutating func membership(allowsKey: Bool) throws(RegoError) -> Term {
        try enter()
        defer { leave() }
        let location = location
        var left = try infix(0)
        if allowsKey, at(",") {
            let start = index
            advance()
            if let value = try? infix(0), accept(keyword: "in") {
                let collection = try infix(0)
                left = Term(.call(.builtin("internal.member_3"), [left, value, collection]), at: location)
            } else {
                index = start
                return left
            }
        }
        while current.isKeyword("in") {
            advance()
            let collection = try infix(0)
            left = Term(.call(.builtin("internal.member_2"), [left, collection]), at: location)
        }
        return left
    }

    /// The infix signs by how tightly they bind.
    private static let levels: [[String: String]] = [
        ["==": "equal", "!=": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"],
        ["|": "or"],
        ["&": "and"],
        ["+": "plus", "-": "minus"],
        ["*": "mul", "/": "div", "%": "rem"],
    ]

    mutating func infix(_ level: Int) throws(RegoError) -> Term {
        guard level < Self.levels.count else { return try primary() }
        let location = location
        var left = try infix(level + 1)
        while current.kind == .symbol, let name = Self.levels[level][current.text], !(stopsAtBar && at("|")) {
            advance()
            let right = try infix(level + 1)
            left = Term(.call(.builtin(name), [left, right]), at: location)
        }
        return left
    }

    /// A term with the keys and calls behind it.
    mutating func primary() throws(RegoError) -> Term {
        try enter()
        defer { leave() }
        var term = try atom()
        while !current.hasSpaceBefore {
            if at("."), !isNumber(term) {
                term = appending([try field()], to: term)
            } else if at("["), !isNumber(term) {
                advance()
                let key = try isolated { (parser) throws(RegoError) in try parser.membership(allowsKey: false) }
                try expect("]")
                term = appending([key], to: term)
            } else if at("("), isCallable(term) {
                advance()
                if term.variable == "set", accept(")") {
                    term = Term(.set([]), at: term.location)
                    continue
                }
                term = Term(.call(.name(term), try arguments()), at: term.location)
            } else {
                break
            }
        }
        return term
    }

    private func isNumber(_ term: Term) -> Bool {
        if case .number = term.value { true } else { false }
    }

    private func isCallable(_ term: Term) -> Bool { term.dottedPath != nil }

    private func appending(_ keys: [Term], to term: Term) -> Term {
        if case .reference(let head, let existing) = term.kind {
            return Term(.reference(head, existing + keys), at: term.location)
        }
        return Term(.reference(term, keys), at: term.location)
    }

    /// `.name`; the dot is current.
    mutating func field() throws(RegoError) -> Term {
        advance()
        guard current.kind == .identifier || current.kind == .keyword else {
            throw unexpected("expected ident")
        }
        defer { advance() }
        return Term(.value(.string(current.text)), at: location)
    }

    /// Arguments up to the closing parenthesis, the opening one being taken.
    mutating func arguments() throws(RegoError) -> [Term] {
        try isolated { (parser) throws(RegoError) in try parser.list(until: ")") }
    }

    /// Terms separated by commas, a last comma allowed; takes the closing sign.
    mutating func list(until close: String) throws(RegoError) -> [Term] {
        var terms: [Term] = []
        while !at(close) {
            terms.append(try membership(allowsKey: false))
            guard accept(",") else { break }
        }
        try expect(
            close, "expected \(close == ")" ? "\",\" or \")\"" : close == "]" ? "\",\" or \"]\"" : "\",\" or \"}\"")")
        return terms
    }

    /// Inside brackets a bar is the union again.
    mutating func isolated<Result>(
        _ body: (inout Parser) throws(RegoError) -> Result
    ) throws(RegoError) -> Result {
        let outer = stopsAtBar
        stopsAtBar = false
        defer { stopsAtBar = outer }
        return try body(&self)
    }

    private mutating func atom() throws(RegoError) -> Term {
        let token = current
        if isName {
            advance()
            return Term(.variable(token.text), at: token.location)
        }
        switch token.kind {
        case .number: return try number(negative: false)
        case .string:
            advance()
            return Term(.value(.string(token.text)), at: token.location)
        case .template: return try template()
        case .keyword:
            let values: [String: RegoValue] = ["null": .null, "true": .bool(true), "false": .bool(false)]
            // `contains(text, part)` is a builtin.
            if token.text == "contains", following.isSymbol("(") {
                advance()
                return Term(.variable(token.text), at: token.location)
            }
            guard let value = values[token.text] else { throw unexpected() }
            advance()
            return Term(.value(value), at: token.location)
        case .symbol:
            switch token.text {
            case "-":
                advance()
                guard current.kind == .number, !current.hasSpaceBefore else { throw unexpected("expected number") }
                return try number(negative: true)
            case "(":
                advance()
                let term = try isolated { (parser) throws(RegoError) in try parser.membership(allowsKey: true) }
                try expect(")")
                return term
            case "[": return try array()
            case "{": return try braces()
            default: throw unexpected()
            }
        default: throw unexpected()
        }
    }

    private mutating func number(negative: Bool) throws(RegoError) -> Term {
        let token = current
        guard let number = RegoNumber(token.text) else {
            throw RegoError(.parse, "illegal number format", at: token.location)
        }
        advance()
        return Term(.value(.number(negative ? -number : number)), at: token.location)
    }

    private mutating func template() throws(RegoError) -> Term {
        let token = current
        var pieces: [Term.Piece] = []
        for part in token.parts {
            switch part {
            case .text(let text): if !text.isEmpty { pieces.append(.text(text)) }
            case .tokens(let tokens):
                var parser = Parser(tokens: tokens, version: version)
                parser.hasSafeNegation = hasSafeNegation
                parser.depth = depth
                guard !parser.isAtEnd else {
                    throw RegoError(
                        .parse, "invalid template-string expression: missing expression", at: token.location)
                }
                let location = parser.location
                let term = try parser.membership(allowsKey: true)
                let modifiers = try parser.modifiers()
                guard parser.isAtEnd else { throw parser.unexpected() }
                pieces.append(.expression(Literal(.term(term), with: modifiers, at: location)))
            }
        }
        advance()
        return Term(.template(pieces), at: token.location)
    }
}
