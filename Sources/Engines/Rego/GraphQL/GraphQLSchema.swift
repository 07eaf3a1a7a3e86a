/// A type system whose parts fit together.
struct GraphQLSchema {
    private(set) var types: [String: GraphQL.Definition] = [:]
    private(set) var directives: [String: GraphQL.DirectiveDefinition] = [:]
    /// The types in which operations begin, by kind of operation.
    private(set) var roots: [String: String] = [:]

    /// What every type system has (sections 3.5, 3.13 and 4 of the specification).
    static let prelude = """
        scalar Int scalar Float scalar String scalar Boolean scalar ID
        directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        directive @deprecated(reason: String = "No longer supported") on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        directive @specifiedBy(url: String!) on SCALAR
        directive @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
        directive @oneOf on INPUT_OBJECT
        type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type directives: [__Directive!]! }
        type __Type { kind: __TypeKind! name: String description: String specifiedByURL: String fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!] enumValues(includeDeprecated: Boolean = false): [__EnumValue!] inputFields(includeDeprecated: Boolean = false): [__InputValue!] ofType: __Type isOneOf: Boolean }
        type __Field { name: String! description: String args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type! isDeprecated: Boolean! deprecationReason: String }
        type __InputValue { name: String! description: String type: __Type! defaultValue: String isDeprecated: Boolean! deprecationReason: String }
        type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
        enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
        type __Directive { name: String! description: String locations: [__DirectiveLocation!]! args(includeDeprecated: Boolean = false): [__InputValue!]! isRepeatable: Boolean! }
        enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION }
        """

    init(_ system: GraphQL.TypeSystem) throws(GraphQLError) {
        var prelude = try GraphQLParser.typeSystem(Self.prelude)
        for index in prelude.definitions.indices { prelude.definitions[index].isBuiltIn = true }
        for definition in prelude.definitions + system.definitions {
            guard types[definition.name] == nil else {
                throw GraphQLError(message: "Cannot redeclare type \(definition.name).")
            }
            types[definition.name] = definition
        }
        for part in system.extensions {
            guard let base = types[part.name] else {
                types[part.name] = part
                continue
            }
            guard base.kind == part.kind else {
                throw GraphQLError(
                    message:
                        "Cannot extend type \(part.name) because the base type is a \(base.kind), not \(part.kind).")
            }
            types[part.name]?.directives += part.directives
            types[part.name]?.interfaces += part.interfaces
            types[part.name]?.fields += part.fields
            types[part.name]?.types += part.types
            types[part.name]?.values += part.values
        }
        let own = Set(prelude.directives.map(\.name))
        for directive in prelude.directives + system.directives {
            // Some of the prelude's directives may be declared once more.
            guard directives[directive.name] == nil || own.contains(directive.name) else {
                throw GraphQLError(message: "Cannot redeclare directive \(directive.name).")
            }
            directives[directive.name] = directive
        }
        try findRoots(system)
        for name in types.keys.sorted() { if let definition = types[name] { try check(definition) } }
        for name in directives.keys.sorted() { if let directive = directives[name] { try check(directive) } }
    }

    private mutating func findRoots(_ system: GraphQL.TypeSystem) throws(GraphQLError) {
        guard system.schemas.count <= 1 else {
            throw GraphQLError(
                message: "Cannot have multiple schema entry points, consider schema extensions instead.")
        }
        for schema in system.schemas + system.schemaExtensions {
            for (operation, type) in schema.operations {
                guard types[type] != nil else {
                    throw GraphQLError(
                        message: "Schema root \(operation) refers to a type \(type) that does not exist.")
                }
                roots[operation] = type
            }
        }
        for (operation, type) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")]
        where system.schemas.isEmpty && roots[operation] == nil && types[type] != nil {
            roots[operation] = type
        }
    }

    // MARK: Checks

    private func check(_ definition: GraphQL.Definition) throws(GraphQLError) {
        if !definition.isBuiltIn { try checkName(definition.name) }
        for member in definition.fields {
            if !definition.isBuiltIn { try checkName(member.name) }
            try checkType(member.type)
            for argument in member.arguments {
                try checkName(argument.name)
                try checkInput(argument.type)
                try check(argument.directives, at: "ARGUMENT_DEFINITION")
            }
            try check(
                member.directives, at: definition.kind == "INPUT_OBJECT" ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION"
            )
        }
        switch definition.kind {
        case "OBJECT", "INTERFACE":
            guard !definition.fields.isEmpty else {
                throw GraphQLError(message: "\(definition.kind) \(definition.name): must define one or more fields.")
            }
            for field in definition.fields where types[field.type.name]?.kind == "INPUT_OBJECT" {
                throw GraphQLError(
                    message:
                        "\(definition.kind) \(definition.name): field must be one of SCALAR, OBJECT, INTERFACE, UNION, ENUM."
                )
            }
            for name in definition.interfaces { try checkImplementation(of: name, by: definition) }
        case "INPUT_OBJECT":
            guard !definition.fields.isEmpty else {
                throw GraphQLError(
                    message: "\(definition.kind) \(definition.name): must define one or more input fields.")
            }
            for field in definition.fields { try checkInput(field.type) }
        case "UNION":
            for name in definition.types {
                guard let type = types[name] else { throw GraphQLError(message: "Undefined type \(name).") }
                guard type.kind == "OBJECT" else {
                    throw GraphQLError(
                        message: "UNION type \(RegoValue.string(name)) must be OBJECT.")
                }
            }
        case "ENUM":
            guard !definition.values.isEmpty else {
                throw GraphQLError(
                    message: "\(definition.kind) \(definition.name): must define one or more unique enum values.")
            }
            for value in definition.values {
                guard !["true", "false", "null"].contains(value.name) else {
                    throw GraphQLError(
                        message: "\(definition.kind) \(definition.name): non-enum value \(value.name).")
                }
                try check(value.directives, at: "ENUM_VALUE")
            }
        default: break
        }
        try check(definition.directives, at: definition.kind)
    }

