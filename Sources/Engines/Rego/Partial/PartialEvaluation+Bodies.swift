/// Statements with bodies of their own.
extension PartialEvaluation {
    /// The ways in which a nested body holds, each with only its own residue.
    func alternatives(_ block: Block, _ state: State, _ location: Location) throws(RegoError) -> [State] {
        var inner = state
        inner.residue = []
        inner.pending = []
        return try nested(location) { () throws(RegoError) in try run(block, [inner]) }
    }

    /// Variables that are known outside of a body.
    func outerVariables(_ state: State) -> Set<String> {
        state.residue.reduce(into: Set<String>()) { $0.formUnion($1.variables) }
            .union(state.slots.reduce(into: Set<String>()) { $0.formUnion($1.variables) })
    }

    func variables(_ bodies: [[ResidualExpression]]) -> Set<String> {
        bodies.joined().reduce(into: []) { $0.formUnion($1.variables) }
    }

    // MARK: Negation

    func negation(_ block: Block, _ state: State, _ location: Location) throws(RegoError) -> [State] {
        negated(try alternatives(block, state, location).map { residue(of: $0) }, state)
    }

    /// The state in which none of the ways holds; none where one of them always does.
    func negated(_ ways: [[ResidualExpression]], _ state: State) -> [State] {
        if ways.contains(where: \.isEmpty) { return [] }
        var state = state
        let outer = outerVariables(state)
        for way in ways {
            if way.count == 1, !way[0].isNegated, way[0].variables.isSubset(of: outer) {
                var negated = way[0]
                negated.isNegated = true
                state.residue.append(negated)
            } else if way.count == 1, way[0].isNegated, case .term = way[0].kind {
                state.residue.append(.init(kind: way[0].kind))
            } else {
                state.residue.append(.init(kind: condition("not", [way], state).kind, isNegated: true))
            }
        }
        return [state]
    }

    /// A call of a rule of its own that holds where one of the ways does.
    func condition(
        _ what: String, _ ways: [[ResidualExpression]], _ state: State, given: [String] = []
    ) -> ResidualExpression {
        let shared = variables(ways).intersection(outerVariables(state)).subtracting(given).sorted() + given
        let name = supportName(what)
        let parameters = shared.map { ResidualTerm.variable($0) }
        for way in ways {
            addSupport(
                .init(
                    path: ["partial", name], parameters: shared.isEmpty ? nil : parameters, isDefault: false,
                    isElement: false, value: .value(true), body: way))
        }
        return .init(
            kind: shared.isEmpty
                ? .term(.reference("data", [.value("partial"), .value(.string(name))]))
                : .call("data.partial.\(name)", parameters))
    }

    // MARK: Every

    func every(_ every: Every, _ state: State, _ location: Location) throws(RegoError) -> [State] {
        let domain = term(every.domain, state)
        guard let known = domain.known else { return try openEvery(every, domain, state, location) }
        let members: [(RegoValue, RegoValue)]
        switch known {
        case .array(let elements): members = elements.enumerated().map { (.int($0), $1) }
        case .set(let set): members = set.map { ($0, $0) }
        case .object(let object): members = object.map { ($0.key, $0.value) }
        default: return []
        }
        return try nested(location) { () throws(RegoError) in
            var states = [state]
            for (key, value) in members {
                var next: [State] = []
                for var state in states {
                    if let slot = every.key { state.slots[slot] = .value(key) }
                    if let slot = every.value { state.slots[slot] = .value(value) }
                    let ways = try run(every.body, [state])
                    // One way without conditions is enough.
                    if let free = ways.first(where: { $0.residue == state.residue }) {
                        next.append(free)
                    } else {
                        next += ways
                    }
                }
                states = next
            }
            return states
        }
    }

    /// What it goes through is unknown: what must hold for each member stays.
    func openEvery(
        _ every: Every, _ domain: ResidualTerm, _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        var inner = state
        var names: (key: String?, value: String) = (nil, "")
        if let slot = every.key, case .variable(let name) = newVariable() {
            names.key = name
            inner.slots[slot] = .variable(name)
        }
        guard case .variable(let name) = newVariable() else { return [] }
        names.value = name
        if let slot = every.value { inner.slots[slot] = .variable(name) }
        let ways = try alternatives(every.body, inner, location).map { residue(of: $0) }
        let body: [ResidualExpression]
        if ways.contains(where: \.isEmpty) {
            body = [.init(kind: .term(.value(true)))]
        } else if ways.isEmpty {
            body = [.init(kind: .term(.value(false)))]
        } else if ways.count == 1 {
            body = ways[0]
        } else {
            let given = ([names.key].compactMap { $0 } + [names.value]).filter(variables(ways).contains)
            body = [condition("every", ways, state, given: given)]
        }
        var state = state
        state.residue.append(
            .init(kind: .every(key: names.key, value: names.value, domain: domain, body: body)))
        return [state]
    }

