/// Which variables a body has.
extension Lowering {
    /// Declares the variables that the body's own statements name, so that nested bodies see them wherever they stand.
    func declare(_ body: [Literal], _ scope: Scope) {
        for literal in body { declareExplicit(literal, scope) }
        for literal in body { visit(literal) { self.declareImplicit($0, scope) } }
    }

    private func declareExplicit(_ literal: Literal, _ scope: Scope) {
        switch literal.kind {
        case .some(let names):
            for name in names {
                if let text = name.variable, scope.isDeclaredHere(text) {
                    errors.append(RegoError(.compile, "var \(text) declared above", at: literal.location))
                }
                guard let text = name.variable, text != "_", !scope.isDeclaredHere(text) else { continue }
                scope.declare(text, slot: newSlot(named: text, at: .none))
            }
        case .someIn(let key, let value, _):
            var names: [Term] = []
            if let key { collectPattern(key, &names) }
            collectPattern(value, &names)
            for name in names { declare(name, scope) }
        case .assign(let left, _):
            var names: [Term] = []
            collectPattern(left, &names)
            if case .reference = left.kind {
                errors.append(RegoError(.compile, "cannot assign to ref", at: left.location))
            }
            for name in names {
                guard let text = name.variable, text != "_" else { continue }
                if text == "input" || text == "data" {
                    errors.append(
                        RegoError(
                            .compile, "variables must not shadow \(text) (use a different variable name)",
                            at: name.location))
                } else if scope.isDeclaredHere(text) {
                    errors.append(RegoError(.compile, "var \(text) assigned above", at: name.location))
                }
                declare(name, scope)
            }
        default: break
        }
    }

    private func declare(_ term: Term, _ scope: Scope) {
        guard let name = term.variable, name != "_", !scope.isDeclaredHere(name) else { return }
        scope.declare(name, slot: newSlot(named: name, at: term.location))
    }

    private func declareImplicit(_ term: Term, _ scope: Scope) {
        guard let name = term.variable, name != "_", scope.slot(name) == nil, surroundings.names.path(name) == nil
        else {
            return
        }
        scope.declare(name, slot: newSlot(named: name, at: term.location))
    }

    /// Variables that a pattern fills.
    func collectPattern(_ term: Term, _ names: inout [Term]) {
        switch term.kind {
        case .variable: names.append(term)
        case .array(let terms): for term in terms { collectPattern(term, &names) }
        case .object(let pairs): for pair in pairs { collectPattern(pair.value, &names) }
        default: break
        }
    }

    /// Every variable outside nested bodies.
    func visit(_ literal: Literal, _ body: (Term) -> Void) {
        switch literal.kind {
        case .term(let term): visit(term, body)
        case .unify(let left, let right), .assign(let left, let right):
            visit(left, body)
            visit(right, body)
        case .not(let negated): if !surroundings.hasSafeNegation { visit(negated, body) }
        case .notBody, .some: break
        case .logical(_, let left, let right):
            // A side without braces has no variables of its own.
            for side in [left, right] where !side.isExplicit { for inner in side.body { visit(inner, body) } }
        case .someIn(let key, let value, let collection):
            if let key { visit(key, body) }
            visit(value, body)
            visit(collection, body)
        case .every(_, _, let domain, _): visit(domain, body)
        }
        for modifier in literal.modifiers { visit(modifier.value, body) }
    }

    func visit(_ term: Term, _ body: (Term) -> Void) {
        switch term.kind {
        case .value, .arrayComprehension, .setComprehension, .objectComprehension: break
        case .variable: body(term)
        case .reference(let head, let keys):
            visit(head, body)
            for key in keys { visit(key, body) }
        case .call(_, let arguments): for argument in arguments { visit(argument, body) }
        case .array(let terms), .set(let terms): for term in terms { visit(term, body) }
        case .object(let pairs):
            for pair in pairs {
                visit(pair.key, body)
                visit(pair.value, body)
            }
        case .template(let pieces):
            for case .expression(let literal) in pieces { visit(literal, body) }
        }
    }
}
