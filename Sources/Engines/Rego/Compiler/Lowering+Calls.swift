/// Calls and `with`.
extension Lowering {
    enum Meaning {
        case callee(Call.Callee, arity: Int)
        case value(Term)
        case unknown(String)
    }

    /// What a call's name means: a function of the modules before a builtin.
    func meaning(_ callee: Term.Operator, _ scope: Scope) -> Meaning {
        switch callee {
        case .builtin(let name):
            guard let index = surroundings.builtins.index(of: name) else { return .unknown(name) }
            return .callee(.builtin(index), arity: surroundings.builtins[index].arity)
        case .name(let term):
            guard let path = term.dottedPath else { return .unknown("") }
            if scope.slot(path[0]) == nil, let known = surroundings.names.path(path[0]) {
                let whole = known + path.dropFirst()
                if let group = group(at: whole), case .function(let arity) = surroundings.kinds[group] {
                    return .callee(.function(group), arity: arity)
                }
                return .unknown(whole.joined(separator: "."))
            }
            let name = path.joined(separator: ".")
            guard let index = surroundings.builtins.index(of: name) else { return .unknown(name) }
            return .callee(.builtin(index), arity: surroundings.builtins[index].arity)
        }
    }

    private func group(at path: [String]) -> Int? {
        guard path.first == "data", let node = surroundings.tree.existingNode(at: Array(path.dropFirst())) else {
            return nil
        }
        return surroundings.tree.nodes[node].group
    }

    /// The goal of a call. One argument more than the function has is its output.
    func call(_ term: Term, output: Operand?, _ scope: Scope, _ goals: inout [Goal]) -> Goal? {
        guard case .call(let callee, let terms) = term.kind else { return nil }
        let name = callee.name
        switch meaning(callee, scope) {
        case .unknown(let name):
            errors.append(RegoError(.type, "undefined function \(name)", at: term.location))
            return nil
        case .value: return nil
        case .callee(let callee, let arity):
            if case .builtin(let index) = callee {
                if let value = metadata(surroundings.builtins[index].name) {
                    return goal(.unify(.constant(value), output ?? .constant(value), isCheck: false), at: term.location)
                }
                if surroundings.builtins[index].name == "print" {
                    return goal(.test(.constant(true)), at: term.location)
                }
            }
            let arguments = terms.map { operand($0, scope, &goals) }
            if arguments.count == arity + 1 {
                // f(x, y) with y for the output; the statement itself asks nothing more.
                let result = goal(.call(callee, Array(arguments.dropLast()), arguments[arity]), at: term.location)
                guard let output else { return result }
                goals.append(result)
                return goal(.unify(.constant(true), output, isCheck: false), at: term.location)
            }
            guard arguments.count == arity else {
                let message =
                    if case .function = callee {
                        "function \(functionName(callee, name)) has arity \(arity), got \(arguments.count) argument\(arguments.count == 1 ? "" : "s")"
                    } else {
                        "\(name): arity mismatch"
                    }
                errors.append(RegoError(.type, message, at: term.location))
                return nil
            }
            return goal(.call(callee, arguments, output), at: term.location)
        }
    }

    private func functionName(_ callee: Call.Callee, _ name: String) -> String {
        let path = name.split(separator: ".").map(String.init)
        return (surroundings.names.path(path[0]).map { $0 + path.dropFirst() } ?? path).joined(separator: ".")
    }

    /// What `rego.metadata.chain()` and `rule()` give here, which is known before anything runs.
    private func metadata(_ name: String) -> RegoValue? {
        switch name {
        case "rego.metadata.chain":
            surroundings.metadata.map { $0.annotations.shownChain(for: $0.rule, in: $0.module) } ?? .array([])
        case "rego.metadata.rule":
            surroundings.metadata.map { $0.annotations.own($0.rule, in: $0.module) } ?? .object(RegoObject([]))
        default: nil
        }
    }

    func withModifiers(_ modifiers: [Literal.With], _ scope: Scope, _ goals: inout [Goal]) -> [Goal.With] {
        var result: [Goal.With] = []
        for modifier in modifiers {
            guard let target = target(modifier.target, scope) else {
                errors.append(
                    RegoError(
                        .type, "with keyword target must reference existing input, data, or a function",
                        at: modifier.target.location))
                continue
            }
            if case .callee(.builtin(let index)) = target, surroundings.builtins[index].isIrreplaceable {
                errors.append(
                    RegoError(
                        .compile,
                        "with keyword replacing built-in function: replacement of \"\(surroundings.builtins[index].name)\" invalid",
                        at: modifier.target.location))
                continue
            }
            if case .callee = target, modifier.value.dottedPath != nil,
                case .callee(let callee, _) = meaning(.name(modifier.value), scope)
            {
                result.append(.init(target: target, replacement: .callee(callee)))
            } else {
                result.append(.init(target: target, replacement: .operand(operand(modifier.value, scope, &goals))))
            }
        }
        return result
    }

    private func target(_ term: Term, _ scope: Scope) -> Override.Target? {
        guard let path = term.dottedPath else { return nil }
        if let known = surroundings.names.path(path[0]) {
            let whole = known + path.dropFirst()
            if whole[0] == "input" { return .input(Array(whole.dropFirst())) }
            if let group = group(at: whole), case .function = surroundings.kinds[group] {
                return .callee(.function(group))
            }
            return .data(Array(whole.dropFirst()))
        }
        return surroundings.builtins.index(of: path.joined(separator: ".")).map { .callee(.builtin($0)) }
    }
}

extension Term.Operator {
    var name: String {
        switch self {
        case .builtin(let name): name
        case .name(let term): term.dottedPath?.joined(separator: ".") ?? ""
        }
    }
}
