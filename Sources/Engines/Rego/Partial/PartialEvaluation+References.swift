/// References and calls.
extension PartialEvaluation {
    func scan(
        _ reference: Reference, _ pattern: Pattern?, _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        switch reference.head {
        case .input:
            return try document(
                "input", evaluation.situation.input?.pointee, reference.keys[...], [], pattern, state, location)
        case .value(let head): return try follow(term(head, state), reference.keys[...], pattern, state)
        case .data:
            return try rules(
                DocumentTree.root, evaluation.situation.data.pointee, reference.keys[...], [], pattern, state, location)
        }
    }

    private func isUnknown(_ path: [String]) -> Bool { unknowns.contains { path.starts(with: $0) } }
    private func holdsUnknown(_ path: [String]) -> Bool { unknowns.contains { $0.starts(with: path) } }

    /// Plain input or data, parts of which may be unknown.
    private func document(
        _ head: String, _ value: RegoValue?, _ keys: ArraySlice<Pattern>, _ path: [String], _ pattern: Pattern?,
        _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        let whole = [head] + path
        let reference = ResidualTerm.reference(head, path.map { .value(.string($0)) })
        if isUnknown(whole) { return try follow(reference, keys, pattern, state) }
        guard holdsUnknown(whole) else {
            guard let value else { return [] }
            return try follow(.value(value), keys, pattern, state)
        }
        // The unknown lies further down: a known name leads on, anything else takes the whole as unknown.
        guard let key = keys.first, case .equal(let expression) = key,
            case .value(.string(let name)) = term(expression, state)
        else { return try follow(reference, keys, pattern, state) }
        return try document(head, value?[name], keys.dropFirst(), path + [name], pattern, state, location)
    }

    /// Keys on from a term.
    private func follow(
        _ start: ResidualTerm, _ keys: ArraySlice<Pattern>, _ pattern: Pattern?, _ state: State
    ) throws(RegoError) -> [State] {
        guard let key = keys.first else { return match(start, pattern, state) }
        let rest = keys.dropFirst()
        guard case .value(let value) = start else {
            if case .equal(let expression) = key {
                let next = member(of: start, term(expression, state))
                if case .reference("undefined", _) = next { return [] }
                return try follow(next, rest, pattern, state)
            }
            var result: [State] = []
            let variable = newVariable()
            for state in match(variable, key, state) {
                result += try follow(member(of: start, variable), rest, pattern, state)
            }
            return result
        }
        if case .equal(let expression) = key, let known = term(expression, state).known {
            guard let next = value[known] else { return [] }
            return try follow(.value(next), rest, pattern, state)
        }
        var members: [(RegoValue, RegoValue)] = []
        switch value {
        case .array(let elements): members = elements.enumerated().map { (.int($0), $1) }
        case .set(let set): members = set.map { ($0, $0) }
        case .object(let object): members = object.map { ($0.key, $0.value) }
        default: return []
        }
        var result: [State] = []
        for (name, element) in members {
            for state in match(.value(name), key, state) {
                result += try follow(.value(element), rest, pattern, state)
            }
        }
        return result
    }

    /// Data with the rules that are a part of it.
    private func rules(
        _ node: Int, _ base: RegoValue?, _ keys: ArraySlice<Pattern>, _ path: [String], _ pattern: Pattern?,
        _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        if isUnknown(["data"] + path) {
            return try follow(.reference("data", path.map { .value(.string($0)) }), keys, pattern, state)
        }
        if let number = policy.tree.nodes[node].group {
            return try nested(location) { () throws(RegoError) in
                try group(policy.groups[number], keys, pattern, state, location)
            }
        }
        guard let key = keys.first else {
            guard policy.tree.groups(below: node).isEmpty else { throw unsupported("a whole package", location) }
            return try document("data", base, keys, path, pattern, state, location)
        }
        if case .equal(let expression) = key, let known = term(expression, state).known {
            guard let name = known.string, let child = policy.tree.nodes[node].children[name] else {
                guard let name = known.string else { return [] }
                return try document("data", base?[name], keys.dropFirst(), path + [name], pattern, state, location)
            }
            return try rules(child, base?[name], keys.dropFirst(), path + [name], pattern, state, location)
        }
        guard !holdsUnknown(["data"] + path) else { throw unsupported("an open key into data", location) }
        var result: [State] = []
        for name in policy.tree.nodes[node].names {
            guard let child = policy.tree.nodes[node].children[name] else { continue }
            for state in match(.value(.string(name)), key, state) {
                result += try rules(child, base?[name], keys.dropFirst(), path + [name], pattern, state, location)
            }
        }
        for member in base?.object?.members ?? []
        where member.key.string.map({ policy.tree.nodes[node].children[$0] == nil }) ?? true {
            for state in match(.value(member.key), key, state) {
                result += try follow(.value(member.value), keys.dropFirst(), pattern, state)
            }
        }
        return result
    }

