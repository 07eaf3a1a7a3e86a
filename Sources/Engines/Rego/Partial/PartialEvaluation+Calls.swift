/// Calls of functions and builtins.
extension PartialEvaluation {
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

    func walk(_ document: RegoValue, _ pattern: Pattern?, _ state: State) throws(RegoError) -> [State] {
        var result: [State] = []
        _ = try Walk.visit(document, evaluation: evaluation, -1) { (found, path) throws(RegoError) in
            result += match(.value([.array(path), found]), pattern, state)
            return true
        }
        return result
    }

    func residual(
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
