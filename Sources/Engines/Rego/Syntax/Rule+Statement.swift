/// Rules without a body are read as expressions: `p := 1`, `f(x) := x`, `p.a.b`.
extension Rule {
    struct NotARule: Error {
        var message: String
    }

    convenience init(statement body: [Literal]) throws(NotARule) {
        guard body.count == 1 else {
            throw NotARule(message: "multiple expressions cannot be used for rule head")
        }
        let literal = body[0]
        if !literal.modifiers.isEmpty {
            throw NotARule(message: "expressions using with keyword cannot be used for rule head")
        }
        var form = Form(hasGeneratedBody: true)
        switch literal.kind {
        case .not: throw NotARule(message: "negated expressions cannot be used for rule head")
        case .some, .someIn: throw NotARule(message: "'some' declarations cannot be used for rule head")
        case .notBody, .every, .logical: throw NotARule(message: "expression cannot be used for rule head")
        case .unify(let left, let right):
            let head = try Self.head(equating: left, right, isAssigned: false, literal.location, &form)
            self.init(head: head, body: [], form: form, at: literal.location)
        case .assign(let left, let right):
            let head = try Self.head(equating: left, right, isAssigned: true, literal.location, &form)
            self.init(head: head, body: [], form: form, at: literal.location)
        case .term(let term):
            let head = try Self.head(of: term, &form)
            self.init(head: head, body: [], form: form, at: term.location)
        }
    }

    private static func name(_ term: Term) throws(NotARule) -> Term {
        guard let name = term.variable else {
            throw NotARule(message: "\(term.typeName) cannot be used for rule name")
        }
        return Term(.value(.string(name)), at: term.location)
    }

    private static func reference(_ term: Term) throws(NotARule) -> [Term] {
        guard case .reference(let head, let keys) = term.kind else {
            return [try name(term)]
        }
        guard let name = head.variable, name != "_" else {
            throw NotARule(message: "invalid rule head: \(term.written)")
        }
        return [Term(.value(.string(name)), at: head.location)] + keys
    }

    private static func head(
        equating left: Term, _ right: Term, isAssigned: Bool, _ location: Location, _ form: inout Form
    ) throws(NotARule) -> Head {
        if case .call(let operation, let arguments) = left.kind {
            guard case .name(let name) = operation else {
                throw NotARule(message: "call cannot be used for rule name")
            }
            return Head(
                reference: try reference(name), parameters: arguments, value: right, isAssigned: isAssigned,
                location: location)
        }
        if left.variable == "_" { throw NotARule(message: "var cannot be used for rule name") }
        let path = try reference(left)
        if path.count == 2 { form.key = path[1] }
        return Head(reference: path, value: right, isAssigned: isAssigned, location: location)
    }

    private static func head(of term: Term, _ form: inout Form) throws(NotARule) -> Head {
        switch term.kind {
        case .reference(_, let keys):
            var path = try reference(term)
            if keys.count > 1 {
                form.isValueAtHead = true
                return Head(reference: path, isAssigned: false, location: term.location)
            }
            let element = path.removeLast()
            return Head(reference: path, element: element, isAssigned: false, location: term.location)
        case .call(.name(let operation), let arguments):
            guard Builtins.standard.index(of: operation.dottedPath?.joined(separator: ".") ?? "") == nil else {
                throw NotARule(message: "rule name conflicts with built-in function")
            }
            guard !arguments.isEmpty else {
                throw NotARule(message: "rule argument list must take at least one argument")
            }
            form.isValueAtHead = true
            return Head(
                reference: try reference(operation), parameters: arguments, isAssigned: false,
                location: operation.location)
        case .call: throw NotARule(message: "rule name conflicts with built-in function")
        case .variable("input"), .variable("data"):
            throw NotARule(message: "refs cannot be used for rule head")
        default: throw NotARule(message: "\(term.typeName) cannot be used for rule name")
        }
    }
}
