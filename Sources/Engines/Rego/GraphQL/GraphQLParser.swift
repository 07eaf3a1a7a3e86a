/// Reads operations and fragments; see the extension for type systems.
struct GraphQLParser {
    private var lexer: GraphQLLexer
    private(set) var token: GraphQLToken
    private var depth = 0

    /// Values, types and selections within each other, so deep.
    static let depthMax = 100

    init(_ text: String) throws(GraphQLError) {
        lexer = GraphQLLexer(text)
        token = try lexer.next()
    }

    static func query(_ text: String) throws(GraphQLError) -> GraphQL.Query {
        var parser = try GraphQLParser(text)
        var query = GraphQL.Query()
        while parser.token.kind != .end {
            switch (parser.token.kind, parser.token.value) {
            case (.braceOpen, _), (.name, "query"), (.name, "mutation"), (.name, "subscription"):
                query.operations.append(try parser.operation())
            case (.name, "fragment"): query.fragments.append(try parser.fragment())
            default: throw parser.unexpected()
            }
        }
        return query
    }

    // MARK: Words

    mutating func advance() throws(GraphQLError) { token = try lexer.next() }

    func at(_ kind: GraphQLToken.Kind) -> Bool { token.kind == kind }
    func at(word: String) -> Bool { token.kind == .name && token.value == word }

    mutating func skip(_ kind: GraphQLToken.Kind) throws(GraphQLError) -> Bool {
        guard at(kind) else { return false }
        try advance()
        return true
    }

    mutating func skip(word: String) throws(GraphQLError) -> Bool {
        guard at(word: word) else { return false }
        try advance()
        return true
    }

    func failure(_ message: String) -> GraphQLError {
        GraphQLError(message: message, line: token.line, column: token.column)
    }

    func unexpected() -> GraphQLError { failure("Unexpected \(token.text)") }

    @discardableResult
    mutating func expect(_ kind: GraphQLToken.Kind) throws(GraphQLError) -> String {
        guard at(kind) else { throw failure("Expected \(kind.rawValue), found \(token.text)") }
        let value = token.value
        try advance()
        return value
    }

    mutating func expect(word: String) throws(GraphQLError) {
        guard at(word: word) else { throw failure("Expected \(RegoValue.string(word)), found \(token.text)") }
        try advance()
    }

    mutating func name() throws(GraphQLError) -> String { try expect(.name) }

