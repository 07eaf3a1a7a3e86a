/// Documents from the values that policies hold; parts that have another form are left out.
extension GraphQL {
    private static func list<Element>(
        _ value: RegoValue, _ name: String, _ element: (RegoValue) -> Element
    ) -> [Element] {
        (value.object?[.string(name)]?.array ?? []).map(element)
    }

    private static func text(_ value: RegoValue, _ name: String) -> String {
        value.object?[.string(name)]?.string ?? ""
    }

    static func query(_ value: RegoValue) -> Query {
        Query(
            operations: list(value, "Operations") { item in
                Operation(
                    kind: text(item, "Operation"), name: text(item, "Name"),
                    variables: list(item, "VariableDefinitions", variable), directives: directives(item),
                    selections: list(item, "SelectionSet", selection))
            },
            fragments: list(value, "Fragments") { item in
                Fragment(
                    name: text(item, "Name"), variables: list(item, "VariableDefinition", variable),
                    condition: text(item, "TypeCondition"), directives: directives(item),
                    selections: list(item, "SelectionSet", selection))
            })
    }

    private static func directives(_ value: RegoValue) -> [Directive] {
        list(value, "Directives") { Directive(name: text($0, "Name"), arguments: list($0, "Arguments", argument)) }
    }

    private static func argument(_ value: RegoValue) -> Argument {
        Argument(name: text(value, "Name"), value: self.value(value.object?["Value"] ?? .null))
    }

    private static func variable(_ value: RegoValue) -> Variable {
        Variable(
            name: text(value, "Variable"), type: type(value.object?["Type"] ?? .null),
            defaultValue: value.object?["DefaultValue"].map(self.value), directives: directives(value))
    }

    private static func type(_ value: RegoValue) -> TypeReference {
        let nonNull = value.object?["NonNull"]?.bool ?? false
        if let element = value.object?["Elem"] { return .list(type(element), nonNull: nonNull) }
        return .named(text(value, "NamedType"), nonNull: nonNull)
    }

    private static func value(_ value: RegoValue) -> Value {
        var kind = ValueKind.null
        if let number = value["Kind"]?.int, let known = ValueKind(rawValue: number) { kind = known }
        return Value(
            kind: kind, raw: text(value, "Raw"),
            children: list(value, "Children") {
                (name: text($0, "Name"), value: self.value($0.object?["Value"] ?? .null))
            })
    }

    private static func selection(_ value: RegoValue) -> Selection {
        guard let object = value.object else { return .spread(name: "", []) }
        if object["Alias"] != nil {
            return .field(
                Field(
                    alias: text(value, "Alias"), name: text(value, "Name"),
                    arguments: list(value, "Arguments", argument), directives: directives(value),
                    selections: list(value, "SelectionSet", selection)))
        }
        if object["SelectionSet"] != nil || object["TypeCondition"] != nil {
            return .inline(
                condition: text(value, "TypeCondition"), directives(value), list(value, "SelectionSet", selection))
        }
        return .spread(name: text(value, "Name"), directives(value))
    }

    static func typeSystem(_ value: RegoValue) -> TypeSystem {
        TypeSystem(
            schemas: list(value, "Schema", schema), schemaExtensions: list(value, "SchemaExtension", schema),
            directives: list(value, "Directives") { item in
                DirectiveDefinition(
                    description: text(item, "Description"), name: text(item, "Name"),
                    arguments: list(item, "Arguments", member),
                    locations: list(item, "Locations") { $0.string ?? "" },
                    isRepeatable: item.object?["IsRepeatable"]?.bool ?? false)
            },
            definitions: list(value, "Definitions", definition),
            extensions: list(value, "Extensions", definition))
    }

    private static func schema(_ value: RegoValue) -> SchemaDefinition {
        SchemaDefinition(
            description: text(value, "Description"), directives: directives(value),
            operations: list(value, "OperationTypes") {
                (operation: text($0, "Operation"), type: text($0, "Type"))
            })
    }

    private static func definition(_ value: RegoValue) -> Definition {
        Definition(
            kind: text(value, "Kind"), description: text(value, "Description"), name: text(value, "Name"),
            directives: directives(value), interfaces: list(value, "Interfaces") { $0.string ?? "" },
            fields: list(value, "Fields", member), types: list(value, "Types") { $0.string ?? "" },
            values: list(value, "EnumValues", member), isBuiltIn: value.object?["BuiltIn"]?.bool ?? false)
    }

    private static func member(_ value: RegoValue) -> Member {
        Member(
            description: text(value, "Description"), name: text(value, "Name"),
            arguments: list(value, "Arguments", member), type: type(value.object?["Type"] ?? .null),
            defaultValue: value.object?["DefaultValue"].map(self.value), directives: directives(value))
    }
}
