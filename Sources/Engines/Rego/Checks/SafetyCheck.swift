/// Finds an order in which every statement has what it needs; what is left over is lacking.
struct SafetyCheck {
    let arity: (PlainExpression.Operator) -> Int?
    /// Variables without a value, with the statement that lacks them.
    private(set) var lacking: [(variable: Int, location: Location)] = []

    init(arity: @escaping (PlainExpression.Operator) -> Int?) { self.arity = arity }

    /// Puts the body into order; false when that is not possible.
    mutating func order(_ body: PlainBody, given: Set<Int>) {
        let expressions = body.expressions
        let own = expressions.map(\.variables)
        let bodyVariables = own.reduce(into: given) { $0.formUnion($1) }
        let closed = expressions.map {
            $0.closureVariables.intersection(bodyVariables).subtracting(given)
        }
        var safe = given
        var isPlaced = Array(repeating: false, count: expressions.count)
        var ordered: [PlainExpression] = []
        var needed = own.map { $0.subtracting(given) }
        while true {
            let count = ordered.count
            for (index, expression) in expressions.enumerated() where !isPlaced[index] {
                let outputs = Outputs(arity: arity).of(expression, safe: safe)
                let missing = closed[index].subtracting(safe).subtracting(outputs)
                if !missing.isEmpty {
                    if missing != closed[index] { needed[index] = missing }
                    continue
                }
                needed[index].subtract(outputs.union(safe))
                guard needed[index].isEmpty else { continue }
                isPlaced[index] = true
                ordered.append(expression)
                safe.formUnion(outputs)
            }
            if ordered.count == count { break }
        }
        for (index, expression) in expressions.enumerated() where !isPlaced[index] {
            var missing = needed[index]
            if missing.isEmpty { missing = closed[index].subtracting(safe) }
            for variable in missing { lacking.append((variable, expression.location)) }
        }
        checkClosures(ordered, given: given)
        if ordered.count == expressions.count { body.expressions = ordered }
    }

    private mutating func checkClosures(_ ordered: [PlainExpression], given: Set<Int>) {
        var known = given
        for expression in ordered {
            for closure in expression.closures {
                let inner = known.union(expression.variables).union(closure.given)
                let own = closure.body.expressions.reduce(into: inner) { $0.formUnion($1.variables) }
                for term in closure.head {
                    for variable in term.variables().subtracting(own) {
                        lacking.append((variable, expression.location))
                    }
                }
                order(closure.body, given: inner)
            }
            known.formUnion(expression.variables)
        }
    }

    /// What to tell: people's variables once each, at the first statement that lacks them.
    func errors(_ variables: PlainVariables) -> [RegoError] {
        var places: [String: Location] = [:]
        for (variable, location) in lacking where !variables[variable].isGenerated {
            let name = variables[variable].name
            if let known = places[name], (known.row, known.column) <= (location.row, location.column) { continue }
            places[name] = location
        }
        if !places.isEmpty {
            return places.sorted { $0.key < $1.key }.map { name, location in
                let hint =
                    Parser.futureKeywords.contains(name)
                    ? " (hint: `import future.keywords.\(name)` to import a future keyword)" : ""
                return RegoError(.unsafeVariable, "var \(name) is unsafe\(hint)", at: location)
            }
        }
        guard let first = lacking.map(\.location).min(by: { ($0.row, $0.column) < ($1.row, $1.column) }) else {
            return []
        }
        return [RegoError(.unsafeVariable, "expression is unsafe", at: first)]
    }
}

/// The variables that a statement gives values to.
struct Outputs {
    let arity: (PlainExpression.Operator) -> Int?

    func of(_ expression: PlainExpression, safe: Set<Int>) -> Set<Int> {
        if expression.isNegated { return [] }
        for modifier in expression.modifiers where !modifier.value.variables().isSubset(of: safe) { return [] }
        switch expression.kind {
        case .term, .every: return references(expression.terms, safe)
        case .not: return []
        case .call(.equality, let arguments):
            guard arguments.count == 2 else { return [] }
            return equality(arguments[0], arguments[1], safe)
        case .call(.builtin("print"), _): return []
        case .call(let operation, let arguments):
            guard let count = arity(operation) else { return [] }
            var result = references(arguments, safe)
            guard arguments.count > count else { return result }
            var inputs: Set<Int> = []
            for input in arguments.prefix(count) { input.collect(&inputs) }
            guard inputs.isSubset(of: result.union(safe)) else { return [] }
            for output in arguments.dropFirst(count) {
                output.collect(&result, without: [.closures, .referenceHeads, .sets, .objectKeys])
            }
            return result
        }
    }

    /// Variables among the keys of references whose head is known.
    private func references(_ terms: [PlainTerm], _ safe: Set<Int>) -> Set<Int> {
        var result: Set<Int> = []
        for term in terms {
            term.visit { inner in
                guard case .reference(let head, let keys) = inner.kind, head.variables().isSubset(of: safe) else {
                    return
                }
                for key in keys { key.collect(&result, without: [.closures, .referenceHeads]) }
            }
        }
        return result
    }

    private func equality(_ left: PlainTerm, _ right: PlainTerm, _ given: Set<Int>) -> Set<Int> {
        var safe = given.union(references([left, right], given))
        // Each side may make the other known, so that it is asked until nothing changes.
        while true {
            let count = safe.count
            unify(left, right, &safe)
            if safe.count == count { break }
        }
        return safe.subtracting(given)
    }

    private func isKnown(_ term: PlainTerm, _ safe: Set<Int>) -> Bool {
        switch term.kind {
        case .reference(let head, _): head.variables().isSubset(of: safe)
        case .comprehension: true
        default: term.variables().isSubset(of: safe)
        }
    }

    private func unify(_ left: PlainTerm, _ right: PlainTerm, _ safe: inout Set<Int>) {
        switch (left.kind, right.kind) {
        case (.array(let one), .array(let other)):
            guard one.count == other.count else { return }
            for (element, another) in zip(one, other) { unify(element, another, &safe) }
        case (.object(let one), .object(let other)):
            for pair in one {
                guard case .constant(let key) = pair.key.kind else { continue }
                for another in other {
                    if case .constant(let otherKey) = another.key.kind, key == otherKey {
                        unify(pair.value, another.value, &safe)
                    }
                }
            }
        default:
            if isKnown(left, safe) { fill(right, &safe) }
            if isKnown(right, safe) { fill(left, &safe) }
        }
    }

    /// The variables that a known value fills.
    private func fill(_ pattern: PlainTerm, _ safe: inout Set<Int>) {
        switch pattern.kind {
        case .variable, .array, .object:
            pattern.collect(&safe, without: [.closures, .referenceHeads, .sets, .objectKeys])
        default: break
        }
    }
}
