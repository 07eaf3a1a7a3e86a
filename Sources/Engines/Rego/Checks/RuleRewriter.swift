/// Turns a rule into plain statements and tells what is wrong with its names on the way.
final class RuleRewriter {
    let surroundings: Lowering.Surroundings
    let isStrict: Bool
    private(set) var names = DeclaredNames()
    var variables = PlainVariables()
    private(set) var errors: [RegoError] = []
    private var plainNames: [String: Int] = [:]
    /// Calls inside interpolated texts: only their names and arguments are looked at.
    var templateCalls: [PlainExpression] = []

    init(_ surroundings: Lowering.Surroundings, isStrict: Bool) {
        self.surroundings = surroundings
        self.isStrict = isStrict
    }

    func fail(_ code: RegoError.Code, _ message: String, at location: Location) {
        errors.append(RegoError(code, message, at: location))
    }

    func pushNames() { names.push() }
    func popNames() { names.pop() }

    /// The variable of a name that nothing declares; it is the same everywhere in the rule.
    func plainVariable(_ name: String) -> Int {
        if let known = plainNames[name] { return known }
        let number = variables.add(name)
        plainNames[name] = number
        return number
    }

    func generated(at location: Location) -> PlainTerm {
        PlainTerm(.variable(variables.add("_", isGenerated: true)), at: location)
    }

    // MARK: Rules

    func rules(_ rule: Rule, _ module: Module) -> [PlainRule] {
        var result = [
            plain(
                rule, module, value: rule.head.value, element: rule.head.element, body: rule.body,
                location: rule.location, head: rule.head.location)
        ]
        for alternative in rule.alternatives {
            names = DeclaredNames()
            plainNames = [:]
            result.append(
                plain(
                    rule, module, value: alternative.value, element: nil, body: alternative.body,
                    location: alternative.location, head: alternative.headLocation))
        }
        return result
    }

    private func plain(
        _ rule: Rule, _ module: Module, value: Term?, element: Term?, body: [Literal], location: Location,
        head: Location
    ) -> PlainRule {
        var parameterNames: Set<String> = []
        for parameter in rule.head.parameters ?? [] { parameter.collectNames(&parameterNames) }
        for name in parameterNames.sorted() where name != "_" && name != "data" && name != "input" {
            guard isPattern(name, rule.head.parameters ?? []) || surroundings.names.path(name) == nil else { continue }
            names.insert(name, variables.add(name), .argument)
        }
        var supports: [PlainExpression] = []
        let parameters = (rule.head.parameters ?? []).map { term($0, &supports) }
        var used: Set<String> = []
        for key in rule.head.reference.dropFirst() { key.collectNames(&used) }
        element?.collectNames(&used)
        value?.collectNames(&used)
        var expressions = statements(body, used: used)
        expressions = supports + expressions
        if isStrict, errors.isEmpty { checkArguments(rule, parameterNames, used, body) }
        let keys = rule.head.reference.dropFirst()
        let texts = keys.prefix { $0.value?.string != nil }.compactMap { $0.value?.string }
        let path = module.package + [rule.head.reference[0].value?.string ?? ""] + texts
        func evaluated(_ given: Term?) -> PlainTerm? {
            guard let given else { return nil }
            let plain = term(given, &expressions)
            guard plain.needsEvaluation else { return plain }
            let output = generated(at: plain.location)
            expressions.append(
                PlainExpression(.call(.equality, [output, plain]), at: plain.location))
            return output
        }
        let plainKeys = keys.dropFirst(texts.count).compactMap { evaluated($0) }
        let plainElement = evaluated(element)
        let plainValue = element == nil ? evaluated(value) ?? PlainTerm(.constant(.bool(true)), at: head) : nil
        return PlainRule(
            rule: rule, module: module, path: path, keys: Array(plainKeys), parameters: parameters,
            element: plainElement, value: plainValue, body: PlainBody(expressions), location: location,
            isDefault: rule.isDefault)
    }

    private func isPattern(_ name: String, _ parameters: [Term]) -> Bool {
        parameters.contains { $0.patternNames.contains(name) }
    }

