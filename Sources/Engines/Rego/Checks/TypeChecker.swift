/// Finds values that cannot be what they are used as.
struct TypeChecker {
    struct Problem {
        var error: RegoError
        /// Some type was not known: a more telling error stands beside.
        var isUnclear = false
    }

    private let environment: TypeEnvironment
    private let variables: PlainVariables
    private var errors: [RegoError] = []

    private init(_ environment: TypeEnvironment, _ variables: PlainVariables) {
        self.environment = environment
        self.variables = variables
    }

    /// Names for messages, during one check; the checker is not used from several tasks at once.
    @TaskLocal static var names = PlainVariables()

    /// The types of the body's variables, and what is wrong.
    static func check(_ body: PlainBody, _ outer: TypeEnvironment) -> (TypeEnvironment, [RegoError]) {
        let environment = TypeEnvironment(outer)
        var checker = TypeChecker(environment, names)
        for expression in body.expressions { checker.check(expression) }
        return (environment, checker.errors)
    }

    private mutating func check(_ expression: PlainExpression) {
        var inner: [RegoError] = []
        for term in expression.terms {
            term.visit { part in
                guard inner.isEmpty else { return }
                switch part.kind {
                case .comprehension(let kind, let head, let body):
                    inner = environment.comprehension(kind, head, body, part).errors
                case .template(_, let calls): inner = Self.check(calls, environment).1
                default: break
                }
            }
        }
        var references: [RegoError] = []
        for term in expression.terms { checkReferences(term, &references) }
        errors += inner + references.filter { !inner.contains($0) }
        guard let problem = problem(expression) else { return }
        if problem.isUnclear, !inner.isEmpty || !references.isEmpty { return }
        errors.append(problem.error)
    }

    private func problem(_ expression: PlainExpression) -> Problem? {
        for modifier in expression.modifiers {
            guard case .function? = environment.type(modifier.target),
                case .function? = environment.type(modifier.value),
                !RegoType.unify(environment.type(modifier.target), environment.type(modifier.value))
            else { continue }
            return Problem(
                error: RegoError(
                    .type, "\(written(modifier.target)): arity mismatch", at: expression.location))
        }
        guard case .call(let operation, let arguments) = expression.kind else { return nil }
        switch operation {
        case .equality, .builtin("equal"):
            guard arguments.count >= 2 else { return nil }
            if arguments.count == 3 { _ = unify(arguments[2], .boolean, isUnion: false) }
            let (one, other) = (environment.type(arguments[0]), environment.type(arguments[1]))
            guard !unify(arguments[0], one, arguments[1], other) else { return nil }
            return Problem(
                error: RegoError(.type, "match error", at: expression.location), isUnclear: one == nil || other == nil)
        default: return call(operation, arguments, expression)
        }
    }

    private func call(
        _ operation: PlainExpression.Operator, _ arguments: [PlainTerm], _ expression: PlainExpression
    ) -> Problem? {
        let type: RegoType?
        switch operation {
        case .builtin(let name): type = BuiltinSignatures.all[name]
        case .function(let path):
            type = environment.type(
                PlainTerm(
                    .reference(
                        PlainTerm(.document("data"), at: .none),
                        path.map { PlainTerm(.constant(.string($0)), at: .none) }), at: .none))
        case .equality, .unknown: type = nil
        }
        guard case .function(let inputs, let result, let rest)? = type else { return nil }
        let wanted = inputs + (result.map { [$0] } ?? [])
        for (index, argument) in arguments.enumerated() {
            guard let want = index < wanted.count ? wanted[index] : rest else { continue }
            guard !unify(argument, want, isUnion: false) else { continue }
            let isUnclear = arguments.contains { environment.type($0) == nil }
            return Problem(
                error: RegoError(.type, "\(operation.written): invalid argument(s)", at: expression.location),
                isUnclear: isUnclear)
        }
        return nil
    }

    // MARK: Unification

    private func unify(_ one: PlainTerm, _ oneType: RegoType?, _ other: PlainTerm, _ otherType: RegoType?) -> Bool {
        switch (oneType, otherType) {
        case (nil, let known?): return unify(one, known, isUnion: false)
        case (let known?, nil): return unify(other, known, isUnion: false)
        case (_?, _?): return RegoType.unify(oneType, otherType)
        case (nil, nil): break
        }
        switch (one.kind, other.kind) {
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            return zip(left, right).allSatisfy {
                unify($0, environment.type($0), $1, environment.type($1))
            }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            for pair in left {
                guard case .constant(let key) = pair.key.kind,
                    let match = right.first(where: {
                        if case .constant(let otherKey) = $0.key.kind { otherKey == key } else { false }
                    })
                else { return false }
                guard unify(pair.value, environment.type(pair.value), match.value, environment.type(match.value)) else {
                    return false
                }
            }
            return true
        case (.variable, .variable), (.array, .variable), (.object, .variable):
            return unify(one, .anything, isUnion: false)
                && unify(other, environment.type(one) ?? .anything, isUnion: false)
        case (.variable, .array), (.variable, .object):
            return unify(other, .anything, isUnion: false)
                && unify(one, environment.type(other) ?? .anything, isUnion: false)
        default: return false
        }
    }

