extension Evaluation {
    /// The document that rules define at a node; nil when it is undefined or has no rules.
    func document(_ node: Int, _ site: Int) throws(RegoError) -> RegoValue? {
        guard let number = program.nodes[node].group, let groups = program.groups.baseAddress,
            situation.hidden.isEmpty || !situation.hidden.contains(node)
        else { return nil }
        switch situation.documents[number] {
        case .value(let value):
            tracker?.reuse(number)
            return value
        case .undefined:
            tracker?.reuse(number)
            return nil
        case .running:
            throw RegoError(.recursion, "rule \(program.names[number]) is recursive", at: location(site))
        case nil: break
        }
        let current = situation
        current.documents[number] = .running
        let outer = tracker?.begin(number)
        do {
            try enter(site)
            defer { leave() }
            let value = try evaluate(groups + number)
            current.documents[number] = value.map { .value($0) } ?? .undefined
            if let outer { tracker?.end(number, outer) }
            return value
        } catch {
            current.documents[number] = nil
            throw error
        }
    }

    private func evaluate(_ group: Code.At<Code.Group>) throws(RegoError) -> RegoValue? {
        switch group.pointee.kind {
        case .function: return nil
        case .complete: return try completeValue(group, arguments: CallArguments())
        case .set:
            var elements: [RegoValue] = []
            try eachClause(of: group, arguments: CallArguments()) { (clause) throws(RegoError) in
                try solutions(of: clause, arguments: CallArguments()) { (branch, frame) throws(RegoError) in
                    if case .element(let expression) = branch.pointee.yield {
                        let element = value(expression, frame)
                        try charge(bytes: 24, branch.pointee.site)
                        tracker?.yield(element: element, place: tracker?.place(of: expression, frame))
                        elements.append(element)
                    }
                    return true
                }
                return true
            }
            return .set(RegoSet(elements))
        case .object:
            let builder = DocumentBuilder()
            try collect(group.pointee.node, path: [], into: builder)
            return builder.value
        }
    }

    /// Everything that rules define at and below a node.
    private func collect(_ node: Int, path: [RegoValue], into builder: DocumentBuilder) throws(RegoError) {
        guard !situation.hidden.contains(node) else { return }
        if let number = program.nodes[node].group, let groups = program.groups.baseAddress {
            let group = groups + number
            switch group.pointee.kind {
            case .function: break
            case .complete, .set:
                if let value = try document(node, group.pointee.site) {
                    try builder.insert(value, at: path, isElement: false, location(group.pointee.site))
                }
                return
            case .object:
                try eachClause(of: group, arguments: CallArguments()) { (clause) throws(RegoError) in
                    try solutions(of: clause, arguments: CallArguments()) { (branch, frame) throws(RegoError) in
                        let keys = branch.pointee.keys.map { value($0, frame) }
                        let found = value(branch.pointee.yield.expression, frame)
                        try charge(bytes: 72, branch.pointee.site)
                        let isElement = if case .element = branch.pointee.yield { true } else { false }
                        if let tracker, let key = keys.first {
                            let place = tracker.place(of: branch.pointee.yield.expression, frame)
                            if isElement {
                                tracker.yield(element: found, place: nil)
                            } else {
                                tracker.yield(key: key, place: keys.count == 1 ? place : nil)
                            }
                        }
                        try builder.insert(
                            found, at: path + keys, isElement: isElement, location(branch.pointee.site))
                        return true
                    }
                    return true
                }
            }
        }
        for (name, child) in zip(program.nodes[node].names, program.nodes[node].children) {
            try collect(child, path: path + [name], into: builder)
        }
    }

    /// Base data and the documents of all rules below a node.
    func package(_ node: Int, _ base: RegoValue?, _ site: Int) throws(RegoError) -> RegoValue {
        if let known = situation.packages[node] { return known }
        let current = situation
        let (names, children) = (program.nodes[node].names, program.nodes[node].children)
        guard base == nil || base?.object != nil || names.isEmpty else { return base ?? .null }
        try enter(site)
        defer { leave() }
        var members: [RegoObject.Member] = (base?.object?.members ?? []).filter { member in
            program.nodes[node].child(member.key) == nil
        }
        for (key, child) in zip(names, children) {
            let below = base?[key]
            if situation.hidden.contains(child) {
                if let below { members.append(.init(key: key, value: below)) }
            } else if program.nodes[child].group != nil {
                if let value = try document(child, site) { members.append(.init(key: key, value: value)) }
            } else {
                members.append(.init(key: key, value: try package(child, below, site)))
            }
        }
        let result = RegoValue.object(RegoObject(members))
        current.packages[node] = result
        return result
    }
}