    /// The document of a rule: its clauses one by one, as ways in which the statement can hold.
    private func group(
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
    private func mayGive(
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
    private func wholly(_ group: RuleGroup) throws(RegoError) -> RegoValue?? {
        guard group.kind != .function(arity: 0) else { return nil }
        if case .function = group.kind { return nil }
        guard !dependsOnUnknown(group.id) else { return nil }
        // Rules below replaced data are not seen.
        if let node = policy.tree.existingNode(at: group.path), evaluation.situation.hidden.contains(node) {
            return .some(nil)
        }
        return .some(try evaluation.lookup(path: group.path))
    }

    private func keeps(_ group: RuleGroup) -> Bool { kept.contains { group.path.starts(with: $0) } }

    private func dependsOnUnknown(_ id: Int) -> Bool {
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

    private func starts(of clause: Clause, _ arguments: [ResidualTerm], _ state: State) -> [State] {
        let count = max(clause.slotCount, clause.alternatives.map(\.slotCount).max() ?? 0)
        var inner = State(slots: empty(count))
        inner.residue = state.residue
        inner.pending = state.pending
        return zip(arguments, clause.parameters).reduce([inner]) { states, pair in
            states.flatMap { match(pair.0, pair.1, $0) }
        }
    }

    private func answers(
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
    private func supported(_ group: RuleGroup, _ location: Location) throws(RegoError) -> ResidualTerm {
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

    // MARK: Calls

    func call(_ call: Call, _ state: State, _ location: Location) throws(RegoError) -> [State] {
        let arguments = call.arguments.map { term($0, state) }
        var callee = call.callee
        switch evaluation.situation.replaced[callee] {
        case .value(let value)?: return match(.value(value), call.result, state)
        case .callee(let other)?: callee = other
        case nil: break
        }
        switch callee {
        case .function(let number):
            let group = policy.groups[number]
            return try nested(location) { () throws(RegoError) in
                try ways(group, arguments: arguments, state) { (value, _, state) throws(RegoError) in
                    self.match(value, call.result, state)
                }
            }
        case .builtin(let index):
            let builtin = evaluation.program.builtins[index]
            if let known = Self.known(arguments), !Self.unstable.contains(builtin.name) {
                if builtin.isRelation { return try walk(known[0], call.result, state) }
                guard let result = try evaluation.result(ofBuiltin: index, known, -1) else { return [] }
                return match(.value(result), call.result, state)
            }
            return residual(builtin.name, arguments, call.result, state)
        }
    }

    private func walk(_ document: RegoValue, _ pattern: Pattern?, _ state: State) throws(RegoError) -> [State] {
        var result: [State] = []
        _ = try Walk.visit(document, evaluation: evaluation, -1) { (found, path) throws(RegoError) in
            result += match(.value([.array(path), found]), pattern, state)
            return true
        }
        return result
    }

    private func residual(
        _ name: String, _ arguments: [ResidualTerm], _ pattern: Pattern?, _ state: State
    ) -> [State] {
        var state = state
        switch pattern {
        case nil, .equal(.constant(true)):
            state.residue.append(.init(kind: .call(name, arguments)))
            return [state]
        case .any:
            state.residue.append(.init(kind: .call(name, arguments + [newVariable()])))
            return [state]
        default:
            let output = newVariable()
            state.residue.append(.init(kind: .call(name, arguments + [output])))
            return match(output, pattern, state)
        }
    }
}

extension CompiledPolicy {
    /// What is left of a query when only the given parts of input and data are unknown: `input`, `input.user`,
    /// `data.users`. Rules that are kept are not taken apart: what is left refers to them.
    public func partiallyEvaluate(
        query text: String, regoInput: RegoValue? = nil, unknowns: [String] = ["input"], keeping rules: [String] = [],
        limits: EvaluationLimits = .standard, surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> PartialResult {
        let (block, slotCount, variables) = try plan(query: text)
        let paths = try unknowns.map { name throws(RegoError) in
            let path = try Parser.term(name).dottedPath ?? []
            guard path.first == "input" || path.first == "data" else {
                throw RegoError(.parse, "an unknown begins with input or data, got: \(name)")
            }
            return path
        }
        let evaluation = Evaluation(program, input: regoInput, limits: limits, surroundings: surroundings)
        let kept = try rules.map { try Self.path($0) }
        let partial = PartialEvaluation(self, evaluation, unknowns: paths, kept: kept)
        let queries = try partial.queries(block, slotCount: slotCount, variables: variables)
        // One that always holds makes the others superfluous.
        let result = queries.contains { $0.isEmpty } ? [[]] : queries
        var seen: Set<[ResidualExpression]> = []
        return PartialResult(
            queries: result.filter { seen.insert($0).inserted }, support: result == [[]] ? [] : partial.support)
    }

    private func plan(query text: String) throws -> (Block, Int, [String: Int]) {
        let literals = try Parser.query(text)
        let mistakes = QueryCheck(surroundings: surroundings).errors(literals)
        guard mistakes.isEmpty else { throw RegoErrors(mistakes) }
        let lowering = Lowering(surroundings)
        let scope = Scope(parent: nil)
        let goals = lowering.goals(of: literals, scope)
        var ordering = Ordering()
        var bound: Set<Int> = []
        let block = ordering.block(goals, bound: &bound)
        let errors = lowering.errors + (lowering.errors.isEmpty ? RuleCompiler.errors(ordering.unbound, lowering) : [])
        guard errors.isEmpty else { throw RegoErrors(errors) }
        return (block, lowering.slotCount, scope.slots)
    }
}