    private func check(_ directive: GraphQL.DirectiveDefinition) throws(GraphQLError) {
        try checkName(directive.name)
        for argument in directive.arguments {
            try checkName(argument.name)
            try checkInput(argument.type)
        }
    }

    private func checkName(_ name: String) throws(GraphQLError) {
        if name.hasPrefix("__") {
            throw GraphQLError(
                message:
                    "Name \(RegoValue.string(name)) must not begin with \"__\", which is reserved by GraphQL introspection."
            )
        }
    }

    private func checkType(_ type: GraphQL.TypeReference) throws(GraphQLError) {
        guard types[type.name] != nil else { throw GraphQLError(message: "Undefined type \(type.name).") }
    }

    private func checkInput(_ type: GraphQL.TypeReference) throws(GraphQLError) {
        try checkType(type)
        guard isInput(type.name) else {
            throw GraphQLError(
                message:
                    "cannot use \(type.name) as argument because \(types[type.name]?.kind ?? "") is not a valid input type"
            )
        }
    }

    private func check(_ uses: [GraphQL.Directive], at location: String) throws(GraphQLError) {
        for use in uses {
            guard let definition = directives[use.name] else {
                throw GraphQLError(message: "Undefined directive \(use.name).")
            }
            guard definition.locations.contains(location) else {
                throw GraphQLError(message: "Directive \(use.name) is not applicable on \(location).")
            }
            for argument in use.arguments where !definition.arguments.contains(where: { $0.name == argument.name }) {
                throw GraphQLError(message: "Undefined argument \(argument.name) for directive \(use.name).")
            }
            for wanted in definition.arguments
            where wanted.type.isNonNull && wanted.defaultValue == nil
                && !use.arguments.contains(where: { $0.name == wanted.name && $0.value.kind != .null })
            {
                throw GraphQLError(message: "Argument \(wanted.name) for directive \(use.name) cannot be null.")
            }
        }
    }

    private func checkImplementation(of name: String, by definition: GraphQL.Definition) throws(GraphQLError) {
        guard let interface = types[name] else { throw GraphQLError(message: "Undefined type \(name).") }
        guard interface.kind == "INTERFACE" else {
            throw GraphQLError(message: "\(name) is a non interface type \(interface.kind).")
        }
        for wanted in interface.fields {
            guard let found = definition.fields.first(where: { $0.name == wanted.name }) else {
                throw GraphQLError(
                    message: "For \(definition.name) to implement \(name) it must have a field called \(wanted.name).")
            }
            guard isSubtype(found.type, of: wanted.type) else {
                throw GraphQLError(
                    message: "For \(definition.name) to implement \(name) the field \(wanted.name) must have type.")
            }
            for argument in wanted.arguments {
                guard found.arguments.contains(where: { $0.name == argument.name && $0.type == argument.type }) else {
                    throw GraphQLError(
                        message:
                            "For \(definition.name) to implement \(name) the field \(wanted.name) must have the same arguments but it is missing \(argument.name)."
                    )
                }
            }
        }
    }

    // MARK: Questions

    func isInput(_ name: String) -> Bool { ["SCALAR", "ENUM", "INPUT_OBJECT"].contains(types[name]?.kind ?? "") }
    func isLeaf(_ name: String) -> Bool { ["SCALAR", "ENUM"].contains(types[name]?.kind ?? "") }
    func isComposite(_ name: String) -> Bool { ["OBJECT", "INTERFACE", "UNION"].contains(types[name]?.kind ?? "") }

    /// The objects that a value of the type can be.
    func possibleTypes(_ name: String) -> Set<String> {
        guard let definition = types[name] else { return [] }
        switch definition.kind {
        case "UNION": return Set(definition.types)
        case "INTERFACE":
            return Set(types.values.filter { $0.kind == "OBJECT" && $0.interfaces.contains(name) }.map(\.name))
        default: return [name]
        }
    }

    func isSubtype(_ type: GraphQL.TypeReference, of other: GraphQL.TypeReference) -> Bool {
        if type == other { return true }
        if other.isNonNull { return type.isNonNull && isSubtype(type.nullable, of: other.nullable) }
        switch (type.nullable, other) {
        case (.list(let one, _), .list(let another, _)): return isSubtype(one, of: another)
        case (.named(let one, _), .named(let another, _)):
            return one == another || types[one]?.interfaces.contains(another) ?? false
                || types[another]?.types.contains(one) ?? false
        default: return false
        }
    }

    func field(_ name: String, of type: String) -> GraphQL.Member? {
        if name == "__typename", isComposite(type) {
            return GraphQL.Member(name: name, type: .named("String", nonNull: true))
        }
        if type == roots["query"] {
            if name == "__schema" { return GraphQL.Member(name: name, type: .named("__Schema", nonNull: true)) }
            if name == "__type" {
                let argument = GraphQL.Member(name: "name", type: .named("String", nonNull: true))
                return GraphQL.Member(name: name, arguments: [argument], type: .named("__Type", nonNull: false))
            }
        }
        guard types[type]?.kind != "UNION" else { return nil }
        return types[type]?.fields.first { $0.name == name }
    }
}
