/// Variables without a value inside interpolated texts and in what is printed. They are told as undeclared, where they
/// stand, and before all others.
struct UndeclaredCheck {
    let variables: PlainVariables
    let lacking: Set<Int>
    private(set) var errors: [RegoError] = []

    init(_ variables: PlainVariables, lacking: Set<Int>) {
        self.variables = variables
        self.lacking = lacking
    }

    mutating func look(at body: PlainBody) {
        guard !lacking.isEmpty else { return }
        for expression in body.expressions {
            for term in expression.terms { look(at: term) }
            if case .call(.builtin("print"), let arguments) = expression.kind {
                for argument in arguments { tell(argument.variables(), at: argument.location) }
            }
            for closure in expression.closures {
                for term in closure.head { look(at: term) }
                look(at: closure.body)
            }
        }
    }

    private mutating func look(at term: PlainTerm) {
        var texts: [(parts: [PlainTerm], calls: PlainBody)] = []
        term.visit { if case .template(let parts, let calls) = $0.kind { texts.append((parts, calls)) } }
        for text in texts { look(at: text.parts, text.calls) }
    }

    /// A variable that stands alone is asked for like all others.
    private mutating func look(at parts: [PlainTerm], _ calls: PlainBody) {
        var inputs: Set<ObjectIdentifier> = []
        for call in calls.expressions {
            guard case .call(_, let arguments) = call.kind else { continue }
            for argument in arguments.dropLast() {
                inputs.insert(ObjectIdentifier(argument))
                tell(argument.variables(), at: call.location)
            }
        }
        for part in parts where !inputs.contains(ObjectIdentifier(part)) {
            if case .variable = part.kind { continue }
            tell(part.variables(), at: part.location)
        }
    }

    private mutating func tell(_ found: Set<Int>, at location: Location) {
        let names = found.intersection(lacking).map { variables[$0] }.filter { !$0.isGenerated }.map(\.name)
        for name in names.sorted() { errors.append(RegoError(.compile, "var \(name) is undeclared", at: location)) }
    }
}
