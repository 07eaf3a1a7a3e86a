/// Type systems (section 3 of the specification).
extension GraphQLParser {
    static func typeSystem(_ text: String) throws(GraphQLError) -> GraphQL.TypeSystem {
        var parser = try GraphQLParser(text)
        var system = GraphQL.TypeSystem()
        while !parser.at(.end) { try parser.definition(into: &system) }
        return system
    }

    private mutating func definition(into system: inout GraphQL.TypeSystem) throws(GraphQLError) {
        let hasDescription = at(.string) || at(.blockString)
        let description = try self.description()
        guard at(.name) else { throw unexpected() }
        switch token.value {
        case "scalar", "type", "interface", "union", "enum", "input":
            system.definitions.append(try type(description, isExtension: false))
        case "schema": system.schemas.append(try schema(description))
        case "directive": system.directives.append(try directive(description))
        case "extend":
            if hasDescription { throw unexpected() }
            try advance()
            if at(word: "schema") {
                system.schemaExtensions.append(try schema(""))
            } else {
                system.extensions.append(try type("", isExtension: true))
            }
        default: throw unexpected()
        }
    }

    private mutating func description() throws(GraphQLError) -> String {
        guard at(.string) || at(.blockString) else { return "" }
        let text = token.value
        try advance()
        return text
    }

    private mutating func schema(_ description: String) throws(GraphQLError) -> GraphQL.SchemaDefinition {
        try expect(word: "schema")
        var result = GraphQL.SchemaDefinition(description: description)
        result.directives = try directives(isConstant: true)
        result.operations = try some(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in
            let operation = try parser.name()
            guard ["query", "mutation", "subscription"].contains(operation) else { throw parser.unexpected() }
            try parser.expect(.colon)
            return (operation: operation, type: try parser.name())
        }
        return result
    }

    private mutating func directive(_ description: String) throws(GraphQLError) -> GraphQL.DirectiveDefinition {
        try expect(word: "directive")
        try expect(.at)
        var result = GraphQL.DirectiveDefinition(description: description, name: try name())
        result.arguments = try arguments()
        result.isRepeatable = try skip(word: "repeatable")
        try expect(word: "on")
        _ = try skip(.pipe)
        repeat {
            guard GraphQL.directiveLocations.contains(token.value) else { throw unexpected() }
            result.locations.append(try name())
        } while try skip(.pipe)
        return result
    }

    private mutating func type(_ description: String, isExtension: Bool) throws(GraphQLError) -> GraphQL.Definition {
        let kinds = [
            "scalar": "SCALAR", "type": "OBJECT", "interface": "INTERFACE", "union": "UNION", "enum": "ENUM",
            "input": "INPUT_OBJECT",
        ]
        guard at(.name), let kind = kinds[token.value] else { throw unexpected() }
        try advance()
        var result = GraphQL.Definition(kind: kind, description: description, name: try name())
        if kind == "OBJECT" || kind == "INTERFACE", try skip(word: "implements") {
            _ = try skip(.ampersand)
            repeat { result.interfaces.append(try name()) } while try skip(.ampersand) || at(.name)
        }
        result.directives = try directives(isConstant: true)
        switch kind {
        case "OBJECT", "INTERFACE":
            result.fields = try some(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in try parser.field() }
        case "INPUT_OBJECT":
            result.fields = try some(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in
                try parser.argument()
            }
        case "UNION":
            if try skip(.equals) {
                _ = try skip(.pipe)
                repeat { result.types.append(try name()) } while try skip(.pipe)
            }
        case "ENUM":
            result.values = try some(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in
                let description = try parser.description()
                var member = GraphQL.Member(description: description, name: try parser.name())
                member.directives = try parser.directives(isConstant: true)
                return member
            }
        default: break
        }
        return result
    }

    private mutating func field() throws(GraphQLError) -> GraphQL.Member {
        let description = try description()
        var member = GraphQL.Member(description: description, name: try name())
        member.arguments = try arguments()
        try expect(.colon)
        member.type = try type()
        member.directives = try directives(isConstant: true)
        return member
    }

    private mutating func arguments() throws(GraphQLError) -> [GraphQL.Member] {
        try some(.parenthesisOpen, .parenthesisClose) { (parser) throws(GraphQLError) in try parser.argument() }
    }

    private mutating func argument() throws(GraphQLError) -> GraphQL.Member {
        let description = try description()
        var member = GraphQL.Member(description: description, name: try name())
        try expect(.colon)
        member.type = try type()
        if try skip(.equals) { member.defaultValue = try value(isConstant: true) }
        member.directives = try directives(isConstant: true)
        return member
    }
}

extension GraphQL {
    static let directiveLocations: Set<String> = [
        "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
        "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE",
        "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION",
    ]
}
