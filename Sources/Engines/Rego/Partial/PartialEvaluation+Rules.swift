/// Rules and functions, which are taken apart or kept.
extension PartialEvaluation {
    /// The document of a rule: its clauses one by one, as ways in which the statement can hold.
    func group(
        _ group: RuleGroup, _ keys: ArraySlice<Pattern>, _ pattern: Pattern?, _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        if let known = try wholly(group) {
            guard let value = known else { return [] }
            return try follow(.value(value), keys, pattern, state)
        }
        if keeps(group), group.kind == .complete || group.kind == .set {
            return try follow(try supported(group, location), keys, pattern, state)
        }
        switch group.kind {
        case .function: return []
        case .complete:
            if let fallback = group.fallback, case .value(let expression) = fallback.yield,
                try mayGive(expression, keys, pattern, state)
            {
                return try follow(try supported(group, location), keys, pattern, state)
            }
            return try ways(group, state) { (value, _, state) throws(RegoError) in
                try self.follow(value, keys, pattern, state)
            }
        case .set:
            guard let key = keys.first else { return try follow(try supported(group, location), keys, pattern, state) }
            return try ways(group, state) { (element, _, state) throws(RegoError) in
                var result: [State] = []
                for state in self.match(element, key, state) {
                    result += try self.follow(element, keys.dropFirst(), pattern, state)
                }
                return result
            }
        case .object:
            guard policy.tree.groups(below: policy.tree.existingNode(at: group.path) ?? 0).count == 1,
                group.clauses.allSatisfy({ if case .value = $0.yield { $0.keys.count <= keys.count } else { false } })
            else { throw unsupported("a partial object", location) }
            return try ways(group, state) { (value, names, state) throws(RegoError) in
                var states = [state]
                for (name, key) in zip(names, keys) { states = states.flatMap { self.match(name, key, $0) } }
                var result: [State] = []
                for state in states {
                    result += try self.follow(value, keys.dropFirst(names.count), pattern, state)
                }
                return result
            }
        }
    }

    /// Whether the default can be what the statement asks for.
    func mayGive(
        _ expression: Expression, _ keys: ArraySlice<Pattern>, _ pattern: Pattern?, _ state: State
    ) throws(RegoError) -> Bool {
        guard keys.isEmpty, case .constant(let value) = expression else { return true }
        switch pattern {
        case nil: return value.isTrue
        case .equal(let wanted): return term(wanted, state).known.map { $0 == value } ?? true
        default: return true
        }
    }

    /// The document when nothing that is unknown has a part in it; nil when something has.
    func wholly(_ group: RuleGroup) throws(RegoError) -> RegoValue?? {
        guard group.kind != .function(arity: 0) else { return nil }
        if case .function = group.kind { return nil }
        guard !dependsOnUnknown(group.id) else { return nil }
        // Rules below replaced data are not seen.
        if let node = policy.tree.existingNode(at: group.path), evaluation.situation.hidden.contains(node) {
            return .some(nil)
        }
        return .some(try evaluation.lookup(path: group.path))
    }

    func keeps(_ group: RuleGroup) -> Bool { kept.contains { group.path.starts(with: $0) } }

    func dependsOnUnknown(_ id: Int) -> Bool {
        var seen: Set<Int> = [id]
        var waiting = [id]
        while let next = waiting.popLast() {
            let group = policy.groups[next]
            var collector = UnknownCollector(tree: policy.tree, unknowns: unknowns)
            for clause in group.clauses + (group.fallback.map { [$0] } ?? []) { collector.visit(clause) }
            if collector.hasUnknown { return true }
            for group in collector.groups where seen.insert(group).inserted { waiting.append(group) }
        }
        return false
    }

    typealias Way = (ResidualTerm, [ResidualTerm], State) throws(RegoError) -> [State]

    /// Calls `body` with the value and keys of each way in which a clause holds, in the caller's state.
    func ways(
        _ group: RuleGroup, arguments: [ResidualTerm] = [], _ state: State, _ body: Way
    ) throws(RegoError) -> [State] {
        var result: [State] = []
        var tried: [[ResidualExpression]] = []
        for clause in group.clauses {
            for start in starts(of: clause, arguments, state) {
                var starts = [start]
                for branch in [clause] + clause.alternatives {
                    let found = try run(branch.body, starts)
                    tried += found.map { Array(residue(of: $0).dropFirst(state.residue.count)) }
                    result += try answers(found, branch, state, body)
                    // What stands behind `else` holds where the body does not.
                    guard branch !== clause.alternatives.last, !clause.alternatives.isEmpty else { break }
                    var failed: [State] = []
                    for start in starts { failed += try negation(branch.body, start, branch.location) }
                    starts = failed
                }
            }
        }
        guard case .function = group.kind, let fallback = group.fallback else { return result }
        // The default holds where none of the others does.
        for start in starts(of: fallback, arguments, state) {
            result += try answers(negated(tried, start), fallback, state, body)
        }
        return result
    }

    func starts(of clause: Clause, _ arguments: [ResidualTerm], _ state: State) -> [State] {
        let count = max(clause.slotCount, clause.alternatives.map(\.slotCount).max() ?? 0)
        var inner = State(slots: empty(count))
        inner.residue = state.residue
        inner.pending = state.pending
        return zip(arguments, clause.parameters).reduce([inner]) { states, pair in
            states.flatMap { match(pair.0, pair.1, $0) }
        }
    }

    func answers(
        _ found: [State], _ branch: Clause, _ state: State, _ body: Way
    ) throws(RegoError) -> [State] {
        var result: [State] = []
        for way in found {
            var outer = state
            outer.residue = way.residue
            outer.pending = way.pending
            let value: ResidualTerm
            switch branch.yield {
            case .value(let expression), .element(let expression): value = term(expression, way)
            }
            result += try body(value, branch.keys.map { term($0, way) }, outer)
        }
        return result
    }

    /// Keeps the rule as support, and gives the reference to it.
    func supported(_ group: RuleGroup, _ location: Location) throws(RegoError) -> ResidualTerm {
        guard replacements == 0 else { throw unsupported("a rule below with", location) }
        let path = ["partial"] + group.path
        try addSupport(path) { () throws(RegoError) in
            var rules: [PartialResult.SupportRule] = []
            _ = try ways(group, State(slots: [])) { (value, _, state) throws(RegoError) in
                rules.append(
                    .init(
                        path: path, parameters: nil, isDefault: false, isElement: group.kind == .set, value: value,
                        body: residue(of: state)))
                return []
            }
            if let fallback = group.fallback, case .value(let expression) = fallback.yield {
                rules.append(
                    .init(
                        path: path, parameters: nil, isDefault: true, isElement: false,
                        value: term(expression, State(slots: empty(fallback.slotCount))), body: []))
            }
            return rules
        }
        return .reference("data", path.map { .value(.string($0)) })
    }
}
