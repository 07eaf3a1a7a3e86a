extension Term {
    /// Whether a comprehension is in the term.
    var hasBody: Bool {
        var found = false
        visitTerms { inner in
            switch inner.kind {
            case .arrayComprehension, .setComprehension, .objectComprehension: found = true
            default: break
            }
        }
        return found
    }

    /// How OPA's messages name the kind of a term.
    var typeName: String {
        switch kind {
        case .value(let value): value.typeName
        case .variable(let name): name == "input" || name == "data" ? "ref" : "var"
        case .reference: "ref"
        case .call: "call"
        case .array: "array"
        case .set: "set"
        case .object: "object"
        case .arrayComprehension: "arraycomprehension"
        case .setComprehension: "setcomprehension"
        case .objectComprehension: "objectcomprehension"
        case .template: "templatestring"
        }
    }

    var isReference: Bool { if case .reference = kind { true } else { false } }

    /// Whether no variable occurs. Comprehensions and calls count as having some.
    var isGround: Bool {
        switch kind {
        case .value: true
        case .variable(let name): name == "input" || name == "data"
        case .reference(let head, let keys): head.variable != nil && keys.allSatisfy(\.isGround)
        case .array(let terms), .set(let terms): terms.allSatisfy(\.isGround)
        case .object(let pairs): pairs.allSatisfy { $0.key.isGround && $0.value.isGround }
        case .call(_, let arguments): arguments.allSatisfy(\.isGround)
        case .arrayComprehension, .setComprehension, .objectComprehension, .template: false
        }
    }

    /// The kind of the first part that a default value may not have.
    var firstNonConstant: String? {
        switch kind {
        case .value, .arrayComprehension, .setComprehension, .objectComprehension: nil
        case .variable(let name): name == "input" || name == "data" ? "ref" : "var"
        case .reference: "ref"
        case .call: "call"
        case .template: "template string"
        case .array(let terms), .set(let terms): terms.lazy.compactMap(\.firstNonConstant).first
        case .object(let pairs): pairs.lazy.compactMap { $0.key.firstNonConstant ?? $0.value.firstNonConstant }.first
        }
    }

    /// The path of a rule's head, for messages.
    var headTitle: String {
        if case .call(.name(let operation), _) = kind { return operation.written }
        return written
    }
}
