/// Arrays, sets, objects and comprehensions.
///
/// A bar behind the first term always starts a comprehension's body: what was read is never read again, so that the
/// time stays in proportion to the text.
extension Parser {
    mutating func array() throws(RegoError) -> Term {
        let location = location
        advance()
        if accept("]") { return Term(.array([]), at: location) }
        let head = try comprehensionHead()
        if accept("|") { return Term(.arrayComprehension(head, try comprehensionBody(until: "]")), at: location) }
        return Term(.array(try rest(behind: head, until: "]")), at: location)
    }

    mutating func braces() throws(RegoError) -> Term {
        let location = location
        advance()
        if accept("}") { return Term(.object([]), at: location) }
        let head = try comprehensionHead()
        if accept("|") { return Term(.setComprehension(head, try comprehensionBody(until: "}")), at: location) }
        guard accept(":") else { return Term(.set(try rest(behind: head, until: "}")), at: location) }
        let first = Term.Pair(key: head, value: try comprehensionHead())
        if accept("|") { return Term(.objectComprehension(first, try comprehensionBody(until: "}")), at: location) }
        return try isolated { (parser) throws(RegoError) in try parser.object(startingWith: first, at: location) }
    }

    /// A term that ends at a bar.
    private mutating func comprehensionHead() throws(RegoError) -> Term {
        let outer = stopsAtBar
        stopsAtBar = true
        defer { stopsAtBar = outer }
        return try membership(allowsKey: false)
    }

    private mutating func comprehensionBody(until close: String) throws(RegoError) -> [Literal] {
        let body = try isolated { (parser) throws(RegoError) in try parser.statements(until: close) }
        try expect(close)
        return body
    }

    private mutating func rest(behind first: Term, until close: String) throws(RegoError) -> [Term] {
        guard accept(",") else {
            try expect(close, "expected \",\" or \"\(close)\"")
            return [first]
        }
        return [first] + (try isolated { (parser) throws(RegoError) in try parser.list(until: close) })
    }

    private mutating func object(startingWith first: Term.Pair, at location: Location) throws(RegoError) -> Term {
        var pairs = [first]
        while accept(","), !at("}") {
            let key = try membership(allowsKey: false)
            try expect(":")
            pairs.append(.init(key: key, value: try membership(allowsKey: false)))
        }
        try expect("}", "expected \",\" or \"}\"")
        return Term(.object(pairs), at: location)
    }
}