    // MARK: Comprehensions

    func term(_ comprehension: Comprehension, _ state: State) throws(RegoError) -> ResidualTerm {
        let ways = try alternatives(comprehension.body, state, comprehension.location)
        let heads = ways.map { way in comprehension.head.map { term($0, way) } }
        let bodies = ways.map { residue(of: $0) }
        if bodies.allSatisfy(\.isEmpty), let known = Self.known(heads.flatMap { $0 }) {
            return .value(try value(comprehension, known))
        }
        let kind: ResidualTerm.Comprehension =
            switch comprehension.kind {
            case .array: .array
            case .set: .set
            case .object: .object
            }
        if ways.count == 1 {
            return .comprehension(kind, heads[0], bodies[0].isEmpty ? [.init(kind: .term(.value(true)))] : bodies[0])
        }
        // The order of an array's elements, and how often one is there, are not those of a set.
        guard kind != .array, replacements == 0,
            variables(bodies).union(heads.joined().flatMap(\.variables)).isDisjoint(with: outerVariables(state))
        else { throw unsupported("a comprehension with several branches", comprehension.location) }
        return members(kind, heads, bodies)
    }

    func value(_ comprehension: Comprehension, _ known: [RegoValue]) throws(RegoError) -> RegoValue {
        switch comprehension.kind {
        case .array: return .array(known)
        case .set: return .set(RegoSet(known))
        case .object:
            let pairs = stride(from: 0, to: known.count, by: 2).map {
                RegoObject.Member(key: known[$0], value: known[$0 + 1])
            }
            let object = RegoObject(pairs)
            guard pairs.allSatisfy({ object[$0.key] == $0.value }) else {
                throw RegoError(.conflict, "object keys must be unique", at: comprehension.location)
            }
            return .object(object)
        }
    }

    /// A rule that holds the members of all branches, and the comprehension over it.
    func members(
        _ kind: ResidualTerm.Comprehension, _ heads: [[ResidualTerm]], _ bodies: [[ResidualExpression]]
    ) -> ResidualTerm {
        let name = supportName("members")
        for (head, body) in zip(heads, bodies) {
            addSupport(
                .init(
                    path: ["partial", name], parameters: nil, isDefault: false, isElement: true,
                    value: head.count == 1 ? head[0] : .array(head), body: body))
        }
        let rule: [ResidualTerm] = [.value("partial"), .value(.string(name))]
        guard kind == .object else { return .reference("data", rule) }
        let pair = [newVariable(), newVariable()]
        return .comprehension(
            .object, pair, [.init(kind: .term(.reference("data", rule + [.array(pair)])))])
    }

    // MARK: Interpolated texts

    func template(_ pieces: [TemplatePiece], _ slot: Int, _ state: State) throws(RegoError) -> State {
        var parts: [ResidualTerm] = []
        for piece in pieces {
            switch piece {
            case .text(let part): parts.append(.value(.string(part)))
            case .expression(let block, let expression, let location):
                let ways = try alternatives(block, state, location)
                guard ways.count <= 1 else { throw unsupported("an interpolated text with several values", location) }
                guard let way = ways.first else {
                    parts.append(.value("<undefined>"))
                    continue
                }
                let value = term(expression, way)
                if let known = value.known, way.residue.isEmpty, way.pending.isEmpty {
                    parts.append(.value(.string(known.display)))
                } else {
                    // A set of one value, or of none where it is undefined.
                    let output = newVariable()
                    var whole = way
                    whole.residue.append(.init(kind: .call("eq", [output, value])))
                    parts.append(.comprehension(.set, [output], residue(of: whole)))
                }
            }
        }
        var state = state
        if let texts = Self.known(parts) {
            state.slots[slot] = .value(.string(texts.compactMap(\.string).joined()))
        } else {
            let output = newVariable()
            state.residue.append(.init(kind: .call("internal.template_string", [.array(parts), output])))
            state.slots[slot] = output
        }
        return state
    }
}
