/// Reads an expression.
struct CELParser {
    /// Deeper nesting is refused.
    static let depthMax = 48

    private var tokens: [CELToken]
    private var position = 0
    private var depth = 0

    init(_ text: String) throws(CELError) {
        var lexer = CELLexer(text)
        tokens = try lexer.tokens()
    }

    static func parse(_ text: String) throws(CELError) -> CELExpression {
        var parser = try CELParser(text)
        let result = try parser.expression()
        guard parser.current.kind == .end else {
            let token = parser.current
            throw CELError("Syntax error: extraneous input '\(token.text)' expecting <EOF>", at: token.offset)
        }
        return result
    }

    private var current: CELToken { tokens[min(position, tokens.count - 1)] }

    private mutating func take(_ symbol: String) -> CELToken? {
        guard current.kind == .symbol(symbol) else { return nil }
        defer { position += 1 }
        return current
    }

    private mutating func expect(_ symbol: String) throws(CELError) {
        guard take(symbol) != nil else {
            throw CELError("Syntax error: mismatched input '\(current.text)' expecting '\(symbol)'", at: current.offset)
        }
    }

    private mutating func expression() throws(CELError) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw CELError("expression recursion limit exceeded", at: current.offset) }
        let condition = try or()
        guard let question = take("?") else { return condition }
        let yes = try or()
        try expect(":")
        let no = try expression()
        return CELExpression(.conditional(condition, yes, no), question.offset)
    }

    private mutating func or() throws(CELError) -> CELExpression {
        var left = try and()
        while let token = take("||") { left = CELExpression(.or(left, try and()), token.offset) }
        return left
    }

    private mutating func and() throws(CELError) -> CELExpression {
        var left = try relation()
        while let token = take("&&") { left = CELExpression(.and(left, try relation()), token.offset) }
        return left
    }

    private mutating func relation() throws(CELError) -> CELExpression {
        var left = try sum()
        while true {
            let token = current
            let name: String
            switch token.kind {
            case .symbol(let symbol) where ["==", "!=", "<", "<=", ">", ">="].contains(symbol): name = "_\(symbol)_"
            case .identifier("in"): name = "@in"
            default: return left
            }
            position += 1
            left = CELExpression(.call(name, receiver: nil, [left, try sum()]), token.offset)
        }
    }

    private mutating func sum() throws(CELError) -> CELExpression {
        var left = try product()
        while let token = take("+") ?? take("-") {
            left = CELExpression(.call("_\(token.text)_", receiver: nil, [left, try product()]), token.offset)
        }
        return left
    }

    private mutating func product() throws(CELError) -> CELExpression {
        var left = try unary()
        while let token = take("*") ?? take("/") ?? take("%") {
            left = CELExpression(.call("_\(token.text)_", receiver: nil, [left, try unary()]), token.offset)
        }
        return left
    }

    private mutating func unary() throws(CELError) -> CELExpression {
        var signs: [CELToken] = []
        while let token = take("!") ?? take("-") {
            guard signs.count < Self.depthMax else {
                throw CELError("expression recursion limit exceeded", at: token.offset)
            }
            signs.append(token)
        }
        // A minus belongs to the number behind it.
        if let last = signs.last, last.text == "-" {
            switch current.kind {
            case .int(let value):
                tokens[position].kind = .int(value == .min ? .min : -value)
                signs.removeLast()
            case .double(let value):
                tokens[position].kind = .double(-value)
                signs.removeLast()
            default: break
            }
        } else if case .int(Int64.min) = current.kind {
            throw CELError("Syntax error: number is too large", at: current.offset)
        }
        var result = try member()
        for sign in signs.reversed() {
            result = CELExpression(.call(sign.text == "!" ? "!_" : "-_", receiver: nil, [result]), sign.offset)
        }
        return result
    }

    private mutating func member() throws(CELError) -> CELExpression {
        var result = try primary()
        while true {
            if let dot = take(".") {
                let isOptional = take("?") != nil
                let token = current
                guard case .identifier(let name) = token.kind else {
                    // The reference's parser blames the dot.
                    let what =
                        token.kind == .end
                        ? "no viable alternative at input '.'"
                        : "mismatched input '\(token.text)' expecting IDENTIFIER"
                    throw CELError("Syntax error: \(what)", at: token.offset)
                }
                position += 1
                if let open = take("(") {
                    let arguments = try self.arguments()
                    result = try Self.call(name, on: result, arguments, open.offset)
                } else {
                    result = CELExpression(.select(result, name, isOptional: isOptional), dot.offset)
                }
            } else if let open = take("[") {
                let isOptional = take("?") != nil
                let index = try expression()
                try expect("]")
                result = CELExpression(.index(result, index, isOptional: isOptional), open.offset)
            } else if current.kind == .symbol("{"), let name = Self.messageName(result) {
                position += 1
                result = CELExpression(.message(name, try messageFields()), result.offset)
            } else {
                return result
            }
        }
    }

    private static func messageName(_ expression: CELExpression) -> String? {
        switch expression.kind {
        case .identifier(let name): name
        case .select(let base, let name, isOptional: false): messageName(base).map { "\($0).\(name)" }
        default: nil
        }
    }

    private mutating func messageFields() throws(CELError) -> [(name: String, value: CELExpression, isOptional: Bool)] {
        var fields: [(name: String, value: CELExpression, isOptional: Bool)] = []
        while take("}") == nil {
            let isOptional = take("?") != nil
            guard case .identifier(let name) = current.kind else { throw unexpected() }
            position += 1
            try expect(":")
            fields.append((name, try expression(), isOptional))
            if take(",") == nil {
                try expect("}")
                break
            }
        }
        return fields
    }

    private mutating func arguments() throws(CELError) -> [CELExpression] {
        var result: [CELExpression] = []
        if take(")") != nil { return result }
        repeat { result.append(try expression()) } while take(",") != nil
        try expect(")")
        return result
    }

    private mutating func primary() throws(CELError) -> CELExpression {
        let token = current
        func literal(_ value: CELValue) -> CELExpression { CELExpression(.literal(value), token.offset) }
        switch token.kind {
        case .int(let value):
            position += 1
            return literal(.int(value))
        case .uint(let value):
            position += 1
            return literal(.uint(value))
        case .double(let value):
            position += 1
            return literal(.double(value))
        case .string(let value):
            position += 1
            return literal(.string(value))
        case .bytes(let value):
            position += 1
            return literal(.bytes(value))
        case .identifier("true"), .identifier("false"):
            position += 1
            return literal(.bool(token.text == "true"))
        case .identifier("null"):
            position += 1
            return literal(.null)
        case .identifier("in"): throw unexpected()
        case .identifier(let name):
            position += 1
            guard let open = take("(") else { return CELExpression(.identifier(name), token.offset) }
            return try Self.call(name, on: nil, try arguments(), open.offset)
        case .symbol("."):
            position += 1
            return try primary()
        case .symbol("("):
            position += 1
            let result = try expression()
            try expect(")")
            return result
        case .symbol("["):
            position += 1
            return CELExpression(.list(try elements()), token.offset)
        case .symbol("{"):
            position += 1
            return CELExpression(.map(try entries()), token.offset)
        default: throw unexpected()
        }
    }

    private mutating func elements() throws(CELError) -> [(value: CELExpression, isOptional: Bool)] {
        var result: [(value: CELExpression, isOptional: Bool)] = []
        while take("]") == nil {
            let isOptional = take("?") != nil
            result.append((try expression(), isOptional))
            if take(",") == nil {
                try expect("]")
                break
            }
        }
        return result
    }

    private mutating func entries() throws(CELError) -> [(key: CELExpression, value: CELExpression, isOptional: Bool)] {
        var result: [(key: CELExpression, value: CELExpression, isOptional: Bool)] = []
        while take("}") == nil {
            let isOptional = take("?") != nil
            let key = try expression()
            try expect(":")
            result.append((key, try expression(), isOptional))
            if take(",") == nil {
                try expect("}")
                break
            }
        }
        return result
    }

    private func unexpected() -> CELError {
        let expected =
            "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
        return CELError("Syntax error: mismatched input '\(current.text)' expecting \(expected)", at: current.offset)
    }

    /// A call, with the macros opened.
    private static func call(
        _ name: String, on receiver: CELExpression?, _ arguments: [CELExpression], _ offset: Int
    ) throws(CELError) -> CELExpression {
        func word(_ expression: CELExpression) throws(CELError) -> String {
            guard case .identifier(let name) = expression.kind else {
                throw CELError("argument must be a simple name", at: expression.offset)
            }
            return name
        }
        guard let receiver else {
            if name == "has" {
                guard arguments.count == 1, case .select(let base, let field, _) = arguments[0].kind else {
                    throw CELError("invalid argument to has() macro", at: offset)
                }
                return CELExpression(.test(base, field), offset)
            }
            return CELExpression(.call(name, receiver: nil, arguments), offset)
        }
        if case .identifier("cel") = receiver.kind, name == "bind", arguments.count == 3 {
            return CELExpression(.bind(try word(arguments[0]), arguments[1], arguments[2]), offset)
        }
        let macro = CELExpression.Comprehension.Macro(rawValue: name == "existsOne" ? "exists_one" : name)
        guard let macro, (2...4).contains(arguments.count) else {
            return CELExpression(.call(name, receiver: receiver, arguments), offset)
        }
        let hasCondition = [.map, .transformList, .transformMap].contains(macro)
        let takesTwo = macro == .transformList || macro == .transformMap
        var rest = arguments[...]
        let variable = try word(rest.removeFirst())
        var second: String?
        if takesTwo || !hasCondition && rest.count == 2 { second = try word(rest.removeFirst()) }
        guard let body = rest.last, rest.count <= (hasCondition ? 2 : 1) else {
            return CELExpression(.call(name, receiver: receiver, arguments), offset)
        }
        return CELExpression(
            .comprehension(
                .init(
                    macro: macro, range: receiver, variable: variable, second: second,
                    condition: rest.count == 2 ? rest.first : nil, body: body)), offset)
    }
}
