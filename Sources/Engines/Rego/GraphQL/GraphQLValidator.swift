/// Whether a query may be asked of a schema (section 5 of the specification).
struct GraphQLValidator {
    let schema: GraphQLSchema
    let query: GraphQL.Query
    var fragments: [String: GraphQL.Fragment] = [:]
    var problems: [String] = []
    var steps = 0

    /// Visits of selections, after which a query counts as too large.
    static let stepsMax = 100_000

    init(_ query: GraphQL.Query, _ schema: GraphQLSchema) {
        self.query = query
        self.schema = schema
        for fragment in query.fragments where fragments[fragment.name] == nil { fragments[fragment.name] = fragment }
    }

    static func problems(_ query: GraphQL.Query, _ schema: GraphQLSchema) -> [String] {
        var validator = GraphQLValidator(query, schema)
        validator.validate()
        return validator.problems
    }

    mutating func report(_ problem: String) { problems.append(problem) }

    mutating func validate() {
        checkNames()
        for fragment in query.fragments { check(fragment) }
        guard !hasCycle() else { return report("Cannot spread a fragment within itself.") }
        for operation in query.operations { check(operation) }
        let used = usedFragments()
        for fragment in query.fragments where !used.contains(fragment.name) {
            report("Fragment \(RegoValue.string(fragment.name)) is never used.")
        }
    }

    mutating func checkNames() {
        var names: Set<String> = []
        for operation in query.operations {
            if operation.name.isEmpty {
                if query.operations.count > 1 { report("This anonymous operation must be the only defined operation.") }
            } else if !names.insert(operation.name).inserted {
                report("There can be only one operation named \(RegoValue.string(operation.name)).")
            }
        }
        names = []
        for fragment in query.fragments where !names.insert(fragment.name).inserted {
            report("There can be only one fragment named \(RegoValue.string(fragment.name)).")
        }
    }

    func spreads(_ selections: [GraphQL.Selection]) -> [String] {
        selections.flatMap { selection -> [String] in
            switch selection {
            case .field(let field): spreads(field.selections)
            case .spread(let name, _): [name]
            case .inline(_, _, let inner): spreads(inner)
            }
        }
    }

    func hasCycle() -> Bool {
        var done: Set<String> = []
        func visit(_ name: String, _ path: Set<String>) -> Bool {
            if path.contains(name) { return true }
            guard done.insert(name).inserted, let fragment = fragments[name] else { return false }
            return spreads(fragment.selections).contains { visit($0, path.union([name])) }
        }
        return fragments.keys.contains { visit($0, []) }
    }

    func usedFragments() -> Set<String> {
        var used: Set<String> = []
        var waiting = query.operations.flatMap { spreads($0.selections) }
        while let name = waiting.popLast() {
            guard used.insert(name).inserted, let fragment = fragments[name] else { continue }
            waiting += spreads(fragment.selections)
        }
        return used
    }

    // MARK: Operations

    mutating func check(_ operation: GraphQL.Operation) {
        guard let root = schema.roots[operation.kind] else {
            return report("Schema does not support operation type \(RegoValue.string(operation.kind))")
        }
        checkVariables(operation.variables)
        check(operation.directives, at: operation.kind.uppercased(), operation.variables)
        check(operation.selections, of: root, operation.variables)
        if operation.kind == "subscription", fields(operation.selections, of: root).count > 1 {
            report("Subscription \(RegoValue.string(operation.name)) must select only one top level field.")
        }
        checkMerging(operation.selections, of: root)
        checkUse(of: operation)
    }

    mutating func checkVariables(_ variables: [GraphQL.Variable]) {
        var names: Set<String> = []
        for variable in variables {
            if !names.insert(variable.name).inserted {
                report("There can be only one variable named \(RegoValue.string("$" + variable.name)).")
            }
            guard schema.types[variable.type.name] != nil else {
                report("Unknown type \(RegoValue.string(variable.type.name)).")
                continue
            }
            guard schema.isInput(variable.type.name) else {
                report("Variable \(RegoValue.string("$" + variable.name)) cannot be non-input type.")
                continue
            }
            if let value = variable.defaultValue { check(value, variable.type, []) }
            check(variable.directives, at: "VARIABLE_DEFINITION", [])
        }
    }

    /// Every variable that is used is declared, and every one that is declared is used.
    mutating func checkUse(of operation: GraphQL.Operation) {
        var used: Set<String> = []
        var seen: Set<String> = []
        func collect(_ value: GraphQL.Value) {
            if value.kind == .variable { used.insert(value.raw) }
            for child in value.children { collect(child.value) }
        }
        func collect(_ directives: [GraphQL.Directive]) {
            for directive in directives { for argument in directive.arguments { collect(argument.value) } }
        }
        func collect(_ selections: [GraphQL.Selection]) {
            for selection in selections {
                switch selection {
                case .field(let field):
                    for argument in field.arguments { collect(argument.value) }
                    collect(field.directives)
                    collect(field.selections)
                case .inline(_, let directives, let inner):
                    collect(directives)
                    collect(inner)
                case .spread(let name, let directives):
                    collect(directives)
                    guard seen.insert(name).inserted, let fragment = fragments[name] else { continue }
                    collect(fragment.directives)
                    collect(fragment.selections)
                }
            }
        }
        collect(operation.directives)
        collect(operation.selections)
        let declared = Set(operation.variables.map(\.name))
        for name in used.subtracting(declared).sorted() {
            report("Variable \(RegoValue.string("$" + name)) is not defined.")
        }
        for name in declared.subtracting(used).sorted() {
            report("Variable \(RegoValue.string("$" + name)) is never used.")
        }
    }

    mutating func check(_ fragment: GraphQL.Fragment) {
        checkCondition(fragment.condition)
        check(fragment.directives, at: "FRAGMENT_DEFINITION", nil)
        check(fragment.selections, of: fragment.condition, nil)
    }

    mutating func checkCondition(_ name: String) {
        if schema.types[name] == nil {
            report("Unknown type \(RegoValue.string(name)).")
        } else if !schema.isComposite(name) {
            report("Fragment cannot condition on non composite type \(RegoValue.string(name)).")
        }
    }
}
