/// Arrays, sets, objects and comprehensions.
///
/// A bar directly behind the first term starts a comprehension's body; where no body can be read it is the union.
extension Parser {
    mutating func array() -> Term? {
        let start = location
        advance()
        func finish(_ parser: inout Parser, _ kind: Term.Kind) -> Term {
            let place = parser.text(from: start.start, to: parser.location.end, like: start)
            parser.advance()
            return Term(kind, at: place)
        }
        if at("]") { return finish(&self, .array([])) }
        let mayBeComprehension = !accept(",")
        let beginning = mark()
        guard let head = term() else { return nil }
        if at("]") { return finish(&self, .array([head])) }
        if accept(",") {
            guard let terms = list(until: "]", startingWith: [head]) else { return nil }
            return finish(&self, .array(terms))
        }
        if at("|"), mayBeComprehension {
            advance()
            if let body = body(until: "]") { return finish(&self, .arrayComprehension(head, body)) }
            guard at(",") else { return nil }
        }
        restore(beginning)
        guard let terms = list(until: "]") else { return nil }
        return finish(&self, .array(terms))
    }

    mutating func braces() -> Term? {
        let start = location
        advance()
        guard let kind = members() else { return nil }
        let place = text(from: start.start, to: location.end, like: start)
        advance()
        return Term(kind, at: place)
    }

    /// What stands in braces; the closing one is not taken.
    private mutating func members() -> Term.Kind? {
        if at("}") { return .object([]) }
        let mayBeComprehension = !accept(",")
        let beginning = mark()
        guard let head = term() else { return nil }
        if at("|"), mayBeComprehension {
            advance()
            if let body = body(until: "}") { return .setComprehension(head, body) }
            guard at(",") else { return nil }
            restore(beginning)
            return list(until: "}").map { .set($0) }
        }
        if at("}") || at(",") { return set(startingWith: head) }
        if at(":") { return object(startingWith: head, mayBeComprehension) }
        restore(beginning)
        guard let head = listTerm() else { return nil }
        if at("}") || at(",") { return set(startingWith: head) }
        if at(":") { return object(startingWith: head, mayBeComprehension) }
        unexpected("non-terminated set")
        return nil
    }

    private mutating func set(startingWith head: Term) -> Term.Kind? {
        guard accept(",") else { return .set([head]) }
        return list(until: "}", startingWith: [head]).map { .set($0) }
    }

    private mutating func object(startingWith key: Term, _ mayBeComprehension: Bool) -> Term.Kind? {
        advance()
        let beginning = mark()
        guard let value = term() else { return nil }
        if at("}") || at(",") { return pairs(startingWith: .init(key: key, value: value)) }
        if at("|"), mayBeComprehension {
            advance()
            if let body = body(until: "}") {
                return .objectComprehension(.init(key: key, value: value), body)
            }
        }
        restore(beginning)
        guard let value = listTerm() else { return nil }
        if at("}") || at(",") { return pairs(startingWith: .init(key: key, value: value)) }
        unexpected("non-terminated object")
        return nil
    }

    private mutating func pairs(startingWith first: Term.Pair) -> Term.Kind? {
        var pairs = [first]
        while accept(","), !at("}") {
            guard let key = listTerm() else { return nil }
            guard at(":") else {
                unexpected("expected \":\"")
                return nil
            }
            advance()
            guard let value = listTerm() else { return nil }
            pairs.append(.init(key: key, value: value))
            guard at(",") || at("}") else {
                unexpected("expected \",\" or \"}\"")
                return nil
            }
        }
        return .object(pairs)
    }
}
