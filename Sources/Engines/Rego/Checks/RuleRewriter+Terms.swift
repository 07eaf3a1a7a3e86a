extension RuleRewriter {
    /// The term; calls in it become statements of their own in front.
    func term(_ term: Term, _ supports: inout [PlainExpression], countsAsUse: Bool = true) -> PlainTerm {
        switch term.kind {
        case .value(let value): return PlainTerm(.constant(value), at: term.location)
        case .variable(let name): return variable(name, at: term.location, countsAsUse)
        case .reference(let head, let keys): return reference(head, keys, term, &supports)
        case .call(let callee, let arguments):
            var operation = operation(callee, term.location)
            // As a value it compares.
            if operation == .equality { operation = .builtin("eq") }
            if case .builtin("print") = operation {
                fail(.type, "\(term.written) used as value", at: term.location)
            }
            let inputs = arguments.map { self.term($0, &supports) }
            let output = generated(at: term.location)
            supports.append(
                PlainExpression(.call(operation, inputs + [output]), hasAddedOutput: true, at: term.location))
            return output
        case .array(let terms):
            return PlainTerm(
                .array(terms.map { self.term($0, &supports, countsAsUse: countsAsUse) }), at: term.location)
        case .set(let terms):
            return PlainTerm(.set(terms.map { self.term($0, &supports) }), at: term.location)
        case .object(let pairs):
            return PlainTerm(
                .object(
                    pairs.map {
                        (
                            key: self.term($0.key, &supports),
                            value: self.term($0.value, &supports, countsAsUse: countsAsUse)
                        )
                    }), at: term.location)
        case .arrayComprehension(let head, let body): return comprehension(.array, [head], body, term.location)
        case .setComprehension(let head, let body): return comprehension(.set, [head], body, term.location)
        case .objectComprehension(let pair, let body):
            return comprehension(.object, [pair.key, pair.value], body, term.location)
        case .template(let pieces):
            var parts: [PlainTerm] = []
            var calls: [PlainExpression] = []
            for case .expression(let literal) in pieces {
                guard case .term(let inner) = literal.kind else { continue }
                if case .call(let callee, let arguments) = inner.kind {
                    let operation = operation(callee, inner.location)
                    let inputs = arguments.map { self.term($0, &supports) }
                    // The call runs inside the text and may be undefined there.
                    let output = generated(at: term.location)
                    let call = PlainExpression(
                        .call(operation, inputs + [output]), hasAddedOutput: true, at: inner.location)
                    parts += inputs
                    calls.append(call)
                } else {
                    parts.append(self.term(inner, &supports))
                }
                for modifier in literal.modifiers { parts.append(self.term(modifier.value, &supports)) }
            }
            templateCalls += calls
            return PlainTerm(.template(parts, calls: PlainBody(calls)), at: term.location)
        }
    }

    private func variable(_ name: String, at location: Location, _ countsAsUse: Bool) -> PlainTerm {
        if name == "_" { return PlainTerm(.variable(variables.add("_")), at: location) }
        if !names.isDeclaredSomewhere(name), let path = surroundings.names.path(name) {
            return document(path, [], at: location)
        }
        if let known = names.variable(name) {
            if countsAsUse { names.see(name) }
            return PlainTerm(.variable(known), at: location)
        }
        let number = plainVariable(name)
        names.insert(name, number, .seen)
        return PlainTerm(.variable(number), at: location)
    }

    private func document(_ path: [String], _ keys: [PlainTerm], at location: Location) -> PlainTerm {
        let head = PlainTerm(.document(path[0]), at: location)
        let rest = path.dropFirst().map { PlainTerm(.constant(.string($0)), at: location) } + keys
        return rest.isEmpty ? head : PlainTerm(.reference(head, rest), at: location)
    }

    private func reference(
        _ head: Term, _ keys: [Term], _ whole: Term, _ supports: inout [PlainExpression]
    ) -> PlainTerm {
        let plainHead = term(head, &supports)
        let plainKeys = keys.map { term($0, &supports) }
        let base = subject(plainHead, &supports)
        if case .reference(let inner, let before) = base.kind {
            return PlainTerm(.reference(inner, before + plainKeys), at: whole.location)
        }
        return PlainTerm(.reference(base, plainKeys), at: whole.location)
    }

    /// What a reference can begin with: a variable or a document.
    func subject(_ term: PlainTerm, _ supports: inout [PlainExpression]) -> PlainTerm {
        switch term.kind {
        case .variable, .document, .reference: return term
        default:
            let output = generated(at: term.location)
            supports.append(PlainExpression(.call(.equality, [output, term]), at: term.location))
            return output
        }
    }

    private func comprehension(
        _ kind: PlainTerm.Comprehension, _ head: [Term], _ body: [Literal], _ location: Location
    ) -> PlainTerm {
        var used: Set<String> = []
        for term in head { term.collectNames(&used) }
        pushNames()
        var expressions = statements(body, used: used)
        let plainHead = head.map { given -> PlainTerm in
            let plain = term(given, &expressions)
            guard plain.needsEvaluation else { return plain }
            let output = generated(at: plain.location)
            expressions.append(PlainExpression(.call(.equality, [output, plain]), at: plain.location))
            return output
        }
        popNames()
        return PlainTerm(.comprehension(kind, plainHead, PlainBody(expressions)), at: location)
    }

    /// What a call's name means.
    func operation(_ callee: Term.Operator, _ location: Location) -> PlainExpression.Operator {
        switch callee {
        case .builtin(let name): return .builtin(name)
        case .name(let term):
            guard let path = term.dottedPath else { return .unknown(term.written) }
            if names.isDeclaredSomewhere(path[0]), names.variable(path[0]) != nil {
                fail(.compile, "called function \(term.written) shadowed", at: location)
                return .unknown(term.written)
            }
            if let known = surroundings.names.path(path[0]) {
                let whole = known + path.dropFirst()
                return whole[0] == "data" ? .function(Array(whole.dropFirst())) : .unknown(whole.joined(separator: "."))
            }
            let name = path.joined(separator: ".")
            return name == "eq" || name == "assign" ? .equality : .builtin(name)
        }
    }

    // MARK: With

    func modifiers(_ literal: Literal, _ supports: inout [PlainExpression]) -> [PlainExpression.With] {
        literal.modifiers.compactMap { modifier in
            guard let target = target(modifier.target) else { return nil }
            var value: PlainTerm
            if let name = modifier.value.dottedPath?.joined(separator: "."),
                !names.isDeclaredSomewhere(modifier.value.dottedPath?[0] ?? ""),
                surroundings.names.path(modifier.value.dottedPath?[0] ?? "") == nil,
                surroundings.builtins.index(of: name) != nil
            {
                value = PlainTerm(.function(name), at: modifier.value.location)
            } else {
                value = term(modifier.value, &supports)
                if value.needsEvaluation, !isFunction(value) {
                    let output = generated(at: value.location)
                    supports.append(
                        PlainExpression(.call(.equality, [output, value]), at: value.location))
                    value = output
                }
            }
            return PlainExpression.With(target: target, value: value)
        }
    }

    private func isFunction(_ term: PlainTerm) -> Bool {
        guard let path = term.dataPath, let node = surroundings.tree.existingNode(at: path),
            let group = surroundings.tree.nodes[node].group, case .function = surroundings.kinds[group]
        else { return false }
        return true
    }

    private func target(_ term: Term) -> PlainTerm? {
        var ignored: [PlainExpression] = []
        let place = term.location
        guard let path = term.dottedPath else {
            if case .reference(let head, _) = term.kind, head.variable == "input" || head.variable == "data" {
                return self.term(term, &ignored)
            }
            fail(
                .type, "with keyword target must reference existing input, data, or a function", at: place)
            return nil
        }
        if let known = surroundings.names.path(path[0]) {
            let whole = known + path.dropFirst()
            if whole[0] == "data", replacesPart(Array(whole.dropFirst())) {
                fail(.compile, "with keyword cannot partially replace virtual document(s)", at: place)
                return nil
            }
            return document(whole, [], at: place)
        }
        let name = path.joined(separator: ".")
        guard let index = surroundings.builtins.index(of: name) else {
            fail(
                .type, "with keyword target must reference existing input, data, or a function", at: place)
            return nil
        }
        let builtin = surroundings.builtins[index]
        let prefix = "with keyword replacing built-in function: "
        if ["eq", "rego.metadata.chain", "rego.metadata.rule"].contains(name) {
            fail(.compile, "\(prefix)replacement of \(RegoValue.string(name)) invalid", at: place)
        } else if name.hasPrefix("internal.") {
            fail(.compile, "\(prefix)replacement of internal function \(RegoValue.string(name)) invalid", at: place)
        } else if builtin.isRelation {
            fail(.compile, "\(prefix)target must not be a relation", at: place)
        } else if name == "print" {
            fail(.compile, "\(prefix)target must not be a void function", at: place)
        } else {
            return PlainTerm(.function(name), at: place)
        }
        return nil
    }

    /// Whether a rule stands above the path.
    private func replacesPart(_ path: [String]) -> Bool {
        for count in 1..<max(1, path.count) {
            if let node = surroundings.tree.existingNode(at: Array(path.prefix(count))),
                surroundings.tree.nodes[node].group != nil
            {
                return true
            }
        }
        return false
    }
}
