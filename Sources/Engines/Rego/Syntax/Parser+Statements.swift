/// Bodies and their statements.
extension Parser {
    /// The statements inside brackets; the closing sign is not taken.
    mutating func body(until close: String) -> [Literal]? {
        guard enter() else { return nil }
        defer { leave() }
        return statements(until: close)
    }

    /// Statements up to the closing sign, which is not taken; for nil up to the first line that is not separated by
    /// a semicolon.
    mutating func statements(until close: String?) -> [Literal]? {
        if let close, at(close) {
            fail("found empty body")
            return nil
        }
        var result: [Literal] = []
        while true {
            guard let literal = statement() else { return nil }
            result.append(literal)
            if accept(";") {
                if close == nil, isAtEnd { return result }
                continue
            }
            guard let close else { return result }
            if at(close) { return result }
            if !current.startsLine || isAtEnd {
                if errors.isEmpty { unexpected("expected \\n or ; or \(close)") }
                return nil
            }
        }
    }

    /// `{ … }`
    mutating func block() -> [Literal]? {
        advance()
        guard let body = body(until: "}") else { return nil }
        advance()
        return body
    }

    mutating func statement() -> Literal? {
        guard enter() else { return nil }
        defer { leave() }
        let start = location
        guard let (kind, modifiers) = statementParts() else { return nil }
        return Literal(kind, with: modifiers, at: text(from: start.start, to: lastEnd, like: start))
    }

    private mutating func statementParts() -> (Literal.Kind, [Literal.With])? {
        switch logicalStatement() {
        case .found(let kind): return withModifiers(kind)
        case .failed: return nil
        case .plain: break
        }
        var isNegated = false
        var place = location
        if accept(keyword: "not") {
            isNegated = true
            if hasSafeNegation, at("{") {
                let mark = mark()
                if let body = block(), isEndOfStatement || at(keyword: "with") {
                    return withModifiers(.notBody(body))
                }
                restore(mark)
            }
            place = location
        }
        if at(keyword: "some") {
            if isNegated {
                unexpected("illegal negation of 'some'")
                return nil
            }
            return some()
        }
        if at(keyword: "every") {
            if isNegated {
                unexpected("illegal negation of 'every'")
                return nil
            }
            return every()
        }
        let beginning = mark()
        guard let kind = expression() else { return nil }
        guard isNegated else { return withModifiers(kind).map { hinted($0, beginning) } }
        let inner = Literal(kind, at: text(from: place.start, to: lastEnd, like: place))
        return withModifiers(.not(inner))
    }

    var isEndOfStatement: Bool {
        isAtEnd || current.startsLine || at(";") || at("}") || at("]") || at(")")
    }

    private mutating func withModifiers(_ kind: Literal.Kind) -> (Literal.Kind, [Literal.With])? {
        modifiers().map { (kind, $0) }
    }

    /// A term, or two with `=` or `:=` between them.
    mutating func expression() -> Literal.Kind? {
        guard let left = infixTerm() else { return nil }
        if accept("=") { return infixTerm().map { .unify(left, $0) } }
        if accept(":=") { return infixTerm().map { .assign(left, $0) } }
        return .term(left)
    }

    mutating func modifiers() -> [Literal.With]? {
        var result: [Literal.With] = []
        while at(keyword: "with") {
            let start = location
            advance()
            guard isName else {
                unexpected("expected ident")
                return nil
            }
            guard let target = term() else { return nil }
            switch target.kind {
            case .variable, .reference: break
            default: unexpected("expected with target path")
            }
            guard at(keyword: "as") else {
                unexpected("expected as keyword")
                return nil
            }
            advance()
            guard let value = infixTerm() else { return nil }
            result.append(
                .init(target: target, value: value, location: text(from: start.start, to: lastEnd, like: start)))
        }
        return result
    }

    private mutating func some() -> (Literal.Kind, [Literal.With])? {
        let beginning = mark()
        advance()
        // `some x in xs` and `some k, v in xs`
        if let term = infixTerm(), case .call(.builtin(let name), let arguments) = term.kind {
            switch name {
            case "internal.member_2":
                return withModifiers(.someIn(key: nil, value: arguments[0], collection: arguments[1]))
            case "internal.member_3":
                return withModifiers(.someIn(key: arguments[0], value: arguments[1], collection: arguments[2]))
            default:
                unexpected("expected `x in xs` or `x, y in xs` expression")
                return nil
            }
        }
        restore(beginning)
        if version == .v0, !keywords.contains("in") { hintAtMembership(beginning) }
        var names: [Term] = []
        repeat {
            advance()
            guard isName else {
                unexpected("expected var")
                return nil
            }
            names.append(Term(.variable(current.text), at: location))
            advance()
        } while at(",")
        return (.some(names), [])
    }

    private mutating func hintAtMembership(_ beginning: Mark) {
        var other = self
        other.keywords.insert("in")
        other.advance()
        if let term = other.infixTerm(), case .call(.builtin(let name), _) = term.kind, name.hasPrefix("internal.") {
            hints.append("`import future.keywords.in` for `some x in xs` expressions")
        }
    }

    /// In old modules `every x in xs { … }` begins with a name, until the keywords are imported.
    private mutating func hinted(
        _ parts: (Literal.Kind, [Literal.With]), _ beginning: Mark
    ) -> (Literal.Kind, [Literal.With]) {
        guard version == .v0, !keywords.contains("every"), case .term(let term) = parts.0, term.variable == "every"
        else { return parts }
        var other = self
        other.keywords.formUnion(Self.futureKeywords)
        other.restore(beginning)
        other.errors = []
        if other.every() != nil, other.errors.isEmpty {
            hints.append("`import future.keywords.every` for `every x in xs { ... }` expressions")
        }
        return parts
    }

    mutating func every() -> (Literal.Kind, [Literal.With])? {
        advance()
        guard let term = infixTerm() else { return nil }
        guard case .call(.builtin(let name), let arguments) = term.kind, name.hasPrefix("internal.member_") else {
            unexpected("expected `x[, y] in xs { ... }` expression")
            return nil
        }
        let key = arguments.count == 3 ? arguments[0] : nil
        let value = arguments[arguments.count - 2]
        if let key, key.variable == nil {
            unexpected("expected key to be a variable")
            return nil
        }
        guard value.variable != nil else {
            unexpected("expected value to be a variable")
            return nil
        }
        guard at("{") else {
            unexpected("missing body")
            return nil
        }
        guard let body = block() else { return nil }
        return withModifiers(.every(key: key, value: value, domain: arguments[arguments.count - 1], body: body))
    }
}
