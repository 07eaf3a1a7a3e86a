extension Evaluation {
    /// The document that rules define at a node; nil when it is undefined or has no rules.
    func document(_ node: Int, _ base: RegoValue?, _ location: Location) throws(RegoError) -> RegoValue? {
        guard let id = tree.nodes[node].group, !situation.hidden.contains(node) else { return nil }
        switch situation.documents[id] {
        case .value(let value): return value
        case .undefined: return nil
        case .running: throw RegoError(.recursion, "rule \(groups[id].name) is recursive", at: location)
        case nil: break
        }
        let current = situation
        current.documents[id] = .running
        do {
            let value = try nested(location) { () throws(RegoError) in try evaluate(groups[id], node) }
            current.documents[id] = value.map { .value($0) } ?? .undefined
            return value
        } catch {
            current.documents[id] = nil
            throw error
        }
    }

    private func evaluate(_ group: RuleGroup, _ node: Int) throws(RegoError) -> RegoValue? {
        switch group.kind {
        case .function: return nil
        case .complete: return try completeValue(group, arguments: [], group.clauses.first?.location ?? .none)
        case .set:
            var elements: [RegoValue] = []
            for clause in group.clauses {
                try solutions(of: clause, arguments: []) { (branch, frame) throws(RegoError) in
                    if case .element(let expression) = branch.yield { elements.append(value(expression, frame)) }
                    return true
                }
            }
            return .set(RegoSet(elements))
        case .object:
            let builder = DocumentBuilder()
            try collect(node, path: [], into: builder)
            return builder.value
        }
    }

    /// Everything that rules define at and below a node.
    private func collect(_ node: Int, path: [RegoValue], into builder: DocumentBuilder) throws(RegoError) {
        guard !situation.hidden.contains(node) else { return }
        if let id = tree.nodes[node].group {
            let group = groups[id]
            switch group.kind {
            case .function: break
            case .complete, .set:
                if let value = try document(node, nil, group.clauses.first?.location ?? .none) {
                    try builder.insert(value, at: path, isElement: false, group.clauses.first?.location ?? .none)
                }
                return
            case .object:
                for clause in group.clauses {
                    try solutions(of: clause, arguments: []) { (branch, frame) throws(RegoError) in
                        let keys = branch.keys.map { value($0, frame) }
                        switch branch.yield {
                        case .value(let expression):
                            try builder.insert(
                                value(expression, frame), at: path + keys, isElement: false, branch.location)
                        case .element(let expression):
                            try builder.insert(
                                value(expression, frame), at: path + keys, isElement: true, branch.location)
                        }
                        return true
                    }
                }
            }
        }
        for name in tree.nodes[node].names {
            if let child = tree.nodes[node].children[name] {
                try collect(child, path: path + [.string(name)], into: builder)
            }
        }
    }

    /// Base data and the documents of all rules below a node.
    func package(_ node: Int, _ base: RegoValue?, _ location: Location) throws(RegoError) -> RegoValue {
        if let known = situation.packages[node] { return known }
        let current = situation
        let result = try nested(location) { () throws(RegoError) -> RegoValue in
            guard base == nil || base?.object != nil || tree.nodes[node].names.isEmpty else { return base ?? .null }
            var members: [RegoObject.Member] = (base?.object?.members ?? []).filter { member in
                member.key.string.map { tree.nodes[node].children[$0] == nil } ?? true
            }
            for name in tree.nodes[node].names {
                guard let child = tree.nodes[node].children[name] else { continue }
                let key = RegoValue.string(name)
                let below = base?[key]
                if situation.hidden.contains(child) {
                    if let below { members.append(.init(key: key, value: below)) }
                } else if tree.nodes[child].group != nil {
                    if let value = try document(child, below, location) {
                        members.append(.init(key: key, value: value))
                    }
                } else {
                    members.append(.init(key: key, value: try package(child, below, location)))
                }
            }
            return .object(RegoObject(members))
        }
        current.packages[node] = result
        return result
    }
}

/// An object that grows at any depth and refuses two values at one place.
final class DocumentBuilder {
    private enum Content {
        case value(RegoValue)
        case elements([RegoValue])
        case members(DocumentBuilder)
    }

    private var members: [RegoValue: Content] = [:]

    var value: RegoValue {
        .object(
            RegoObject(
                members.map { key, content in
                    let value: RegoValue =
                        switch content {
                        case .value(let value): value
                        case .elements(let elements): .set(RegoSet(elements))
                        case .members(let builder): builder.value
                        }
                    return .init(key: key, value: value)
                }))
    }

    func insert(_ value: RegoValue, at path: [RegoValue], isElement: Bool, _ location: Location) throws(RegoError) {
        let conflict = RegoError(.conflict, "object keys must be unique", at: location)
        guard let key = path.first else { throw conflict }
        if path.count > 1 {
            switch members[key] {
            case nil:
                let builder = DocumentBuilder()
                members[key] = .members(builder)
                try builder.insert(value, at: Array(path.dropFirst()), isElement: isElement, location)
            case .members(let builder):
                try builder.insert(value, at: Array(path.dropFirst()), isElement: isElement, location)
            default: throw conflict
            }
            return
        }
        switch members[key] {
        case nil: members[key] = isElement ? .elements([value]) : .value(value)
        case .elements(let elements) where isElement: members[key] = .elements(elements + [value])
        case .value(let existing) where !isElement && existing == value: break
        // A whole set and elements of it are one set.
        case .elements(let elements):
            guard let set = value.set else { throw conflict }
            members[key] = .elements(elements + set.elements)
        case .value(.set(let set)) where isElement: members[key] = .elements(set.elements + [value])
        default: throw conflict
        }
    }
}