    private func checkArguments(_ rule: Rule, _ parameters: Set<String>, _ used: Set<String>, _ body: [Literal]) {
        guard !rule.isDefault else { return }
        var seen = used
        for literal in body { literal.collectNames(&seen) }
        for alternative in rule.alternatives {
            alternative.value?.collectNames(&seen)
            for literal in alternative.body { literal.collectNames(&seen) }
        }
        for name in parameters.sorted() where name != "_" && !seen.contains(name) {
            fail(
                .compile, "unused argument \(name). (hint: use _ (wildcard variable) instead)", at: rule.location)
        }
    }

    // MARK: Bodies

    /// The statements of a body whose frame is the top one.
    func statements(_ body: [Literal], used: Set<String>) -> [PlainExpression] {
        for literal in body { names.top.declaredSomewhere.formUnion(literal.declaredNames) }
        var result: [PlainExpression] = []
        for literal in body { append(literal, to: &result) }
        checkUse(body, used, result)
        return result
    }

    private func checkUse(_ body: [Literal], _ used: Set<String>, _ plain: [PlainExpression]) {
        guard errors.isEmpty else { return }
        let frame = names.top
        func place(_ name: String) -> Location {
            (body.first { $0.declaredNames.contains(name) } ?? body.first)?.location ?? .none
        }
        if isStrict {
            for (name, occurrence) in frame.occurrences.sorted(by: { $0.key < $1.key })
            where occurrence == .assigned && name != "_" && names.count(name) <= 1 && !used.contains(name) {
                fail(.compile, "assigned var \(name) unused", at: place(name))
            }
            guard errors.isEmpty else { return }
        }
        guard frame.occurrences.values.contains(.declared) else { return }
        var found: Set<Int> = []
        for expression in plain { expression.collectAllVariables(&found) }
        for (name, occurrence) in frame.occurrences.sorted(by: { $0.key < $1.key })
        where occurrence == .declared && name != "_" && !used.contains(name) {
            guard let variable = frame.variables[name], !found.contains(variable) else { continue }
            fail(.compile, "declared var \(name) unused", at: place(name))
        }
    }

    private func declare(_ name: String, _ occurrence: DeclaredNames.Occurrence, at location: Location) {
        if let conflict = names.conflict(name) { return fail(.compile, conflict, at: location) }
        names.insert(name, variables.add(name), occurrence)
    }

