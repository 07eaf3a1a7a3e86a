/// Gives the tree its meaning: which words are fields, which are values.
struct FilterCompiler {
    let text: String
    let resolve: (FieldPath) -> FieldPath?

    func condition(_ node: FilterExpression) throws(FilterError) -> FilterCondition {
        switch node.content {
        case .empty: return .always
        case .call(let function, let target, let arguments):
            switch (function, arguments.count) {
            case (FilterFunction.and, 2): return .all(try conditions(chain(node, FilterFunction.and)))
            case (FilterFunction.or, 2): return .any(try conditions(chain(node, FilterFunction.or)))
            case (FilterFunction.sequence, _): return .all(try conditions(arguments))
            case (FilterFunction.not, 1): return .not(try condition(arguments[0]))
            case (FilterFunction.global, 1): return try global(arguments[0])
            case (FilterFunction.has, 2): return try has(arguments[0], arguments[1])
            case (FilterFunction.equals, 2): return try compare(arguments[0], .equals, arguments[1])
            case (FilterFunction.notEquals, 2): return .not(try compare(arguments[0], .equals, arguments[1]))
            case (FilterFunction.less, 2): return try compare(arguments[0], .less, arguments[1])
            case (FilterFunction.lessOrEquals, 2): return try compare(arguments[0], .lessOrEquals, arguments[1])
            case (FilterFunction.greater, 2): return try compare(arguments[0], .greater, arguments[1])
            case (FilterFunction.greaterOrEquals, 2): return try compare(arguments[0], .greaterOrEquals, arguments[1])
            default: return try predicate(function, target: target, arguments, at: node)
            }
        default: return try global(node)
        }
    }

    private func problem(_ message: String, at node: FilterExpression) -> FilterError {
        FilterError(text: text, offset: node.offset, message)
    }

    private func conditions(_ nodes: [FilterExpression]) throws(FilterError) -> [FilterCondition] {
        var result: [FilterCondition] = []
        for node in nodes { result.append(try condition(node)) }
        return result
    }

    /// The operands of a chain of one operator, which leans to the left; without recursion, as chains may be long.
    private func chain(_ node: FilterExpression, _ function: String) -> [FilterExpression] {
        var operands: [FilterExpression] = []
        var rest = node
        while case .call(function, nil, let arguments) = rest.content, arguments.count == 2 {
            operands.append(arguments[1])
            rest = arguments[0]
        }
        operands.append(rest)
        return operands.reversed()
    }

    /// A word or call that stands alone.
    private func global(_ node: FilterExpression) throws(FilterError) -> FilterCondition {
        if case .call(let function, let target, let arguments) = node.content {
            guard FilterFunction.restrictions.contains(function) || function == FilterFunction.index else {
                return try predicate(function, target: target, arguments, at: node)
            }
            throw problem("this needs a comparison", at: node)
        }
        switch try operand(node) {
        case .text(let pattern): return pattern.isAnything ? .always : .anywhere(pattern.text)
        case .number(_, let written): return .anywhere(written)
        case .bool(let value): return .anywhere("\(value)")
        case .moment, .duration: throw problem("a time needs a field to be compared with", at: node)
        }
    }

    private func compare(
        _ left: FilterExpression, _ comparison: FilterCondition.Comparison, _ right: FilterExpression
    ) throws(FilterError) -> FilterCondition {
        .compare(try field(left), comparison, try operand(right))
    }

    private func has(_ left: FilterExpression, _ right: FilterExpression) throws(FilterError) -> FilterCondition {
        let path = try field(left)
        let operand = try operand(right)
        if case .text(let pattern) = operand, pattern.isAnything { return .present(path) }
        // A kind is one of a list: VULNERABILITY is not found in VULNERABILITY_ASSESSMENT.
        return path == FieldPath("kind") ? .compare(path, .equals, operand) : .has(path, operand)
    }

