import Documents

/// Asks a condition of one message's JSON form.
///
/// Lists on the way are looked into: a comparison holds when it does for any element. Fields that are not written have
/// their type's default, as in protocol buffers, where the message around them is there. `!=` is the opposite of `=`.
struct FilterEvaluation {
    let document: Value

    func holds(_ condition: FilterCondition) -> Bool {
        switch condition {
        case .always: true
        case .all(let parts): parts.allSatisfy(holds)
        case .any(let parts): parts.contains(where: holds)
        case .not(let part): !holds(part)
        case .compare(let path, let comparison, let operand): compare(path, comparison, operand)
        case .has(let path, let operand): values(at: path).found.contains { has($0, operand) }
        case .present(let path): values(at: path).found.contains { !Self.isDefault($0) }
        case .predicate(let path, let kind, let text):
            values(at: path).found.contains { value in
                guard let string = value.string else { return false }
                return Self.holds(kind, Array(string.utf8), Array(text.utf8))
            }
        case .anywhere(let text): Self.contains(document, Array(text.utf8))
        }
    }

    /// The values at a path, and whether one of the messages that should hold it does not.
    private func values(at path: FieldPath) -> (found: [Value], absent: Bool) {
        var current = [document]
        var absent = false
        for (position, step) in path.steps.enumerated() {
            let isLast = position == path.steps.count - 1
            var next: [Value] = []
            for value in current {
                switch (step, value) {
                case (.field(let name), .object(let object)):
                    if let found = object[name] { next.append(found) } else { absent = absent || isLast }
                case (.field(let name), .array(let list)):
                    for element in list {
                        if let found = element[name] { next.append(found) } else { absent = absent || isLast }
                    }
                case (.key(let key), .object(let object)):
                    if let found = object[key] { next.append(found) }
                case (.position(let number), .array(let list)):
                    if number < list.count { next.append(list[number]) }
                default: break
                }
            }
            current = next
        }
        return (current, absent)
    }

    private func compare(
        _ path: FieldPath, _ comparison: FilterCondition.Comparison, _ operand: FilterCondition.Operand
    ) -> Bool {
        let values = values(at: path)
        if values.absent, let value = Self.defaultValue(for: operand), holds(value, comparison, operand) { return true }
        return values.found.contains { value in
            if case .array(let list) = value { return list.contains { holds($0, comparison, operand) } }
            return holds(value, comparison, operand)
        }
    }

    private func holds(
        _ value: Value, _ comparison: FilterCondition.Comparison, _ operand: FilterCondition.Operand
    ) -> Bool {
        switch operand {
        case .text(let pattern):
            switch value {
            case .string(let text):
                if let literal = pattern.literal, let right = FilterMoment(literal), let left = FilterMoment(text) {
                    return Self.ordered(left, comparison, right)
                }
                if comparison == .equals { return pattern.matches(text) }
                if let left = FilterDuration.nanoseconds(text), let right = FilterDuration.nanoseconds(pattern.text) {
                    return Self.ordered(left, comparison, right)
                }
                return Self.ordered(Bytes(text), comparison, Bytes(pattern.text))
            case .number(let number):
                guard let right = Double(pattern.text) else { return false }
                return Self.ordered(number.double, comparison, right)
            case .bool(let bool): return comparison == .equals && pattern.text.lowercased() == "\(bool)"
            default: return false
            }
        case .number(let right, let written):
            switch value {
            case .number(let number): return Self.ordered(number.double, comparison, right)
            case .string(let text):
                // 64-bit numbers are strings in JSON.
                guard let left = Double(text) else { return comparison == .equals && text == written }
                return Self.ordered(left, comparison, right)
            default: return false
            }
        case .bool(let right): return comparison == .equals && value.bool == right
        case .moment(let right):
            guard let left = value.string.flatMap(FilterMoment.init) else { return false }
            return Self.ordered(left, comparison, right)
        case .duration(let right):
            guard let left = value.string.flatMap(FilterDuration.nanoseconds) else { return false }
            return Self.ordered(left, comparison, right)
        }
    }

    /// The `:` operator: an element of a list, a key of a map, a part of a text, or the value itself.
    private func has(_ value: Value, _ operand: FilterCondition.Operand) -> Bool {
        switch value {
        case .array(let list): return list.contains { has($0, operand) }
        case .object(let object):
            guard case .text(let pattern) = operand else { return false }
            return object.keys.contains { pattern.matches($0) }
        case .string(let text):
            guard case .text(let pattern) = operand, let literal = pattern.literal else {
                return holds(value, .equals, operand)
            }
            return Self.holds(.substring, Self.folded(text), Self.folded(literal))
        default: return holds(value, .equals, operand)
        }
    }

    // MARK: values

    private struct Bytes: Comparable {
        let bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        static func < (left: Bytes, right: Bytes) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
    }

    private static func ordered<T: Comparable>(_ left: T, _ comparison: FilterCondition.Comparison, _ right: T) -> Bool
    {
        switch comparison {
        case .equals: left == right
        case .less: left < right
        case .lessOrEquals: left <= right
        case .greater: left > right
        case .greaterOrEquals: left >= right
        }
    }

    private static func holds(_ kind: FilterCondition.Predicate, _ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        switch kind {
        case .prefix: bytes.starts(with: part)
        case .suffix: bytes.suffix(part.count).elementsEqual(part)
        case .substring: part.isEmpty || bytes.firstRange(of: part) != nil
        }
    }

    /// What a field that is not written says, where the operand shows its type.
    private static func defaultValue(for operand: FilterCondition.Operand) -> Value? {
        switch operand {
        case .number: 0
        case .bool: false
        case .text(let pattern):
            // The first value of every enumeration is the one that is not written.
            pattern.literal.flatMap { $0.isEmpty || $0.hasSuffix("_UNSPECIFIED") ? Value.string($0) : nil }
        case .moment, .duration: nil
        }
    }

    private static func isDefault(_ value: Value) -> Bool {
        switch value {
        case .null: true
        case .bool(let bool): !bool
        case .number(let number): number.double == 0
        case .string(let text): text.isEmpty
        case .array(let list): list.isEmpty
        // A message that is written is there, also when it says nothing.
        case .object: false
        }
    }

    /// ASCII letters in small.
    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// Whether any text, number or truth value below holds the part, whatever its case.
    private static func contains(_ document: Value, _ part: [UInt8]) -> Bool {
        let part = part.map { (65...90).contains($0) ? $0 + 32 : $0 }
        var open = [document]
        while let value = open.popLast() {
            switch value {
            case .object(let object): open += object.members.map(\.value)
            case .array(let list): open += list
            case .string(let text): if holds(.substring, folded(text), part) { return true }
            case .number(let number): if Array(number.text.utf8) == part { return true }
            case .bool(let bool): if Array("\(bool)".utf8) == part { return true }
            case .null: break
            }
        }
        return false
    }
}