    private func append(_ literal: Literal, to result: inout [PlainExpression]) {
        var supports: [PlainExpression] = []
        var inner: [PlainExpression] = []
        func finish(_ expression: PlainExpression, _ modifiers: [PlainExpression.With]) {
            for support in inner { support.modifiers = modifiers }
            expression.modifiers = modifiers
            result += supports + inner + [expression]
        }
        switch literal.kind {
        case .some(let symbols):
            for symbol in symbols {
                if let name = symbol.variable, name != "_" { declare(name, .declared, at: literal.location) }
            }
        case .someIn(let key, let value, let collection):
            let source = term(collection, &inner)
            for name in literal.declaredNames.sorted() where name != "_" {
                declare(name, .declared, at: literal.location)
            }
            let plainKey = key.map { term($0, &inner) } ?? generated(at: literal.location)
            let plainValue = term(value, &inner)
            let head = subject(source, &inner)
            let reference: PlainTerm
            if case .reference(let base, let keys) = head.kind {
                reference = PlainTerm(.reference(base, keys + [plainKey]), at: head.location)
            } else {
                reference = PlainTerm(.reference(head, [plainKey]), at: head.location)
            }
            let modifiers = modifiers(literal, &supports)
            finish(
                PlainExpression(.call(.equality, [plainValue, reference]), at: literal.location), modifiers)
        case .every(let key, let value, let domain, let body):
            let source = term(domain, &inner)
            let plainDomain = generated(at: domain.location)
            inner.append(
                PlainExpression(.call(.equality, [plainDomain, source]), at: domain.location))
            let modifiers = modifiers(literal, &supports)
            names.push()
            func symbol(_ term: Term) -> PlainTerm {
                guard let name = term.variable, name != "_" else { return generated(at: term.location) }
                declare(name, .declared, at: literal.location)
                return PlainTerm(.variable(names.variable(name) ?? variables.add(name)), at: term.location)
            }
            let plainKey = key.map(symbol) ?? generated(at: literal.location)
            let plainValue = symbol(value)
            let isUsed = Set([key?.variable, value.variable].compactMap { $0 })
            let expressions = statements(body, used: isUsed)
            names.pop()
            finish(
                PlainExpression(
                    .every(key: plainKey, value: plainValue, domain: plainDomain, PlainBody(expressions)),
                    at: literal.location), modifiers)
        case .notBody(let body):
            names.push()
            let expressions = statements(body, used: [])
            names.pop()
            let modifiers = modifiers(literal, &supports)
            finish(PlainExpression(.not(PlainBody(expressions), needs: []), at: literal.location), modifiers)
        case .logical(let logic, let left, let right):
            let sides = [left, right].map { operand($0, logic, at: literal.location) }
            finish(sides[0], modifiers(literal, &supports))
            result.append(sides[1])
            sides[1].modifiers = sides[0].modifiers
        case .not(let negated):
            if case .assign = negated.kind {
                fail(.compile, "cannot assign vars inside negated expression", at: literal.location)
                return
            }
            let kind = plainKind(negated, &inner)
            let modifiers = modifiers(literal, &supports)
            finish(PlainExpression(kind, isNegated: true, at: literal.location), modifiers)
        case .assign(let left, let right):
            let value = term(right, &inner)
            let modifiers = modifiers(literal, &supports)
            declarePattern(left)
            let target = term(left, &inner, countsAsUse: false)
            finish(PlainExpression(.call(.equality, [target, value]), at: literal.location), modifiers)
        case .term, .unify:
            let kind = plainKind(literal, &inner)
            let modifiers = modifiers(literal, &supports)
            finish(PlainExpression(kind, at: literal.location), modifiers)
        }
    }

    /// A side of `and` or `or`: only one in braces may give variables a value.
    private func operand(_ side: Literal.Operand, _ logic: Literal.Logic, at location: Location) -> PlainExpression {
        var needs: [PlainTerm] = []
        if !side.isExplicit {
            for literal in side.body {
                if case .assign = literal.kind {
                    fail(
                        .compile, "cannot assign vars inside implicit \(logic.rawValue) operand", at: literal.location)
                }
            }
            needs = openNames(side).map { name in
                PlainTerm(.variable(names.variable(name) ?? plainVariable(name)), at: side.body[0].location)
            }
        }
        names.push()
        let expressions = statements(side.body, used: [])
        names.pop()
        return PlainExpression(.not(PlainBody(expressions), needs: needs), at: location)
    }

    /// Variables that the operand names outside of bodies.
    private func openNames(_ side: Literal.Operand) -> [String] {
        var found: Set<String> = []
        let lowering = Lowering(surroundings)
        for literal in side.body {
            lowering.visit(literal) { term in
                if let name = term.variable, name != "_" { found.insert(name) }
            }
        }
        return found.filter { names.isDeclaredSomewhere($0) || surroundings.names.path($0) == nil }.sorted()
    }

    private func declarePattern(_ term: Term) {
        switch term.kind {
        case .variable(let name):
            if name != "_" { declare(name, .assigned, at: term.location) }
        case .array(let terms): for term in terms { declarePattern(term) }
        case .object(let pairs): for pair in pairs { declarePattern(pair.value) }
        default: fail(.compile, "cannot assign to \(term.typeName)", at: term.location)
        }
    }

    private func plainKind(_ literal: Literal, _ supports: inout [PlainExpression]) -> PlainExpression.Kind {
        switch literal.kind {
        case .unify(let left, let right):
            let one = term(left, &supports)
            return .call(.equality, [one, term(right, &supports)])
        case .term(let whole):
            if case .call(let callee, let arguments) = whole.kind {
                let operation = operation(callee, whole.location)
                return .call(operation, arguments.map { term($0, &supports) })
            }
            return .term(term(whole, &supports))
        default: return .term(PlainTerm(.constant(.bool(true)), at: literal.location))
        }
    }
}
