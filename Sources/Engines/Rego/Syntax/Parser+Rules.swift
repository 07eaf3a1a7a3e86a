/// Rules: head, body, alternatives.
extension Parser {
    /// One rule as it is written; several when bodies follow one head.
    mutating func rule() throws(RegoError) -> [Rule] {
        let location = location
        let isDefault = current.isKeyword("default") && !isName
        if isDefault { advance() }
        if current.kind == .keyword, !isName, !(current.text == "contains" && following.isSymbol("(")) {
            throw unexpected()
        }
        var head = try head(isDefault: isDefault)
        if isDefault { return [try defaultRule(head, at: location)] }
        var bodies: [[Literal]] = []
        let usesIf = accept(keyword: "if")
        if usesIf {
            bodies.append(try ifBody())
        } else if at("{"), !current.startsLine || version == .v0 {
            bodies.append(try block())
            if version == .v1 {
                var errors = "`if` keyword is required before rule body"
                if head.isPartialSetInOldRego { errors += " and `contains` keyword is required for partial set rules" }
                throw RegoError(.parse, errors, at: location)
            }
        } else {
            bodies.append([])
        }
        if version == .v0, head.isPartialSetInOldRego, !usesIf {
            head.element = head.reference.removeLast()
        }
        if version == .v1, !usesIf, head.isPartialSetInOldRego {
            throw RegoError(.parse, "`contains` keyword is required for partial set rules", at: location)
        }
        let alternatives = try alternatives()
        var rules = [Rule(head: head, body: bodies[0], alternatives: alternatives, at: location)]
        // More bodies of the same rule may follow without a head.
        while at("{"), alternatives.isEmpty, !bodies[0].isEmpty {
            let start = self.location
            rules.append(Rule(head: head, body: try block(), at: start))
        }
        return rules
    }

    private mutating func ifBody() throws(RegoError) -> [Literal] {
        guard at("{") else { return [try statement()] }
        let start = index
        let outcome: Result<[Literal], RegoError> = Result { () throws(RegoError) in try block() }
        if case .success(let body) = outcome, isAtEnd || current.startsLine || current.isKeyword("else") || at(";") {
            return body
        }
        let end = index
        // Not a body: a set or object as a statement.
        index = start
        if let literal = try? statement(), isAtEnd || current.startsLine || current.isKeyword("else") {
            return [literal]
        }
        index = end
        return try outcome.get()
    }

    private mutating func head(isDefault: Bool) throws(RegoError) -> Rule.Head {
        let location = location
        var reference: [Term] = []
        guard isName || current.isKeyword("contains") else {
            throw RegoError(.parse, unexpected().message, at: location)
        }
        reference.append(Term(.value(.string(current.text)), at: location))
        let name = current.text
        advance()
        var parameters: [Term]?
        while !current.hasSpaceBefore {
            if at("."), parameters == nil {
                reference.append(try field())
            } else if at("["), parameters == nil {
                advance()
                reference.append(try isolated { (parser) throws(RegoError) in try parser.membership(allowsKey: false) })
                try expect("]")
            } else if at("("), parameters == nil {
                advance()
                parameters = try arguments()
            } else if parameters != nil, at(".") || at("[") {
                throw RegoError(.parse, "invalid rule head: \(name)(…).\(following.text)", at: location)
            } else {
                break
            }
        }
        if name == "_" { throw RegoError(.parse, "var cannot be used for rule name", at: location) }
        var head = Rule.Head(reference: reference, parameters: parameters, isAssigned: false, location: location)
        if !isDefault, accept(keyword: "contains") {
            head.element = try membership(allowsKey: true)
        } else if at(":=") || at("=") {
            head.isAssigned = at(":=")
            advance()
            guard !at("}"), !isAtEnd else {
                throw isAtEnd ? unexpected() : unexpected("expected rule value term (e.g., \(name) := <VALUE> { ... })")
            }
            head.value = try membership(allowsKey: true)
            if current.isKeyword("with") {
                throw RegoError(.parse, "expressions using with keyword cannot be used for rule head", at: location)
            }
        }
        return head
    }

    private func defaultRule(_ head: Rule.Head, at location: Location) throws(RegoError) -> Rule {
        guard let value = head.value else {
            throw RegoError(.parse, "illegal default rule (must have a value)", at: location)
        }
        if let offender = value.firstNonConstant {
            throw RegoError(.parse, "illegal default rule (value cannot contain \(offender))", at: location)
        }
        if current.isKeyword("if") && !isName || at("{"), !current.startsLine { throw unexpected() }
        return Rule(head: head, body: [], isDefault: true, at: location)
    }

    private mutating func alternatives() throws(RegoError) -> [Rule.Alternative] {
        var result: [Rule.Alternative] = []
        while current.isKeyword("else"), !isName {
            let location = location
            advance()
            var value: Term?
            if accept(":=") || accept("=") { value = try membership(allowsKey: true) }
            var body: [Literal] = []
            if accept(keyword: "if") {
                body = try ifBody()
            } else if at("{") {
                guard version == .v0 else {
                    throw RegoError(.parse, "`if` keyword is required before rule body", at: location)
                }
                body = try block()
            }
            result.append(.init(value: value, body: body, location: location))
        }
        return result
    }
}

extension Rule.Head {
    /// `p[x]` without a value: a set in old Rego.
    var isPartialSetInOldRego: Bool {
        reference.count == 2 && parameters == nil && element == nil && value == nil
    }
}

extension Term {
    /// The kind of the first part that a default value may not have.
    var firstNonConstant: String? {
        switch kind {
        case .value, .arrayComprehension, .setComprehension, .objectComprehension: nil
        case .variable: "var"
        case .reference: "ref"
        case .call: "call"
        case .template: "template string"
        case .array(let terms), .set(let terms): terms.lazy.compactMap(\.firstNonConstant).first
        case .object(let pairs): pairs.lazy.compactMap { $0.key.firstNonConstant ?? $0.value.firstNonConstant }.first
        }
    }
}
