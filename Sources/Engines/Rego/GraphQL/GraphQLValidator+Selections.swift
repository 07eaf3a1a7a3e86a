/// Fields and fragments that are asked for.
extension GraphQLValidator {
    /// Variables are nil inside a fragment, which is checked for itself as well as where it is used.
    mutating func check(
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

    mutating func checkOverlap(_ type: String, _ condition: String) {
        guard schema.isComposite(type), schema.isComposite(condition) else { return }
        if schema.possibleTypes(type).isDisjoint(with: schema.possibleTypes(condition)) {
            report("Fragment cannot be spread here as objects of type \(type) can never be of type \(condition).")
        }
    }

    mutating func check(_ field: GraphQL.Field, of type: String, _ variables: [GraphQL.Variable]?) {
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

    mutating func check(
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

    mutating func check(
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
}
