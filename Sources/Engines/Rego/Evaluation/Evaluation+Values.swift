extension Evaluation {
    func value(_ expression: Expression, _ frame: Frame) -> RegoValue {
        switch expression {
        case .constant(let value): value
        case .slot(let slot): frame.slots[slot]
        case .array(let elements): .array(elements.map { value($0, frame) })
        case .set(let elements): .set(RegoSet(elements.map { value($0, frame) }))
        case .object(let pairs):
            .object(RegoObject(pairs.map { .init(key: value($0.key, frame), value: value($0.value, frame)) }))
        }
    }

    /// Whether the value has the pattern's form; fills the pattern's slots.
    func match(_ found: RegoValue, _ pattern: Pattern, _ frame: Frame) -> Bool {
        switch pattern {
        case .any: return true
        case .bind(let slot):
            frame.slots[slot] = found
            return true
        case .equal(let expression):
            if case .constant(let constant) = expression { return constant == found }
            return value(expression, frame) == found
        case .array(let patterns):
            guard let elements = found.array, elements.count == patterns.count else { return false }
            for (element, pattern) in zip(elements, patterns) {
                guard match(element, pattern, frame) else { return false }
            }
            return true
        case .object(let members):
            guard let object = found.object, object.count == members.count else { return false }
            for member in members {
                guard let element = object[value(member.key, frame)], match(element, member.value, frame) else {
                    return false
                }
            }
            return true
        }
    }

    /// The surroundings with replacements made, evaluated in those that hold now.
    func situation(with overrides: [Override], _ frame: Frame, _ location: Location) throws(RegoError) -> Situation {
        var input = situation.input
        var data = situation.data
        var hidden = situation.hidden
        var replaced = situation.replaced
        for override in overrides {
            switch (override.target, override.replacement) {
            case (.callee(let callee), .callee(let other)): replaced[callee] = .callee(other)
            case (.callee(let callee), .value(let expression)): replaced[callee] = .value(value(expression, frame))
            case (.input(let path), .value(let expression)):
                input = Self.replacing(path[...], in: input, with: value(expression, frame))
            case (.data(let path), .value(let expression)):
                data = Self.replacing(path[...], in: data, with: value(expression, frame))
                if let node = tree.existingNode(at: path) { hidden.insert(node) }
            case (.input, .callee), (.data, .callee):
                throw RegoError(.type, "with keyword cannot replace a document by a function", at: location)
            }
        }
        return Situation(input: input, data: data, hidden: hidden, replaced: replaced)
    }

    private static func replacing(_ path: ArraySlice<String>, in document: RegoValue?, with value: RegoValue)
        -> RegoValue
    {
        guard let name = path.first else { return value }
        let object = document?.object ?? RegoObject([])
        let key = RegoValue.string(name)
        return .object(object.setting(key, to: replacing(path.dropFirst(), in: object[key], with: value)))
    }
}
