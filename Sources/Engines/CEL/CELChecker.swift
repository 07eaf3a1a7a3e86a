/// Finds what cannot work whatever the values are: unknown names, members that a type does not have, operators that do
/// not take what they are given. What is not known is left to the evaluation.
struct CELChecker {
    private var scope: [(name: String, type: CELType)]

    init(_ variables: [String: CELType]) { scope = variables.map { ($0.key, $0.value) } }

    mutating func type(of expression: CELExpression) throws(CELError) -> CELType {
        switch expression.kind {
        case .literal(let value): return Self.type(of: value)
        case .identifier(let name):
            if let known = scope.last(where: { $0.name == name }) { return known.type }
            if CELTypeNames.all.contains(name) { return .type }
            throw CELError("undeclared reference to '\(name)' (in container '')", at: expression.offset)
        case .select(let base, let field, let isOptional):
            let found = try member(of: type(of: base), field, expression.offset)
            return isOptional ? .any : found
        case .test(let base, let field):
            _ = try member(of: type(of: base), field, expression.offset)
            return .bool
        case .index(let base, let index, let isOptional):
            let baseType = try type(of: base)
            let indexType = try type(of: index)
            if isOptional { return .any }
            switch baseType {
            case .list(let element): return element
            case .map(_, let value): return value
            case .any, .object: return .any
            default:
                throw Self.noOverload("_[_]", [baseType, indexType], expression.offset)
            }
        case .call(let name, let receiver, let arguments):
            return try call(name, receiver, arguments, expression.offset)
        case .list(let elements):
            var types: [CELType] = []
            for element in elements { types.append(try type(of: element.value)) }
            let first = types.first ?? .any
            return .list(types.allSatisfy { $0 == first } ? first : .any)
        case .map(let entries):
            var keys: [CELType] = []
            var values: [CELType] = []
            for entry in entries {
                keys.append(try type(of: entry.key))
                values.append(try type(of: entry.value))
            }
            let (key, value) = (keys.first ?? .any, values.first ?? .any)
            return .map(
                keys.allSatisfy { $0 == key } ? key : .any, values.allSatisfy { $0 == value } ? value : .any)
        case .message(_, let fields):
            for field in fields { _ = try type(of: field.value) }
            return .any
        case .comprehension(let loop): return try comprehension(loop)
        case .conditional(let condition, let yes, let no):
            let test = try type(of: condition)
            let (one, other) = (try type(of: yes), try type(of: no))
            guard test == .bool || test == .any else {
                throw Self.noOverload("_?_:_", [test, one, other], expression.offset)
            }
            guard one.agrees(with: other) else {
                throw Self.noOverload("_?_:_", [test, one, other], expression.offset)
            }
            return one == .any ? other : one
        case .and(let left, let right), .or(let left, let right):
            let types = [try type(of: left), try type(of: right)]
            guard types.allSatisfy({ $0 == .bool || $0 == .any }) else {
                let name = if case .and = expression.kind { "_&&_" } else { "_||_" }
                throw Self.noOverload(name, types, expression.offset)
            }
            return .bool
        case .bind(let name, let bound, let body):
            scope.append((name, try type(of: bound)))
            defer { scope.removeLast() }
            return try type(of: body)
        }
    }

