/// Expressions, from the loosest binding to the tightest.
extension Parser {
    /// A whole expression; `k, v in xs` is one.
    mutating func infixTerm() -> Term? { membership(allowsKey: true) }

    /// A member of a list, where a comma separates.
    mutating func listTerm() -> Term? { membership(allowsKey: false) }

    /// `x in xs`, and `k, v in xs` where a comma cannot mean anything else.
    private mutating func membership(allowsKey: Bool) -> Term? {
        guard enter() else { return nil }
        defer { leave() }
        let start = location.start
        guard var left = infix(0) else { return nil }
        while true {
            if allowsKey, at(",") {
                let mark = mark()
                advance()
                if let value = infix(0), accept(keyword: "in"), let collection = infix(0) {
                    left = call("internal.member_3", [left, value, collection], from: start)
                    if at(keyword: "in") { continue }
                    return left
                }
                restore(mark)
            }
            guard accept(keyword: "in") else { return left }
            // A reader that finds no collection has told so.
            guard let collection = infix(0) else { return left }
            left = call("internal.member_2", [left, collection], from: start)
            guard at(keyword: "in") else { return left }
        }
    }

    private func call(_ name: String, _ arguments: [Term], from start: Int) -> Term {
        Term(
            .call(.builtin(name), arguments), at: text(from: start, to: lastEnd, like: arguments[0].location))
    }

    /// The infix signs by how tightly they bind.
    private static let levels: [[String: String]] = [
        ["==": "equal", "!=": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"],
        ["|": "or"],
        ["&": "and"],
        ["+": "plus", "-": "minus"],
        ["*": "mul", "/": "div", "%": "rem"],
    ]

    private mutating func infix(_ level: Int) -> Term? {
        guard level < Self.levels.count else { return term() }
        let start = location.start
        guard var left = infix(level + 1) else { return nil }
        while current.kind == .symbol, let name = Self.levels[level][current.text] {
            advance()
            guard let right = infix(level + 1) else { return left }
            left = call(name, [left, right], from: start)
        }
        return left
    }

    /// A term with the keys and calls behind it.
    mutating func term() -> Term? {
        remembered { parser in
            guard parser.enter() else { return nil }
            defer { parser.leave() }
            let start = parser.location.start
            guard let term = parser.atom() else { return nil }
            return parser.finish(term, from: start)
        }
    }

    /// Takes `.name`, `[key]` and `(arguments)` that stand directly behind.
    mutating func finish(_ head: Term, from start: Int) -> Term? {
        var term = head
        var keys: [Term] = []
        func reference(_ parser: Parser, to end: Int) -> Term {
            guard !keys.isEmpty else { return term }
            return Term(.reference(term, keys), at: parser.text(from: start, to: end, like: head.location))
        }
        while !current.hasSpaceBefore {
            if at(".") || at("["), keys.isEmpty, !checkReferenceHead(term) { return nil }
            if at(".") {
                advance()
                guard current.kind == .word, !current.hasSpaceBefore else {
                    unexpected("expected identifier")
                    return nil
                }
                keys.append(Term(.value(.string(current.text)), at: location))
                advance()
            } else if at("[") {
                advance()
                guard let key = infixTerm() else { return nil }
                guard at("]") else {
                    unexpected("expected [")
                    return nil
                }
                keys.append(key)
                advance()
            } else if at("(") {
                let operation = reference(self, to: location.start)
                guard keys.isEmpty ? operation.variable != nil : true else {
                    guard checkReferenceHead(term) else { return nil }
                    return operation
                }
                guard let result = call(operation, from: start) else { return nil }
                term = result
                keys = []
            } else {
                break
            }
        }
        return reference(self, to: lastEnd)
    }

    private mutating func checkReferenceHead(_ term: Term) -> Bool {
        guard case .value(let value) = term.kind, value.array == nil, value.object == nil, value.set == nil else {
            return true
        }
        fail("illegal ref (head cannot be \(value.typeName))", at: term.location)
        return false
    }

    /// The arguments in parentheses behind a name.
    private mutating func call(_ operation: Term, from start: Int) -> Term? {
        var named = operation
        if case .variable = operation.kind {
            named = Term(
                operation.kind, at: text(from: start, to: location.start, like: operation.location))
        }
        advance()
        var arguments: [Term] = []
        if !at(")") {
            guard let list = list(until: ")") else { return nil }
            arguments = list
        }
        let end = location.end
        advance()
        let place = text(from: start, to: end, like: operation.location)
        if arguments.isEmpty, operation.variable == "set" { return Term(.set([]), at: place) }
        return Term(.call(.name(named), arguments), at: place)
    }

    /// Terms separated by commas, a last comma allowed, up to the closing sign, which is not taken.
    mutating func list(until close: String, startingWith terms: [Term] = []) -> [Term]? {
        var terms = terms
        if at(close) { return terms }
        while true {
            guard let term = listTerm() else { return nil }
            terms.append(term)
            if at(close) { return terms }
            guard accept(",") else {
                unexpected("expected \",\" or \"\(close)\"")
                return nil
            }
            if at(close) { return terms }
        }
    }

    private mutating func atom() -> Term? {
        let token = current
        switch token.kind {
        case .word:
            if isName || token.text == "contains" {
                advance()
                return Term(.variable(token.text), at: token.location)
            }
            let values: [String: RegoValue] = ["null": .null, "true": .bool(true), "false": .bool(false)]
            guard let value = values[token.text] else { break }
            advance()
            return Term(.value(value), at: token.location)
        case .number: return number()
        case .string:
            advance()
            return Term(.value(.string(token.text)), at: token.location)
        case .template: return template()
        case .symbol:
            switch token.text {
            case "-", ".": return number()
            case "(": return parenthesised()
            case "[": return array()
            case "{": return braces()
            default: break
            }
        default: break
        }
        unexpected()
        return nil
    }

    private mutating func parenthesised() -> Term? {
        let start = location.start
        advance()
        guard let inner = infixTerm() else { return nil }
        guard at(")") else {
            fail("non-terminated expression")
            return nil
        }
        let end = location.end
        advance()
        return Term(inner.kind, at: text(from: start, to: end, like: inner.location))
    }

    private mutating func number() -> Term? {
        let start = location
        var prefix = ""
        if accept("-") {
            prefix = "-"
            guard current.kind == .number || at(".") else {
                unexpected("expected number")
                return nil
            }
        }
        if accept(".") {
            prefix += "0."
            guard current.kind == .number else {
                unexpected("expected number")
                return nil
            }
        }
        let text = current.text
        let digits = Array(text.utf8)
        if !prefix.hasSuffix("."), digits.count > 1, digits[0] == 48, digits[1] != UInt8(ascii: "."),
            digits[1] | 0x20 != UInt8(ascii: "e")
        {
            unexpected("expected number without leading zero")
            return nil
        }
        guard let number = RegoNumber(prefix + text) else {
            fail("number too big")
            return nil
        }
        let place = self.text(from: start.start, to: location.end, like: start)
        advance()
        return Term(.value(.number(number)), at: place)
    }
}
