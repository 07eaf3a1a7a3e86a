/// Documents as the values that policies see, and back. Parts that are absent have no key.
extension GraphQL {
    private static func object(_ members: [(String, RegoValue?)]) -> RegoValue {
        .object(
            RegoObject(
                members.compactMap { name, value in
                    guard let value else { return nil }
                    if let array = value.array, array.isEmpty { return nil }
                    return .init(key: .string(name), value: value)
                }))
    }

    static func value(_ query: Query) -> RegoValue {
        object([
            ("Operations", .array(query.operations.map(value))), ("Fragments", .array(query.fragments.map(value))),
        ])
    }

    private static func value(_ operation: Operation) -> RegoValue {
        object([
            ("Operation", .string(operation.kind)), ("Name", .string(operation.name)),
            ("VariableDefinitions", .array(operation.variables.map(value))),
            ("Directives", .array(operation.directives.map(value))),
            ("SelectionSet", .array(operation.selections.map(value))),
        ])
    }

    private static func value(_ fragment: Fragment) -> RegoValue {
        object([
            ("Name", .string(fragment.name)), ("VariableDefinition", .array(fragment.variables.map(value))),
            ("TypeCondition", .string(fragment.condition)), ("Directives", .array(fragment.directives.map(value))),
            ("SelectionSet", .array(fragment.selections.map(value))),
        ])
    }

    private static func value(_ variable: Variable) -> RegoValue {
        object([
            ("Variable", .string(variable.name)), ("Type", value(variable.type)),
            ("DefaultValue", variable.defaultValue.map(value)), ("Used", false),
            ("Directives", .array(variable.directives.map(value))),
        ])
    }

    private static func value(_ type: TypeReference) -> RegoValue {
        switch type {
        case .named(let name, let nonNull): ["NamedType": .string(name), "NonNull": .bool(nonNull)]
        case .list(let element, let nonNull):
            ["NamedType": "", "NonNull": .bool(nonNull), "Elem": value(element)]
        }
    }

    private static func value(_ selection: Selection) -> RegoValue {
        switch selection {
        case .field(let field):
            object([
                ("Alias", .string(field.alias)), ("Name", .string(field.name)),
                ("Arguments", .array(field.arguments.map(value))),
                ("Directives", .array(field.directives.map(value))),
                ("SelectionSet", .array(field.selections.map(value))),
            ])
        case .spread(let name, let directives):
            object([("Name", .string(name)), ("Directives", .array(directives.map(value)))])
        case .inline(let condition, let directives, let selections):
            object([
                ("TypeCondition", .string(condition)), ("Directives", .array(directives.map(value))),
                ("SelectionSet", .array(selections.map(value))),
            ])
        }
    }

    private static func value(_ argument: Argument) -> RegoValue {
        ["Name": .string(argument.name), "Value": value(argument.value)]
    }

    private static func value(_ directive: Directive) -> RegoValue {
        object([
            ("Name", .string(directive.name)), ("Arguments", .array(directive.arguments.map(value))),
            ("Location", ""),
        ])
    }

    private static func value(_ value: Value) -> RegoValue {
        object([
            ("Raw", .string(value.raw)), ("Kind", .int(value.kind.rawValue)),
            (
                "Children",
                .array(value.children.map { ["Name": .string($0.name), "Value": Self.value($0.value)] })
            ),
            ("ExpectedTypeHasDefault", false),
        ])
    }

    static func value(_ system: TypeSystem) -> RegoValue {
        object([
            ("Schema", .array(system.schemas.map(value))),
            ("SchemaExtension", .array(system.schemaExtensions.map(value))),
            ("Directives", .array(system.directives.map(value))),
            ("Definitions", .array(system.definitions.map(value))),
            ("Extensions", .array(system.extensions.map(value))),
        ])
    }

    private static func value(_ schema: SchemaDefinition) -> RegoValue {
        object([
            ("Description", .string(schema.description)), ("Directives", .array(schema.directives.map(value))),
            (
                "OperationTypes",
                .array(schema.operations.map { ["Operation": .string($0.operation), "Type": .string($0.type)] })
            ),
        ])
    }

    private static func value(_ directive: DirectiveDefinition) -> RegoValue {
        object([
            ("Description", .string(directive.description)), ("Name", .string(directive.name)),
            ("Arguments", .array(directive.arguments.map { value($0) })),
            ("Locations", .array(directive.locations.map { .string($0) })),
            ("IsRepeatable", .bool(directive.isRepeatable)),
        ])
    }

    private static func value(_ definition: Definition) -> RegoValue {
        object([
            ("Kind", .string(definition.kind)), ("Description", .string(definition.description)),
            ("Name", .string(definition.name)), ("Directives", .array(definition.directives.map(value))),
            ("Interfaces", .array(definition.interfaces.map { .string($0) })),
            ("Fields", .array(definition.fields.map { value($0) })),
            ("Types", .array(definition.types.map { .string($0) })),
            (
                "EnumValues",
                .array(
                    definition.values.map {
                        object([
                            ("Description", .string($0.description)), ("Name", .string($0.name)),
                            ("Directives", .array($0.directives.map(value))),
                        ])
                    })
            ),
            ("BuiltIn", .bool(definition.isBuiltIn)),
        ])
    }

    private static func value(_ member: Member) -> RegoValue {
        object([
            ("Description", .string(member.description)), ("Name", .string(member.name)),
            ("Arguments", .array(member.arguments.map { value($0) })),
            ("DefaultValue", member.defaultValue.map(value)), ("Type", value(member.type)),
            ("Directives", .array(member.directives.map(value))),
        ])
    }
}