    private static func type(of value: CELValue) -> CELType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .any
        }
    }

    private func member(of type: CELType, _ field: String, _ offset: Int) throws(CELError) -> CELType {
        switch type {
        case .any: return .any
        case .map(_, let value): return value
        case .object(_, let members):
            guard let member = members[field] else { throw CELError("undefined field '\(field)'", at: offset) }
            return member
        default: throw CELError("type '\(type)' does not support field selection", at: offset)
        }
    }

    private static func noOverload(_ name: String, _ types: [CELType], _ offset: Int) -> CELError {
        let list = types.map(\.description).joined(separator: ", ")
        return CELError("found no matching overload for '\(name)' applied to '(\(list))'", at: offset)
    }

    private mutating func comprehension(_ loop: CELExpression.Comprehension) throws(CELError) -> CELType {
        let range = try type(of: loop.range)
        let (key, value): (CELType, CELType) =
            switch range {
            case .list(let element): loop.second == nil ? (element, .any) : (.int, element)
            case .map(let key, let value): (key, value)
            case .any: (.any, .any)
            default:
                throw CELError(
                    "expression of type '\(range)' cannot be range of a comprehension (must be list, map, or dynamic)",
                    at: loop.range.offset)
            }
        scope.append((loop.variable, key))
        if let second = loop.second { scope.append((second, value)) }
        defer { scope.removeLast(loop.second == nil ? 1 : 2) }
        if let condition = loop.condition { _ = try type(of: condition) }
        let body = try type(of: loop.body)
        switch loop.macro {
        case .all, .exists, .existsOne:
            guard body == .bool || body == .any else {
                throw Self.noOverload(loop.macro == .all ? "_&&_" : "_||_", [.bool, body], loop.body.offset)
            }
            return .bool
        case .filter: return .list(key)
        case .map, .transformList: return .list(body)
        case .transformMap: return .map(key, body)
        }
    }

    private mutating func call(
        _ name: String, _ receiver: CELExpression?, _ arguments: [CELExpression], _ offset: Int
    ) throws(CELError) -> CELType {
        if let receiver, case .identifier(let space) = receiver.kind, CELFunctions.spaces.contains(space),
            !scope.contains(where: { $0.name == space })
        {
            for argument in arguments { _ = try type(of: argument) }
            return .any
        }
        var types: [CELType] = []
        if let receiver { types.append(try type(of: receiver)) }
        for argument in arguments { types.append(try type(of: argument)) }
        if types.contains(.any) { return Self.result(of: name, types) ?? .any }
        if receiver == nil, name.contains("_") || name == "@in" { return try operation(name, types, offset) }
        if receiver == nil, !CELFunctionNames.all.contains(name) {
            throw CELError("undeclared reference to '\(name)' (in container '')", at: offset)
        }
        return Self.result(of: name, types) ?? .any
    }

    private func operation(_ name: String, _ types: [CELType], _ offset: Int) throws(CELError) -> CELType {
        switch (name, types.count) {
        case ("_==_", 2), ("_!=_", 2): if types[0].agrees(with: types[1]) { return .bool }
        case ("_<_", 2), ("_<=_", 2), ("_>_", 2), ("_>=_", 2):
            let ordered: [CELType] = [
                .bool, .int, .uint, .double, .string, .bytes, .duration, .timestamp,
            ]
            if types[0].isNumber && types[1].isNumber || types[0] == types[1] && ordered.contains(types[0]) {
                return .bool
            }
        case ("!_", 1): if types[0] == .bool { return .bool }
        case ("-_", 1): if types[0] == .int || types[0] == .double { return types[0] }
        case ("@in", 2):
            switch types[1] {
            case .list(let element): if element.agrees(with: types[0]) { return .bool }
            case .map(let key, _): if key.agrees(with: types[0]) { return .bool }
            default: break
            }
        default:
            if let result = Self.arithmetic(name, types) { return result }
        }
        throw Self.noOverload(name, types, offset)
    }

    private static func arithmetic(_ name: String, _ types: [CELType]) -> CELType? {
        guard types.count == 2 else { return nil }
        switch (name, types[0], types[1]) {
        case (_, .int, .int), (_, .uint, .uint): return types[0]
        case ("_+_", .double, .double), ("_-_", .double, .double), ("_*_", .double, .double), ("_/_", .double, .double),
            ("_+_", .string, .string), ("_+_", .bytes, .bytes), ("_+_", .duration, .duration),
            ("_-_", .duration, .duration):
            return types[0]
        case ("_+_", .list(let one), .list(let other)): return one == other ? types[0] : .list(.any)
        case ("_+_", .timestamp, .duration), ("_-_", .timestamp, .duration), ("_+_", .duration, .timestamp):
            return .timestamp
        case ("_-_", .timestamp, .timestamp): return .duration
        default: return nil
        }
    }

    /// The result of functions that give always the same type.
    private static func result(of name: String, _ types: [CELType]) -> CELType? {
        switch name {
        case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "!_", "@in", "startsWith", "endsWith", "matches", "bool",
            "isSorted", "allowed", "isQuantity", "isIP", "isURL":
            .bool
        case "size", "int": .int
        case "uint": .uint
        case "double": .double
        case "string", "lowerAscii", "upperAscii", "trim", "join", "replace", "substring", "charAt", "format": .string
        case "bytes": .bytes
        case "split": .list(.string)
        case "duration": .duration
        case "timestamp": .timestamp
        case "type": .type
        default: CELType?.none
        }
    }
}

/// Functions that are called by their name alone.
enum CELFunctionNames {
    static let all: Set<String> = [
        "size", "int", "uint", "double", "string", "bytes", "bool", "duration", "timestamp", "type", "dyn", "matches",
        "quantity", "isQuantity", "ip", "isIP", "cidr", "isCIDR", "url", "isURL", "has",
    ]
}