    private func unify(_ term: PlainTerm, _ type: RegoType, isUnion: Bool) -> Bool {
        switch term.kind {
        case .variable(let number):
            if isUnion {
                environment.set(number, RegoType.either(environment.variable(number), type))
            } else if let known = environment.variable(number) {
                return RegoType.unify(known, type)
            } else {
                environment.set(number, type)
            }
            return true
        case .array(let terms): return unify(terms, in: type, term, isUnion)
        case .object(let pairs):
            switch type {
            case .object(let members, _, let value):
                if pairs.count != members.count, value == nil { return false }
                return pairs.allSatisfy { pair in
                    guard case .constant(let key) = pair.key.kind else {
                        _ = unify(pair.value, .anything, isUnion: isUnion)
                        return true
                    }
                    guard let child = type.select(key) else { return false }
                    return unify(pair.value, child, isUnion: isUnion)
                }
            case .any(let types):
                if types.isEmpty {
                    for pair in pairs {
                        _ = unify(pair.key, .anything, isUnion: true)
                        _ = unify(pair.value, .anything, isUnion: true)
                    }
                    return true
                }
                return types.reduce(false) { unify(term, $1, isUnion: true) || $0 }
            default: return false
            }
        case .set(let terms):
            switch type {
            case .set(let element): return terms.allSatisfy { unify($0, element, isUnion: isUnion) }
            case .any(let types):
                if types.isEmpty {
                    for term in terms { _ = unify(term, .anything, isUnion: true) }
                    return true
                }
                return types.reduce(false) { unify(term, $1, isUnion: true) || $0 }
            default: return false
            }
        default: return RegoType.unify(environment.type(term), type)
        }
    }

    private func unify(_ terms: [PlainTerm], in type: RegoType, _ whole: PlainTerm, _ isUnion: Bool) -> Bool {
        switch type {
        case .array(let elements, let other):
            if terms.count != elements.count, other == nil { return false }
            for (index, term) in terms.enumerated() {
                guard let element = index < elements.count ? elements[index] : other,
                    unify(term, element, isUnion: isUnion)
                else { return false }
            }
            return true
        case .any(let types):
            if types.isEmpty {
                for term in terms { _ = unify(term, .anything, isUnion: true) }
                return true
            }
            return types.reduce(false) { unify(whole, $1, isUnion: true) || $0 }
        default: return false
        }
    }

    // MARK: References

    private func checkReferences(_ term: PlainTerm, _ errors: inout [RegoError]) {
        var found: [RegoError] = []
        term.visit { part in
            if case .reference(let head, let keys) = part.kind {
                if let error = check(part, head, keys) { found.append(error) }
            }
        }
        errors += found
    }

    private func undefined(_ term: PlainTerm) -> RegoError {
        RegoError(.type, "undefined ref: \(written(term))", at: term.location)
    }

    private func check(_ term: PlainTerm, _ head: PlainTerm, _ keys: [PlainTerm]) -> RegoError? {
        guard case .document(let root) = head.kind else {
            if let number = head.variable, environment.variable(number) == nil {
                environment.set(number, .anything)
            }
            return check(term, keys[...], in: environment.type(head) ?? .anything)
        }
        if case .function? = environment.type(term) { return undefined(term) }
        var layer: TypeEnvironment? = environment
        while let current = layer, current.documents[root] == nil { layer = current.parent }
        guard var node = layer?.documents[root] else { return check(term, keys[...], in: .anything) }
        for (index, key) in keys.enumerated() {
            if node.type != nil, node.children.isEmpty {
                return check(term, keys[index...], in: environment.extent(node))
            }
            if let number = key.variable {
                let names = environment.extent(node).keys ?? .anything
                if let known = environment.variable(number) {
                    if !RegoType.unify(names, known) { return undefined(term) }
                } else {
                    environment.set(number, names)
                }
                return check(term, keys[(index + 1)...], in: .anything)
            }
            guard case .constant(let value) = key.kind, let child = node.children[value] else {
                if let type = node.type { return check(term, keys[index...], in: environment.extent(node, or: type)) }
                return check(term, keys[index...], in: .anything)
            }
            node = child
        }
        return nil
    }

    private func check(_ term: PlainTerm, _ keys: ArraySlice<PlainTerm>, in type: RegoType) -> RegoError? {
        var type = type
        for key in keys {
            guard let names = type.keys else { return undefined(term) }
            var next: RegoType?
            switch key.kind {
            case .variable(let number):
                if let known = environment.variable(number) {
                    if !RegoType.unify(known, names) { return undefined(term) }
                } else {
                    environment.set(number, names)
                }
                next = type.values
            case .constant(let value):
                guard let found = type.select(value) else { return undefined(term) }
                next = found
            case .array, .object, .set:
                if !unify(key, names, isUnion: false) { return undefined(term) }
                next = type.values
            default:
                if let known = environment.type(key), !RegoType.unify(known, names) { return undefined(term) }
                next = type.values
            }
            guard let next else { return nil }
            type = next
        }
        return nil
    }

    private func written(_ term: PlainTerm) -> String {
        switch term.kind {
        case .document(let root): return root
        case .function(let name): return name
        case .variable(let number): return variables.all.indices.contains(number) ? variables[number].name : "_"
        case .constant(let value): return value.description
        case .reference(let head, let keys):
            return written(head)
                + keys.map { key in
                    if case .constant(let value) = key.kind, let text = value.string, Term.isVariableName(text) {
                        return ".\(text)"
                    }
                    return "[\(written(key))]"
                }.joined()
        case .array(let terms): return "[\(terms.map(written).joined(separator: ", "))]"
        case .set(let terms): return "{\(terms.map(written).joined(separator: ", "))}"
        default: return "_"
        }
    }
}

extension TypeEnvironment {
    func extent(_ node: Node, or type: RegoType) -> RegoType { node.children.isEmpty ? type : extent(node) }
}