    mutating func nested<Result>(
        _ body: (inout GraphQLParser) throws(GraphQLError) -> Result
    ) throws(GraphQLError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw failure("nested too deep") }
        return try body(&self)
    }

    /// Nothing, or elements in brackets.
    mutating func many<Element>(
        _ open: GraphQLToken.Kind, _ close: GraphQLToken.Kind,
        _ element: (inout GraphQLParser) throws(GraphQLError) -> Element
    ) throws(GraphQLError) -> [Element] {
        guard try skip(open) else { return [] }
        var result: [Element] = []
        while !at(close) {
            if at(.end) { throw failure("Expected \(close.rawValue), found \(token.text)") }
            result.append(try element(&self))
        }
        try advance()
        return result
    }

    /// The same, with at least one element.
    mutating func some<Element>(
        _ open: GraphQLToken.Kind, _ close: GraphQLToken.Kind,
        _ element: (inout GraphQLParser) throws(GraphQLError) -> Element
    ) throws(GraphQLError) -> [Element] {
        guard try skip(open) else { return [] }
        var result: [Element] = []
        while !at(close) { result.append(try element(&self)) }
        guard !result.isEmpty else {
            throw failure("expected at least one definition, found \(token.text)")
        }
        try advance()
        return result
    }

    // MARK: Operations

    private mutating func operation() throws(GraphQLError) -> GraphQL.Operation {
        if at(.braceOpen) {
            return GraphQL.Operation(kind: "query", selections: try requiredSelections())
        }
        var operation = GraphQL.Operation(kind: try name())
        if at(.name) { operation.name = try name() }
        operation.variables = try variables()
        operation.directives = try directives(isConstant: false)
        operation.selections = try requiredSelections()
        return operation
    }

    private mutating func fragment() throws(GraphQLError) -> GraphQL.Fragment {
        try expect(word: "fragment")
        if at(word: "on") { throw unexpected() }
        var fragment = GraphQL.Fragment(name: try name())
        fragment.variables = try variables()
        try expect(word: "on")
        fragment.condition = try name()
        fragment.directives = try directives(isConstant: false)
        fragment.selections = try requiredSelections()
        return fragment
    }

    private mutating func variables() throws(GraphQLError) -> [GraphQL.Variable] {
        try many(.parenthesisOpen, .parenthesisClose) { (parser) throws(GraphQLError) in
            try parser.expect(.dollar)
            let name = try parser.name()
            try parser.expect(.colon)
            var variable = GraphQL.Variable(name: name, type: try parser.type())
            if try parser.skip(.equals) { variable.defaultValue = try parser.value(isConstant: true) }
            variable.directives = try parser.directives(isConstant: false)
            return variable
        }
    }

    private mutating func requiredSelections() throws(GraphQLError) -> [GraphQL.Selection] {
        guard at(.braceOpen) else { throw failure("Expected {, found \(token.text)") }
        return try selections()
    }

    private mutating func selections() throws(GraphQLError) -> [GraphQL.Selection] {
        try nested { (parser) throws(GraphQLError) in
            try parser.some(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in
                parser.at(.spread) ? try parser.spread() : .field(try parser.field())
            }
        }
    }

    private mutating func field() throws(GraphQLError) -> GraphQL.Field {
        var name = try name()
        let alias = name
        if try skip(.colon) { name = try self.name() }
        var field = GraphQL.Field(alias: alias, name: name)
        field.arguments = try arguments(isConstant: false)
        field.directives = try directives(isConstant: false)
        if at(.braceOpen) { field.selections = try selections() }
        return field
    }

    private mutating func spread() throws(GraphQLError) -> GraphQL.Selection {
        try expect(.spread)
        if at(.name), token.value != "on" {
            let name = try name()
            return .spread(name: name, try directives(isConstant: false))
        }
        var condition = ""
        if try skip(word: "on") { condition = try name() }
        let directives = try directives(isConstant: false)
        return .inline(condition: condition, directives, try requiredSelections())
    }

    // MARK: Common parts

    private mutating func arguments(isConstant: Bool) throws(GraphQLError) -> [GraphQL.Argument] {
        try many(.parenthesisOpen, .parenthesisClose) { (parser) throws(GraphQLError) in
            let name = try parser.name()
            try parser.expect(.colon)
            return GraphQL.Argument(name: name, value: try parser.value(isConstant: isConstant))
        }
    }

    mutating func directives(isConstant: Bool) throws(GraphQLError) -> [GraphQL.Directive] {
        var result: [GraphQL.Directive] = []
        while try skip(.at) {
            let name = try name()
            result.append(GraphQL.Directive(name: name, arguments: try arguments(isConstant: isConstant)))
        }
        return result
    }

    mutating func type() throws(GraphQLError) -> GraphQL.TypeReference {
        try nested { (parser) throws(GraphQLError) in
            if try parser.skip(.bracketOpen) {
                let element = try parser.type()
                try parser.expect(.bracketClose)
                return .list(element, nonNull: try parser.skip(.bang))
            }
            return .named(try parser.name(), nonNull: try parser.skip(.bang))
        }
    }

    mutating func value(isConstant: Bool) throws(GraphQLError) -> GraphQL.Value {
        try nested { (parser) throws(GraphQLError) in try parser.anyValue(isConstant) }
    }

    private mutating func anyValue(_ isConstant: Bool) throws(GraphQLError) -> GraphQL.Value {
        let kind: GraphQL.ValueKind
        switch token.kind {
        case .bracketOpen:
            let children = try many(.bracketOpen, .bracketClose) { (parser) throws(GraphQLError) in
                (name: "", value: try parser.value(isConstant: isConstant))
            }
            return GraphQL.Value(kind: .list, children: children)
        case .braceOpen:
            let children = try many(.braceOpen, .braceClose) { (parser) throws(GraphQLError) in
                let name = try parser.name()
                try parser.expect(.colon)
                return (name: name, value: try parser.value(isConstant: isConstant))
            }
            return GraphQL.Value(kind: .object, children: children)
        case .dollar:
            if isConstant { throw unexpected() }
            try advance()
            return GraphQL.Value(kind: .variable, raw: try name())
        case .int: kind = .int
        case .float: kind = .float
        case .string: kind = .string
        case .blockString: kind = .block
        case .name:
            switch token.value {
            case "true", "false": kind = .boolean
            case "null": kind = .null
            default: kind = .enumeration
            }
        default: throw unexpected()
        }
        let raw = token.value
        try advance()
        return GraphQL.Value(kind: kind, raw: raw)
    }
}
