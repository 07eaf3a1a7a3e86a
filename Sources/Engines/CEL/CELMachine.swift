/// Computes expressions. One machine serves one evaluation: it counts its steps.
final class CELMachine {
    /// Work that one evaluation may take.
    static let stepsMax = 1_000_000
    private static let depthMax = 120
    /// Longer strings and lists are not made.
    static let sizeMax = 1 << 20

    private let variables: [String: CELValue]
    private var scope: [(name: String, value: CELValue)] = []
    private var steps = 0
    private var depth = 0

    init(_ variables: [String: CELValue]) { self.variables = variables }

    func spend(_ count: Int = 1) throws(CELError) {
        steps += count
        guard steps <= Self.stepsMax else {
            throw CELError("operation cancelled: actual cost limit exceeded")
        }
    }

    func value(of expression: CELExpression) throws(CELError) -> CELValue {
        try spend()
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw CELError("expression recursion limit exceeded") }
        switch expression.kind {
        case .literal(let value): return value
        case .identifier(let name): return try identifier(name)
        case .select(let base, let field, let isOptional): return try select(base, field, isOptional)
        case .test(let base, let field): return .bool(try has(base, field))
        case .index(let base, let index, let isOptional):
            return try self.index(try value(of: base), try value(of: index), isOptional)
        case .call(let name, let receiver, let arguments): return try call(name, receiver, arguments)
        case .list(let elements):
            var list: [CELValue] = []
            for element in elements {
                let value = try value(of: element.value)
                guard element.isOptional else {
                    list.append(value)
                    continue
                }
                if case .optional(let inner?) = value { list.append(inner) }
            }
            return .list(list)
        case .map(let entries):
            var map = CELMap()
            for entry in entries {
                let key = try value(of: entry.key)
                let value = try value(of: entry.value)
                if entry.isOptional {
                    if case .optional(let inner?) = value { map[key] = inner }
                } else {
                    guard map[key] == nil else { throw CELError("Failed with repeated key") }
                    map[key] = value
                }
            }
            return .map(map)
        case .message(let name, let fields):
            var map = CELMap()
            for field in fields {
                let value = try value(of: field.value)
                if field.isOptional {
                    if case .optional(let inner?) = value { map[.string(field.name)] = inner }
                } else {
                    map[.string(field.name)] = value
                }
            }
            return .message(name, map)
        case .comprehension(let comprehension): return try run(comprehension)
        case .conditional(let condition, let yes, let no):
            guard case .bool(let decision) = try value(of: condition) else { throw CELError("no such overload") }
            return try value(of: decision ? yes : no)
        case .and, .or: return try logic(expression)
        case .bind(let name, let bound, let body):
            scope.append((name, try value(of: bound)))
            defer { scope.removeLast() }
            return try value(of: body)
        }
    }

    private func identifier(_ name: String) throws(CELError) -> CELValue {
        if let local = scope.last(where: { $0.name == name }) { return local.value }
        if let value = variables[name] { return value }
        if CELTypeNames.all.contains(name) { return .type(CELTypeNames.canonical(name)) }
        throw CELError("undeclared reference to '\(name)' (in container '')")
    }

    /// `&&` and `||`: one side may fail where the other decides. Long chains are walked, not descended.
    private func logic(_ expression: CELExpression) throws(CELError) -> CELValue {
        var operands: [CELExpression] = []
        var next = expression
        let isAnd: Bool = if case .and = expression.kind { true } else { false }
        while true {
            switch next.kind {
            case .and(let left, let right) where isAnd:
                operands.append(right)
                next = left
                continue
            case .or(let left, let right) where !isAnd:
                operands.append(right)
                next = left
                continue
            default: operands.append(next)
            }
            break
        }
        var failure: CELError?
        for operand in operands.reversed() {
            do throws(CELError) {
                guard case .bool(let value) = try value(of: operand) else { throw CELError("no such overload") }
                if value != isAnd { return .bool(value) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(isAnd)
    }

    private func select(_ base: CELExpression, _ field: String, _ isOptional: Bool) throws(CELError) -> CELValue {
        let target = try value(of: base)
        if isOptional { return .optional(try member(of: Self.unwrapped(target), field)) }
        if case .optional(let inner) = target {
            guard let inner else { return .optional(nil) }
            return .optional(try member(of: inner, field))
        }
        guard let found = try member(of: target, field) else {
            throw CELError("no such key: \(field)")
        }
        return found
    }

    private static func unwrapped(_ value: CELValue) -> CELValue {
        if case .optional(let inner) = value { return inner ?? .null }
        return value
    }

    private func member(of value: CELValue, _ field: String) throws(CELError) -> CELValue? {
        switch value {
        case .map(let map), .message(_, let map): return map[.string(field)]
        case .host(let host): return try host.member(field)
        case .null: return nil
        default: throw CELError("no such overload")
        }
    }

    private func has(_ base: CELExpression, _ field: String) throws(CELError) -> Bool {
        try member(of: Self.unwrapped(try value(of: base)), field) != nil
    }

    private func index(_ base: CELValue, _ index: CELValue, _ isOptional: Bool) throws(CELError) -> CELValue {
        var target = base
        var isOptional = isOptional
        if case .optional(let inner) = base {
            guard let inner else { return .optional(nil) }
            target = inner
            isOptional = true
        }
        let found: CELValue?
        switch (target, index) {
        case (.map(let map), _): found = map[index]
        case (.list(let list), .int(let position)):
            found = position >= 0 && position < list.count ? list[Int(position)] : nil
            if found == nil, !isOptional { throw CELError("index out of bounds: \(position)") }
        case (.null, _) where isOptional: found = nil
        default: throw CELError("no such overload")
        }
        if isOptional { return .optional(found) }
        guard let found else { throw CELError("no such key: \(CELFunctions.plain(index))") }
        return found
    }

    private func call(
        _ name: String, _ receiver: CELExpression?, _ arguments: [CELExpression]
    ) throws(CELError) -> CELValue {
        // Names with dots are functions, not members: `optional.of`, `sets.contains`.
        if let receiver, case .identifier(let space) = receiver.kind, CELFunctions.spaces.contains(space),
            variables[space] == nil, !scope.contains(where: { $0.name == space })
        {
            var values: [CELValue] = []
            for argument in arguments { values.append(try value(of: argument)) }
            return try CELFunctions.call("\(space).\(name)", values, self)
        }
        var values: [CELValue] = []
        if let receiver { values.append(try value(of: receiver)) }
        for argument in arguments { values.append(try value(of: argument)) }
        if receiver != nil, case .host(let host) = values[0],
            let result = try host.call(name, Array(values.dropFirst()))
        {
            return result
        }
        return try CELFunctions.call(receiver == nil ? name : ".\(name)", values, self)
    }

    private func run(_ loop: CELExpression.Comprehension) throws(CELError) -> CELValue {
        let range = try value(of: loop.range)
        let items: [(CELValue, CELValue)]
        switch range {
        case .list(let list):
            items =
                loop.second == nil
                ? list.map { ($0, .null) } : list.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .map(let map): items = map.members.map { ($0.key, $0.value) }
        default: throw CELError("no such overload")
        }
        var results: [CELValue] = []
        var made = CELMap()
        var count = 0
        var failure: CELError?
        loop: for (key, element) in items {
            try spend()
            scope.append((loop.variable, key))
            if let second = loop.second { scope.append((second, element)) }
            defer { scope.removeLast(loop.second == nil ? 1 : 2) }
            do throws(CELError) {
                if let condition = loop.condition, try value(of: condition) != .bool(true) { continue }
                let value = try value(of: loop.body)
                switch loop.macro {
                case .map, .transformList: results.append(value)
                case .transformMap: made[key] = value
                case .filter: if value == .bool(true) { results.append(key) }
                case .existsOne: count += value == .bool(true) ? 1 : 0
                case .all:
                    guard case .bool(let holds) = value else { throw CELError("no such overload") }
                    if !holds { return .bool(false) }
                case .exists:
                    guard case .bool(let holds) = value else { throw CELError("no such overload") }
                    if holds { return .bool(true) }
                }
            } catch {
                guard loop.macro == .all || loop.macro == .exists, steps <= Self.stepsMax else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        switch loop.macro {
        case .all: return .bool(true)
        case .exists: return .bool(false)
        case .existsOne: return .bool(count == 1)
        case .transformMap: return .map(made)
        case .map, .filter, .transformList: return .list(results)
        }
    }
}

/// The names of types, which are values too.
enum CELTypeNames {
    static let all: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "dyn",
    ]
    static func canonical(_ name: String) -> String { name }
}