    private func predicate(
        _ function: String, target: FilterExpression?, _ arguments: [FilterExpression], at node: FilterExpression
    ) throws(FilterError) -> FilterCondition {
        let kind: FilterCondition.Predicate
        switch function {
        case "has_prefix", "hasPrefix", "startsWith": kind = .prefix
        case "has_suffix", "hasSuffix", "endsWith": kind = .suffix
        case "contains": kind = .substring
        default:
            throw problem("no function “\(function)”; there are has_prefix, has_suffix and contains", at: node)
        }
        let parts = (target.map { [$0] } ?? []) + arguments
        guard parts.count == 2 else { throw problem("\(function) takes a field and a text", at: node) }
        let path = try field(parts[0])
        switch parts[1].content {
        case .constant(.string(let text)): return .predicate(path, kind, text)
        default:
            guard case .text(let pattern) = try operand(parts[1]) else {
                throw problem("\(function) takes a field and a text", at: node)
            }
            return .predicate(path, kind, pattern.text)
        }
    }

    // MARK: fields

    private func field(_ node: FilterExpression) throws(FilterError) -> FieldPath {
        guard let written = try path(node) else { throw problem("a field's name was expected here", at: node) }
        guard let path = resolve(written) else { throw problem("there is no field “\(written)”", at: node) }
        return path
    }

    /// Nil for what cannot name a field.
    private func path(_ node: FilterExpression) throws(FilterError) -> FieldPath? {
        var steps: [FieldPath.Step] = []
        var rest = node
        while true {
            switch rest.content {
            case .identifier(let name):
                steps.append(.field(FieldPath.jsonName(FilterPattern(unquoted: name).text)))
                return FieldPath(steps: steps.reversed())
            case .select(let operand, let field):
                steps.append(.field(FieldPath.jsonName(field)))
                rest = operand
            case .call(FilterFunction.index, nil, let arguments) where arguments.count == 2:
                switch arguments[1].content {
                case .constant(.integer(let number)):
                    guard let position = Int(exactly: number), position >= 0 else {
                        throw problem("a position is counted from 0", at: arguments[1])
                    }
                    steps.append(.position(position))
                case .constant(.string(let key)), .identifier(let key): steps.append(.key(key))
                default: throw problem("a key or a position was expected here", at: arguments[1])
                }
                rest = arguments[0]
            default: return nil
            }
        }
    }

    // MARK: values

    private func operand(_ node: FilterExpression) throws(FilterError) -> FilterCondition.Operand {
        switch node.content {
        case .constant(.string(let text)): return .text(FilterPattern(quoted: text))
        case .constant(.integer(let value)): return .number(Double(value), "\(value)")
        case .constant(.double(let value)): return .number(value, "\(value)")
        case .identifier(let name):
            switch name.lowercased() {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: return .text(FilterPattern(unquoted: name))
            }
        case .select:
            guard let path = try path(node) else { throw problem("a value was expected here", at: node) }
            return .text(FilterPattern(unquoted: path.description))
        case .call(let function, nil, let arguments):
            guard arguments.count == 1, case .constant(.string(let text)) = arguments[0].content else {
                throw problem("a value was expected here", at: node)
            }
            switch function {
            case "timestamp":
                guard let moment = FilterMoment(text) else { throw problem("not a time of RFC 3339", at: arguments[0]) }
                return .moment(moment)
            case "duration":
                guard let duration = FilterDuration.nanoseconds(text) else {
                    throw problem("not a duration such as 90s or 1h30m", at: arguments[0])
                }
                return .duration(nanoseconds: duration)
            default: throw problem("no function “\(function)”; there are timestamp and duration", at: node)
            }
        case .call, .empty: throw problem("a value was expected here", at: node)
        }
    }
}

/// Lengths of time: `90s`, `3.5s`, `1h30m`, `250ms`.
enum FilterDuration {
    static func nanoseconds(_ text: String) -> Double? {
        var rest = text[...]
        let negative = rest.utf8.first == UInt8(ascii: "-")
        if negative { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits) else { return nil }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[unit.endIndex...]
            switch unit {
            case "h": total += number * 3600e9
            case "m": total += number * 60e9
            case "s": total += number * 1e9
            case "ms": total += number * 1e6
            default: return nil
            }
        }
        return negative ? -total : total
    }
}
