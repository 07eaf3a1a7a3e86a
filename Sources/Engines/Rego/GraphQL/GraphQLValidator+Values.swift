/// Values of arguments and variables.
extension GraphQLValidator {
    mutating func check(
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

    static func nonNull(_ type: GraphQL.TypeReference) -> GraphQL.TypeReference {
        switch type {
        case .named(let name, _): .named(name, nonNull: true)
        case .list(let element, _): .list(element, nonNull: true)
        }
    }

    static func accepts(_ scalar: String, _ kind: GraphQL.ValueKind) -> Bool {
        switch scalar {
        case "Int": kind == .int
        case "Float": kind == .int || kind == .float
        case "String": kind == .string || kind == .block
        case "Boolean": kind == .boolean
        case "ID": kind == .int || kind == .string || kind == .block
        default: true
        }
    }

    mutating func check(
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
}
