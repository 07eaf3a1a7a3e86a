/// GraphQL queries and schemas.
enum GraphQLBuiltins {
    static let all = [
        Builtin("graphql.parse_query", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            return GraphQL.value(try read { () throws(GraphQLError) in try GraphQLParser.query(text) })
        },
        Builtin("graphql.parse_schema", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            return GraphQL.value(try read { () throws(GraphQLError) in try GraphQLParser.typeSystem(text) })
        },
        Builtin("graphql.schema_is_valid", 1) { (a) throws(BuiltinFailure) in
            try checkType(a, 0)
            return .bool((try? GraphQLSchema(typeSystem(a[0]))) != nil)
        },
        Builtin("graphql.is_valid", 2) { (a) throws(BuiltinFailure) in
            try checkType(a, 0)
            try checkType(a, 1)
            do {
                let schema = try GraphQLSchema(try typeSystem(a[1]))
                return .bool(GraphQLValidator.problems(try query(a[0]), schema).isEmpty)
            } catch {
                return false
            }
        },
        Builtin("graphql.parse_and_verify", 2) { (a) throws(BuiltinFailure) in
            try checkType(a, 0)
            try checkType(a, 1)
            let empty = RegoValue.object(RegoObject([]))
            do {
                let (query, system) = (try query(a[0]), try typeSystem(a[1]))
                guard GraphQLValidator.problems(query, try GraphQLSchema(system)).isEmpty else {
                    return [false, empty, empty]
                }
                return [true, GraphQL.value(query), GraphQL.value(system)]
            } catch {
                return [false, empty, empty]
            }
        },
        Builtin("graphql.parse", 2) { (a) throws(BuiltinFailure) in
            try checkType(a, 0)
            try checkType(a, 1)
            return try read { () throws(GraphQLError) in
                let (query, system) = (try query(a[0]), try typeSystem(a[1]))
                let problems = GraphQLValidator.problems(query, try GraphQLSchema(system))
                if let first = problems.first { throw GraphQLError(message: first) }
                return [GraphQL.value(query), GraphQL.value(system)]
            }
        },
    ]

    private static func read<Result>(
        _ body: () throws(GraphQLError) -> Result
    ) throws(BuiltinFailure) -> Result {
        do {
            return try body()
        } catch {
            throw BuiltinFailure(error.text)
        }
    }

    private static func checkType(_ a: Arguments, _ index: Int) throws(BuiltinFailure) {
        guard a[index].string != nil || a[index].object != nil else { throw a.wrong(index, "one of {string, object}") }
    }

    private static func query(_ value: RegoValue) throws(GraphQLError) -> GraphQL.Query {
        guard let text = value.string else { return GraphQL.query(value) }
        return try GraphQLParser.query(text)
    }

    private static func typeSystem(_ value: RegoValue) throws(GraphQLError) -> GraphQL.TypeSystem {
        guard let text = value.string else { return GraphQL.typeSystem(value) }
        return try GraphQLParser.typeSystem(text)
    }
}
