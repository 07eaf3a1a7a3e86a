/// Rules that have a body, a default or `contains`. A rule that is only an equation is read as a statement first; see
/// `Rule.init(statement:)`.
extension Parser {
    /// One rule, or several when bodies follow one head; nil when this is no such rule.
    mutating func rules() -> [Rule]? {
        let start = location
        let isDefault = accept(keyword: "default")
        guard isName else { return nil }
        var form = Rule.Form()
        guard var head = head(isDefault: isDefault, &form) else { return nil }
        if isDefault { return defaultRule(head, at: text(from: start.start, to: lastEnd, like: start)).map { [$0] } }
        form.usesIf = at(keyword: "if")
        if !form.usesContains, head.parameters == nil, head.reference.count == 2 {
            let key = head.reference[1]
            if form.usesIf {
                if !key.isGround || key.isReference { form.key = key }
                form.isValueAtHead = head.value == nil
            } else if head.value == nil {
                head.element = head.reference.removeLast()
            } else {
                form.key = key
            }
        }
        let body: [Literal]
        if form.usesIf {
            guard let read = ifBody() else { return nil }
            body = read
        } else if at("{") {
            guard let read = block() else { return nil }
            body = read
        } else if form.usesContains {
            form.hasGeneratedBody = true
            return [Rule(head: head, body: [], form: form, at: head.location)]
        } else {
            return nil
        }
        var alternatives: [Rule.Alternative] = []
        if at(keyword: "else") {
            if head.reference.count > 1, !head.reference.allSatisfy(\.isGround) {
                fail("else keyword cannot be used on rules with variables in head")
                return nil
            }
            if head.element != nil || form.key != nil {
                fail("else keyword cannot be used on multi-value rules")
                return nil
            }
            guard let read = self.alternatives() else { return nil }
            alternatives = read
        }
        let place = text(from: start.start, to: lastEnd, like: start)
        var rules = [Rule(head: head, body: body, alternatives: alternatives, form: form, at: place)]
        // More bodies of the same rule may follow without a head.
        while at("{") {
            guard alternatives.isEmpty else {
                fail("expected else keyword")
                return nil
            }
            let start = location
            guard let body = block() else { return nil }
            var next = head
            let place = text(from: start.start, to: lastEnd, like: start)
            next.location = place
            rules.append(Rule(head: next, body: body, form: form, at: place))
        }
        return rules
    }

    /// Behind `if`: a statement, or statements in braces. A set alone is never meant as a statement.
    private mutating func ifBody() -> [Literal]? {
        advance()
        let beginning = mark()
        if let literal = statement() {
            var isSet = false
            if case .term(let term) = literal.kind {
                if case .set(let terms) = term.kind { isSet = !terms.isEmpty || at("{") }
            }
            if !isSet { return [literal] }
        }
        restore(beginning)
        guard at("{") else {
            _ = statement()
            if errors.isEmpty { unexpected() }
            return nil
        }
        return block()
    }

    private mutating func head(isDefault: Bool, _ form: inout Rule.Form) -> Rule.Head? {
        let start = location
        let isWildcard = current.text == "_"
        let name = Term(.variable(current.text), at: start)
        if ["+", "-", "*", "/", "%", "&", "|", "==", "!=", ">", ">=", "<", "<="].contains(where: following.isSymbol),
            !isWildcard
        {
            advance()
            unexpected()
            return nil
        }
        advance()
        guard let finished = finish(name, from: start.start) else {
            unexpected("expected rule head name")
            return nil
        }
        var keys: [Term] = []
        var parameters: [Term]?
        switch finished.kind {
        case .variable: break
        case .reference(let head, let path):
            guard head.variable != nil else { return nil }
            keys = path
        case .call(.name(let operation), let arguments):
            parameters = arguments
            if case .reference(_, let path) = operation.kind { keys = path }
        default: return nil
        }
        var text = start
        text.end = start.end
        var head = Rule.Head(
            reference: [Term(.value(.string(name.variable ?? "")), at: text)] + keys, parameters: parameters,
            isAssigned: false, location: start)
        let title = finished.headTitle
        if at(keyword: "contains") {
            if parameters != nil {
                unexpected(
                    "the contains keyword can only be used with multi-value rule definitions (e.g., \(title) contains <VALUE> { ... })"
                )
            }
            advance()
            form.usesContains = true
            head.element = infixTerm()
            if head.element == nil {
                unexpected("expected rule key term (e.g., \(title) contains <VALUE> { ... })")
                return nil
            }
        } else if accept("=") {
            head.value = infixTerm()
            if head.value == nil {
                unexpected("expected rule value term (e.g., \(title)[%!s(*ast.Term=<nil>)] = <VALUE> { ... })")
            }
        } else if accept(":=") {
            head.isAssigned = true
            head.value = infixTerm()
            if head.value == nil {
                let what =
                    parameters?.isEmpty == false
                    ? "expected function value term (e.g., \(title)(...) := <VALUE> { ... })"
                    : isDefault
                        ? "expected default rule value term (e.g., default \(title) := <VALUE>)"
                        : "expected rule value term (e.g., \(title) := <VALUE> { ... })"
                unexpected(what)
            }
        }
        head.location = self.text(from: start.start, to: lastEnd, like: start)
        return head
    }

    private mutating func defaultRule(_ head: Rule.Head, at location: Location) -> Rule? {
        guard let value = head.value else {
            // A value that cannot be read has been told already.
            if errors.isEmpty { fail("illegal default rule (must have a value)", at: location) }
            return nil
        }
        if let offender = value.firstNonConstant {
            fail("illegal default rule (value cannot contain \(offender))", at: location)
            return nil
        }
        var names: Set<String> = []
        for parameter in head.parameters ?? [] {
            guard let name = parameter.variable else {
                fail("illegal default rule (arguments cannot contain \(parameter.typeName))", at: location)
                return nil
            }
            guard name == "_" || names.insert(name).inserted else {
                fail("illegal default rule (arguments cannot be repeated \(name))", at: location)
                return nil
            }
        }
        return Rule(head: head, body: [], isDefault: true, at: location)
    }

    /// `else` branches, one behind the other.
    private mutating func alternatives() -> [Rule.Alternative]? {
        var result: [Rule.Alternative] = []
        var starts: [Location] = []
        while at(keyword: "else") {
            guard let alternative = alternative() else { return nil }
            starts.append(alternative.location)
            result.append(alternative)
            if alternative.form.hasGeneratedBody { break }
        }
        // Each branch's text holds those behind it.
        for index in result.indices { result[index].location.end = lastEnd }
        return result
    }

    private mutating func alternative() -> Rule.Alternative? {
        let start = location
        advance()
        var alternative = Rule.Alternative(value: nil, body: [], location: start, headLocation: start)
        if at(":=") || at("=") {
            alternative.isAssigned = at(":=")
            advance()
            guard let value = infixTerm() else { return nil }
            alternative.value = value
            alternative.headLocation = text(from: start.start, to: lastEnd, like: start)
        } else if !at("{"), !at(keyword: "if") {
            unexpected("expected else value term or rule body")
            return nil
        }
        alternative.form.usesIf = accept(keyword: "if")
        if at("{") {
            guard let body = block() else { return nil }
            alternative.body = body
        } else if alternative.form.usesIf {
            guard !isAtEnd else {
                unexpected("rule body expected")
                return nil
            }
            guard let literal = statement() else { return nil }
            alternative.body = [literal]
        } else {
            alternative.form.hasGeneratedBody = true
        }
        return alternative
    }
}
