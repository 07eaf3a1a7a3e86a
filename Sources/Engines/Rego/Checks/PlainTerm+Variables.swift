extension PlainTerm {
    /// What is left out when variables are gathered.
    struct Omission: OptionSet {
        let rawValue: Int
        static let closures = Omission(rawValue: 1)
        static let referenceHeads = Omission(rawValue: 2)
        static let sets = Omission(rawValue: 4)
        static let objectKeys = Omission(rawValue: 8)
    }

    func collect(_ found: inout Set<Int>, without omission: Omission = .closures) {
        switch kind {
        case .constant, .document, .function: break
        case .variable(let number): found.insert(number)
        case .reference(let head, let keys):
            if !omission.contains(.referenceHeads) { head.collect(&found, without: omission) }
            for key in keys { key.collect(&found, without: omission) }
        case .array(let terms): for term in terms { term.collect(&found, without: omission) }
        case .set(let terms):
            if !omission.contains(.sets) { for term in terms { term.collect(&found, without: omission) } }
        case .object(let pairs):
            for pair in pairs {
                if !omission.contains(.objectKeys) { pair.key.collect(&found, without: omission) }
                pair.value.collect(&found, without: omission)
            }
        case .comprehension(_, let head, let body):
            guard !omission.contains(.closures) else { return }
            for term in head { term.collect(&found, without: omission) }
            for expression in body.expressions { expression.collectAllVariables(&found) }
        case .template(let parts, _): for part in parts { part.collect(&found, without: omission) }
        }
    }

    func variables(without omission: Omission = .closures) -> Set<Int> {
        var found: Set<Int> = []
        collect(&found, without: omission)
        return found
    }

    /// Calls `body` for the term and everything in it that is no closure.
    func visit(_ body: (PlainTerm) -> Void) {
        body(self)
        switch kind {
        case .constant, .document, .function, .variable, .comprehension: break
        case .reference(let head, let keys):
            head.visit(body)
            for key in keys { key.visit(body) }
        case .array(let terms), .set(let terms), .template(let terms, _): for term in terms { term.visit(body) }
        case .object(let pairs):
            for pair in pairs {
                pair.key.visit(body)
                pair.value.visit(body)
            }
        }
    }
}

extension PlainExpression {
    /// The statement's own terms.
    var terms: [PlainTerm] {
        switch kind {
        case .term(let term): [term]
        case .call(_, let arguments): arguments
        case .every(_, _, let domain, _): [domain]
        case .not(_, let needs): needs
        }
    }

    /// Variables outside closures.
    var variables: Set<Int> {
        var found: Set<Int> = []
        for term in terms { term.collect(&found) }
        for modifier in modifiers { modifier.value.collect(&found) }
        return found
    }

    func collectAllVariables(_ found: inout Set<Int>) {
        for term in terms { term.collect(&found, without: []) }
        for modifier in modifiers {
            modifier.target.collect(&found, without: [])
            modifier.value.collect(&found, without: [])
        }
        switch kind {
        case .every(let key, let value, _, let body):
            key?.collect(&found, without: [])
            value.collect(&found, without: [])
            for expression in body.expressions { expression.collectAllVariables(&found) }
        case .not(let body, _): for expression in body.expressions { expression.collectAllVariables(&found) }
        default: break
        }
    }

    /// Bodies inside the statement, with the variables that they are given.
    var closures: [(body: PlainBody, head: [PlainTerm], given: Set<Int>)] {
        var result: [(body: PlainBody, head: [PlainTerm], given: Set<Int>)] = []
        func visit(_ term: PlainTerm) {
            term.visit { inner in
                if case .comprehension(_, let head, let body) = inner.kind { result.append((body, head, [])) }
            }
        }
        for term in terms { visit(term) }
        for modifier in modifiers { visit(modifier.value) }
        switch kind {
        case .every(let key, let value, _, let body):
            result.append((body, [], (key?.variables() ?? []).union(value.variables())))
        case .not(let body, _): result.append((body, [], []))
        default: break
        }
        return result
    }

    /// Variables that its closures take from outside or make themselves.
    var closureVariables: Set<Int> {
        var found: Set<Int> = []
        for closure in closures {
            for expression in closure.body.expressions { expression.collectAllVariables(&found) }
            for term in closure.head { term.collect(&found, without: []) }
            found.subtract(closure.given)
        }
        return found
    }
}
