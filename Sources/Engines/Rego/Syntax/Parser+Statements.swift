/// Bodies and their statements.
extension Parser {
    /// Statements up to the closing sign, which is not taken; up to the end for nil.
    mutating func statements(until close: String?) throws(RegoError) -> [Literal] {
        try enter()
        defer { leave() }
        var result: [Literal] = []
        while true {
            result.append(try statement())
            if let close, at(close) { return result }
            if isAtEnd { return result }
            if accept(";") {
                if let close, at(close) { return result }
                if isAtEnd { return result }
            } else if !current.startsLine {
                if close == nil { return result }
                throw unexpected("expected \\n or ; or \(close ?? "}")")
            }
        }
    }

    /// `{ … }`
    mutating func block() throws(RegoError) -> [Literal] {
        try expect("{")
        let body = try isolated { (parser) throws(RegoError) in try parser.statements(until: "}") }
        try expect("}")
        return body
    }

    mutating func statement() throws(RegoError) -> Literal {
        try enter()
        defer { leave() }
        let location = location
        if current.isKeyword("some"), !isName { return try some() }
        if current.isKeyword("every"), !isName { return try every() }
        if current.isKeyword("not"), !isName {
            advance()
            if hasSafeNegation, at("{"), isBlockAhead {
                let body = try block()
                return Literal(.notBody(body), with: try modifiers(), at: location)
            }
            let negated = try statement()
            return Literal(.not(Literal(negated.kind, at: negated.location)), with: negated.modifiers, at: location)
        }
        let kind = try expression()
        return Literal(kind, with: try modifiers(), at: location)
    }

    /// Whether the braces hold statements rather than members: a comma, colon or bar comes first, or nothing at all.
    private var isBlockAhead: Bool {
        var level = 0
        for token in tokens[index...] where token.kind == .symbol {
            if ["{", "[", "("].contains(token.text) { level += 1 }
            if ["}", "]", ")"].contains(token.text) { level -= 1 }
            if level == 0 { return !following.isSymbol("}") }
            if level == 1, [",", ":", "|"].contains(token.text) { return false }
            if level == 1, token.text == ";" { return true }
        }
        return true
    }

    /// A term, or two with `=` or `:=` between them.
    private mutating func expression() throws(RegoError) -> Literal.Kind {
        let left = try membership(allowsKey: true)
        if accept("=") { return .unify(left, try membership(allowsKey: true)) }
        if accept(":=") { return .assign(left, try membership(allowsKey: true)) }
        return .term(left)
    }

    mutating func modifiers() throws(RegoError) -> [Literal.With] {
        var result: [Literal.With] = []
        while accept(keyword: "with") {
            let target = try primary()
            guard target.dottedPath != nil else {
                throw RegoError(
                    .type, "with keyword target must reference existing input, data, or a function", at: target.location
                )
            }
            guard accept(keyword: "as") else { throw unexpected("expected as keyword") }
            result.append(.init(target: target, value: try membership(allowsKey: false)))
        }
        return result
    }

    private mutating func some() throws(RegoError) -> Literal {
        let location = location
        advance()
        let start = index
        // `some x in xs` and `some k, v in xs`
        if let first = try? infix(0) {
            var terms = [first]
            if accept(","), let second = try? infix(0) { terms.append(second) }
            if accept(keyword: "in") {
                let collection = try infix(0)
                let kind = Literal.Kind.someIn(
                    key: terms.count == 2 ? terms[0] : nil, value: terms[terms.count - 1], collection: collection)
                return Literal(kind, with: try modifiers(), at: location)
            }
        }
        index = start
        var names: [Term] = []
        repeat {
            guard isName else { throw unexpected("expected var") }
            names.append(Term(.variable(current.text), at: self.location))
            advance()
        } while accept(",")
        return Literal(.some(names), at: location)
    }

    private mutating func every() throws(RegoError) -> Literal {
        let location = location
        advance()
        func variable(_ parser: inout Parser) throws(RegoError) -> Term {
            guard parser.isName else { throw parser.unexpected("expected var") }
            defer { parser.advance() }
            return Term(.variable(parser.current.text), at: parser.location)
        }
        var value = try variable(&self)
        var key: Term?
        if accept(",") {
            key = value
            value = try variable(&self)
        }
        guard accept(keyword: "in") else { throw unexpected("expected `x[, y] in xs { ... }` expression") }
        let domain = try infix(0)
        guard at("{") else { throw unexpected("missing body") }
        let body = try block()
        return Literal(.every(key: key, value: value, domain: domain, body: body), with: try modifiers(), at: location)
    }
}
