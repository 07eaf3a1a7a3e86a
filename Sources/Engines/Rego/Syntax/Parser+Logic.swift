/// `and` and `or` between statements. They bind looser than everything but `with`; `and` binds tighter than `or`.
extension Parser {
    enum Attempt {
        /// No such statement; nothing has been read.
        case plain
        /// One that is written wrongly, which has been told.
        case failed
        case found(Literal.Kind)
    }

    /// Whether the module asks for one of the words.
    var hasLogic: Bool { keywords.contains("and") || keywords.contains("or") }
    private var isAtLogic: Bool { at(keyword: "and") || at(keyword: "or") }

    mutating func logicalStatement() -> Attempt {
        guard hasLogic else { return .plain }
        let beginning = mark()
        guard let operand = operands(.or, isRight: false) else {
            // An operand that lacks is an error; what has no operator is read again as a plain statement.
            if tokens[beginning.index..<index].contains(where: { isKeyword($0) && ["and", "or"].contains($0.text) }) {
                return .failed
            }
            restore(beginning)
            return .plain
        }
        if !operand.isExplicit, let literal = operand.body.first, literal.modifiers.isEmpty, literal.isLogical {
            return .found(literal.kind)
        }
        restore(beginning)
        return .plain
    }

    private mutating func operands(_ logic: Literal.Logic, isRight: Bool) -> Literal.Operand? {
        let start = location
        func side(_ parser: inout Parser, _ isRight: Bool) -> Literal.Operand? {
            logic == .or ? parser.operands(.and, isRight: isRight) : parser.operand(isRight: isRight)
        }
        guard var left = side(&self, isRight) else { return nil }
        while at(keyword: logic.rawValue) {
            advance()
            guard let right = side(&self, true) else {
                if errors.isEmpty { unexpected("expected an operand of `\(logic.rawValue)`") }
                return nil
            }
            left = implicit(.logical(logic, left, right), from: start)
        }
        return left
    }

    private func implicit(
        _ kind: Literal.Kind, with modifiers: [Literal.With] = [], from start: Location
    ) -> Literal.Operand {
        let place = text(from: start.start, to: lastEnd, like: start)
        return Literal.Operand(body: [Literal(kind, with: modifiers, at: place)], isExplicit: false)
    }

    private mutating func operand(isRight: Bool) -> Literal.Operand? {
        guard enter() else { return nil }
        defer { leave() }
        let start = location
        if at("(") { if let group = group() { return group } }
        if at("{") {
            if let body = explicitBody(isRight: isRight) { return Literal.Operand(body: body, isExplicit: true) }
        }
        if accept(keyword: "not") {
            let place = location
            if hasSafeNegation {
                if at("("), let group = group() { return implicit(.notBody(group.body), from: start) }
                if at("{"), let body = explicitBody(isRight: true) { return implicit(.notBody(body), from: start) }
            }
            guard let kind = expression() else { return nil }
            let inner = Literal(kind, at: text(from: place.start, to: lastEnd, like: place))
            return implicit(.not(inner), from: start)
        }
        if at(keyword: "every") {
            guard let (kind, modifiers) = every(), modifiers.isEmpty else { return nil }
            return implicit(kind, from: start)
        }
        guard !at(keyword: "some") else {
            if isRight { unexpected("expected an expression, or a body in braces") }
            return nil
        }
        return expression().map { implicit($0, from: start) }
    }

    /// `(a or b)`, `(a with input as x)`; nil with nothing read for parentheses around a term.
    private mutating func group() -> Literal.Operand? {
        guard !plainBrackets.contains(index) else { return nil }
        let beginning = mark()
        let start = location
        advance()
        if let inner = operands(.or, isRight: false), let modifiers = modifiers(), at(")"),
            let literal = inner.body.first
        {
            let isLogical = literal.isLogical && !inner.isExplicit
            advance()
            if isLogical || !modifiers.isEmpty, isEndOfStatement || isAtLogic || at(keyword: "with") {
                let place = text(from: start.start, to: lastEnd, like: start)
                guard !modifiers.isEmpty else { return inner }
                guard inner.body.count == 1 else { return nil }
                return Literal.Operand(
                    body: [Literal(literal.kind, with: literal.modifiers + modifiers, at: place)], isExplicit: false)
            }
        }
        restore(beginning)
        plainBrackets.insert(index)
        return nil
    }

    /// Statements in braces; nil with nothing read for a set, an object or a comprehension.
    private mutating func explicitBody(isRight: Bool) -> [Literal]? {
        guard !plainBrackets.contains(index) else { return nil }
        let beginning = mark()
        if let body = block(), isAtLogic || isRight && (isEndOfStatement || at(keyword: "with")) { return body }
        restore(beginning)
        plainBrackets.insert(index)
        return nil
    }
}

extension Literal {
    /// Whether it cannot be written without an operator: `a or b`, `not (a or b)`.
    fileprivate var isLogical: Bool {
        switch kind {
        case .logical: true
        case .notBody(let body): body.count == 1 && body[0].isLogical
        default: false
        }
    }

    /// The same in words that need no operator: a doubled negation asks for a solution and keeps nothing of it.
    static func withoutLogic(_ logic: Logic, _ left: Operand, _ right: Operand, at location: Location) -> [Literal] {
        func lacks(_ operand: Operand) -> Literal { Literal(.notBody(operand.body), at: location) }
        switch logic {
        case .and: return [left, right].map { Literal(.notBody([lacks($0)]), at: location) }
        case .or: return [Literal(.notBody([lacks(left), lacks(right)]), at: location)]
        }
    }
}
