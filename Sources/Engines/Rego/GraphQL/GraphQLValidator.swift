/// Whether a query may be asked of a schema (section 5 of the specification).
struct GraphQLValidator {
    let schema: GraphQLSchema
    let query: GraphQL.Query
    private var fragments: [String: GraphQL.Fragment] = [:]
    private(set) var problems: [String] = []
    private var steps = 0

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

    private mutating func report(_ problem: String) { problems.append(problem) }

    private mutating func validate() {
        checkNames()
        for fragment in query.fragments { check(fragment) }
        guard !hasCycle() else { return report("Cannot spread a fragment within itself.") }
        for operation in query.operations { check(operation) }
        let used = usedFragments()
        for fragment in query.fragments where !used.contains(fragment.name) {
            report("Fragment \(RegoValue.string(fragment.name)) is never used.")
        }
    }

    private mutating func checkNames() {
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

    private func spreads(_ selections: [GraphQL.Selection]) -> [String] {
        selections.flatMap { selection -> [String] in
            switch selection {
            case .field(let field): spreads(field.selections)
            case .spread(let name, _): [name]
            case .inline(_, _, let inner): spreads(inner)
            }
        }
    }

    private func hasCycle() -> Bool {
        var done: Set<String> = []
        func visit(_ name: String, _ path: Set<String>) -> Bool {
            if path.contains(name) { return true }
            guard done.insert(name).inserted, let fragment = fragments[name] else { return false }
            return spreads(fragment.selections).contains { visit($0, path.union([name])) }
        }
        return fragments.keys.contains { visit($0, []) }
    }

    private func usedFragments() -> Set<String> {
        var used: Set<String> = []
        var waiting = query.operations.flatMap { spreads($0.selections) }
        while let name = waiting.popLast() {
            guard used.insert(name).inserted, let fragment = fragments[name] else { continue }
            waiting += spreads(fragment.selections)
        }
        return used
    }

    // MARK: Operations

    private mutating func check(_ operation: GraphQL.Operation) {
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

    private mutating func checkVariables(_ variables: [GraphQL.Variable]) {
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
    private mutating func checkUse(of operation: GraphQL.Operation) {
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

    private mutating func check(_ fragment: GraphQL.Fragment) {
        checkCondition(fragment.condition)
        check(fragment.directives, at: "FRAGMENT_DEFINITION", nil)
        check(fragment.selections, of: fragment.condition, nil)
    }

    private mutating func checkCondition(_ name: String) {
        if schema.types[name] == nil {
            report("Unknown type \(RegoValue.string(name)).")
        } else if !schema.isComposite(name) {
            report("Fragment cannot condition on non composite type \(RegoValue.string(name)).")
        }
    }

    // MARK: Selections

    /// Variables are nil inside a fragment, which is checked for itself as well as where it is used.
    private mutating func check(
        _ selections: [GraphQL.Selection], of type: String, _ variables: [GraphQL.Variable]?
    ) {
        steps += 1
        guard steps < Self.stepsMax else { return report("the query is too large") }
        for selection in selections {
            switch selection {
            case .field(let field): check(field, of: type, variables)
            case .spread(let name, let directives):
                check(directives, at: "FRAGMENT_SPREAD", variables)
                guard let fragment = fragments[name] else {
                    report("Unknown fragment \(RegoValue.string(name)).")
                    continue
                }
                checkOverlap(type, fragment.condition)
                if let variables { check(fragment.selections, of: fragment.condition, variables) }
            case .inline(let condition, let directives, let inner):
                check(directives, at: "INLINE_FRAGMENT", variables)
                if !condition.isEmpty {
                    checkCondition(condition)
                    checkOverlap(type, condition)
                }
                check(inner, of: condition.isEmpty ? type : condition, variables)
            }
        }
    }

    private mutating func checkOverlap(_ type: String, _ condition: String) {
        guard schema.isComposite(type), schema.isComposite(condition) else { return }
        if schema.possibleTypes(type).isDisjoint(with: schema.possibleTypes(condition)) {
            report("Fragment cannot be spread here as objects of type \(type) can never be of type \(condition).")
        }
    }

    private mutating func check(_ field: GraphQL.Field, of type: String, _ variables: [GraphQL.Variable]?) {
        guard schema.types[type] != nil else { return }
        guard let definition = schema.field(field.name, of: type) else {
            return report(
                "Cannot query field \(RegoValue.string(field.name)) on type \(RegoValue.string(type)).")
        }
        check(field.arguments, definition.arguments, variables, "field \(RegoValue.string(type + "." + field.name))")
        check(field.directives, at: "FIELD", variables)
        let name = definition.type.name
        if schema.isLeaf(name) {
            if !field.selections.isEmpty {
                report("Field \(RegoValue.string(field.name)) must not have a selection since type has no subfields.")
            }
        } else if field.selections.isEmpty {
            report("Field \(RegoValue.string(field.name)) must have a selection of subfields.")
        } else {
            check(field.selections, of: name, variables)
        }
    }

    private mutating func check(
        _ arguments: [GraphQL.Argument], _ definitions: [GraphQL.Member], _ variables: [GraphQL.Variable]?,
        _ place: String
    ) {
        var names: Set<String> = []
        for argument in arguments {
            if !names.insert(argument.name).inserted {
                report("There can be only one argument named \(RegoValue.string(argument.name)).")
            }
            guard let definition = definitions.first(where: { $0.name == argument.name }) else {
                report("Unknown argument \(RegoValue.string(argument.name)) on \(place).")
                continue
            }
            check(argument.value, definition.type, variables, hasDefault: definition.defaultValue != nil)
        }
        for definition in definitions
        where definition.type.isNonNull && definition.defaultValue == nil && !names.contains(definition.name) {
            report("Argument \(RegoValue.string(definition.name)) of \(place) is required but not provided.")
        }
    }

    private mutating func check(
        _ directives: [GraphQL.Directive], at location: String, _ variables: [GraphQL.Variable]?
    ) {
        var names: Set<String> = []
        for directive in directives {
            guard let definition = schema.directives[directive.name] else {
                report("Unknown directive \(RegoValue.string("@" + directive.name)).")
                continue
            }
            if !definition.locations.contains(location) {
                report("Directive \(RegoValue.string("@" + directive.name)) may not be used on \(location).")
            }
            if !names.insert(directive.name).inserted, !definition.isRepeatable {
                report("The directive \(RegoValue.string("@" + directive.name)) can only be used once here.")
            }
            check(directive.arguments, definition.arguments, variables, "directive @\(directive.name)")
        }
    }

    // MARK: Values

    private mutating func check(
        _ value: GraphQL.Value, _ type: GraphQL.TypeReference, _ variables: [GraphQL.Variable]?,
        hasDefault: Bool = false
    ) {
        if value.kind == .variable {
            guard let variable = variables?.first(where: { $0.name == value.raw }) else { return }
            var given = variable.type
            // A default makes up for a variable that may be null.
            if type.isNonNull, !given.isNonNull, hasDefault || variable.defaultValue.map({ $0.kind != .null }) ?? false
            {
                given = Self.nonNull(given)
            }
            if !schema.isSubtype(given, of: type) {
                report("Variable \(RegoValue.string("$" + value.raw)) is used in a position of another type.")
            }
            return
        }
        if value.kind == .null {
            if type.isNonNull { report("Expected value of another type, found null.") }
            return
        }
        if case .list(let element, _) = type {
            guard value.kind == .list else { return check(value, element, variables) }
            for child in value.children { check(child.value, element, variables) }
            return
        }
        guard let definition = schema.types[type.name] else { return }
        switch definition.kind {
        case "ENUM":
            if value.kind != .enumeration || !definition.values.contains(where: { $0.name == value.raw }) {
                report("Value \(RegoValue.string(value.raw)) does not exist in \(RegoValue.string(type.name)) enum.")
            }
        case "INPUT_OBJECT": check(value, definition, variables)
        case "SCALAR":
            if !Self.accepts(type.name, value.kind) {
                report("\(type.name) cannot represent value: \(RegoValue.string(value.raw))")
            }
        default: report("Expected an input type, found \(type.name).")
        }
    }

    private static func nonNull(_ type: GraphQL.TypeReference) -> GraphQL.TypeReference {
        switch type {
        case .named(let name, _): .named(name, nonNull: true)
        case .list(let element, _): .list(element, nonNull: true)
        }
    }

    private static func accepts(_ scalar: String, _ kind: GraphQL.ValueKind) -> Bool {
        switch scalar {
        case "Int": kind == .int
        case "Float": kind == .int || kind == .float
        case "String": kind == .string || kind == .block
        case "Boolean": kind == .boolean
        case "ID": kind == .int || kind == .string || kind == .block
        default: true
        }
    }

    private mutating func check(
        _ value: GraphQL.Value, _ definition: GraphQL.Definition, _ variables: [GraphQL.Variable]?
    ) {
        guard value.kind == .object else {
            return report("Expected value of type \(RegoValue.string(definition.name)).")
        }
        var names: Set<String> = []
        for child in value.children {
            if !names.insert(child.name).inserted {
                report("There can be only one input field named \(RegoValue.string(child.name)).")
            }
            guard let field = definition.fields.first(where: { $0.name == child.name }) else {
                report("Field \(RegoValue.string(child.name)) is not defined by type \(definition.name).")
                continue
            }
            check(child.value, field.type, variables, hasDefault: field.defaultValue != nil)
        }
        for field in definition.fields
        where field.type.isNonNull && field.defaultValue == nil && !names.contains(field.name) {
            report("Field \(RegoValue.string(definition.name + "." + field.name)) is required but not provided.")
        }
    }

    // MARK: Fields that share a name in the answer

    private struct Answer {
        var parent: String
        var field: GraphQL.Field
    }

    private func fields(_ selections: [GraphQL.Selection], of type: String) -> [(name: String, answers: [Answer])] {
        var order: [String] = []
        var found: [String: [Answer]] = [:]
        var seen: Set<String> = []
        func collect(_ selections: [GraphQL.Selection], _ type: String) {
            for selection in selections {
                switch selection {
                case .field(let field):
                    if found[field.alias] == nil { order.append(field.alias) }
                    found[field.alias, default: []].append(Answer(parent: type, field: field))
                case .inline(let condition, _, let inner): collect(inner, condition.isEmpty ? type : condition)
                case .spread(let name, _):
                    guard seen.insert(name).inserted, let fragment = fragments[name] else { continue }
                    collect(fragment.selections, fragment.condition)
                }
            }
        }
        collect(selections, type)
        return order.map { ($0, found[$0] ?? []) }
    }

    private mutating func checkMerging(_ selections: [GraphQL.Selection], of type: String) {
        steps += 1
        guard steps < Self.stepsMax else { return }
        for (name, answers) in fields(selections, of: type) {
            for other in answers.dropFirst() where !canMerge(answers[0], other) {
                report("Fields \(RegoValue.string(name)) conflict. Use different aliases to fetch both.")
            }
            for answer in answers {
                guard let definition = schema.field(answer.field.name, of: answer.parent) else { continue }
                let together = answers.flatMap(\.field.selections)
                checkMerging(together, of: definition.type.name)
                break
            }
        }
    }

    private func canMerge(_ one: Answer, _ other: Answer) -> Bool {
        let (left, right) = (
            schema.field(one.field.name, of: one.parent), schema.field(other.field.name, of: other.parent)
        )
        let mayBeBoth =
            one.parent == other.parent || schema.types[one.parent]?.kind != "OBJECT"
            || schema.types[other.parent]?.kind != "OBJECT"
        if mayBeBoth {
            guard one.field.name == other.field.name, Self.areSame(one.field.arguments, other.field.arguments) else {
                return false
            }
        }
        guard let left, let right else { return true }
        if schema.isLeaf(left.type.name) || schema.isLeaf(right.type.name) { return left.type == right.type }
        return true
    }

    private static func areSame(_ one: [GraphQL.Argument], _ other: [GraphQL.Argument]) -> Bool {
        guard one.count == other.count else { return false }
        return one.allSatisfy { argument in
            other.contains { $0.name == argument.name && areSame($0.value, argument.value) }
        }
    }

    private static func areSame(_ one: GraphQL.Value, _ other: GraphQL.Value) -> Bool {
        one.kind == other.kind && one.raw == other.raw && one.children.count == other.children.count
            && zip(one.children, other.children).allSatisfy { $0.name == $1.name && areSame($0.value, $1.value) }
    }
}
