/// References into documents.
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

    func isUnknown(_ path: [String]) -> Bool { unknowns.contains { path.starts(with: $0) } }
    func holdsUnknown(_ path: [String]) -> Bool { unknowns.contains { $0.starts(with: path) } }

    /// Plain input or data, parts of which may be unknown.
    func document(
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
    func follow(
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
    func rules(
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
}
