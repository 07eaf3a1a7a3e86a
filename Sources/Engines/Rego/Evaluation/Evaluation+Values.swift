extension Evaluation {
    func value(_ expression: Code.Expression, _ frame: Frame) -> RegoValue {
        switch expression {
        case .constant(let value): value.pointee
        case .slot(let slot): frame[slot].pointee
        case .array(let elements): .array(elements.map { value($0, frame) })
        case .set(let elements): .set(RegoSet(elements.map { value($0, frame) }))
        case .record(let shape, let values):
            .object(RegoObject(shape: shape.pointee, values: values.map { value($0, frame) }))
        case .object(let pairs):
            .object(RegoObject(pairs.map { .init(key: value($0.key, frame), value: value($0.value, frame)) }))
        }
    }

    /// Where the value lies; one that has to be put together is kept until the statements behind have run.
    @inline(__always)
    func place(_ expression: Code.Expression, _ frame: Frame) -> At {
        switch expression {
        case .constant(let value): value
        case .slot(let slot): frame[slot]
        default: values.keep(value(expression, frame))
        }
    }

    /// Whether the value is what is asked; without a pattern, whether it is not false.
    @inline(__always)
    func accepts(_ found: At, _ pattern: Code.Pattern?, _ frame: Frame) -> Bool {
        guard let pattern else { return found.pointee.isTrue }
        return match(found, pattern, frame)
    }

    /// Whether the value has the pattern's form; fills the pattern's slots.
    func match(_ found: At, _ pattern: Code.Pattern, _ frame: Frame) -> Bool {
        switch pattern {
        case .any: return true
        case .bind(let slot):
            frame[slot] = found
            return true
        case .equal(.constant(let constant)): return RegoValue.areEqual(constant.pointee, found.pointee)
        case .equal(.slot(let slot)): return RegoValue.areEqual(frame[slot].pointee, found.pointee)
        case .equal(let expression): return value(expression, frame) == found.pointee
        case .array(let patterns):
            guard case .array(let elements) = found.pointee, elements.count == patterns.count else { return false }
            for index in patterns.indices {
                guard let element = Walk.element(elements, index), match(element, patterns[index], frame) else {
                    return false
                }
            }
            return true
        case .object(let members):
            guard case .object(let object) = found.pointee, object.count == members.count else { return false }
            for member in members {
                let key = value(member.key, frame)
                guard let index = object.shape.position(of: key), let element = Walk.element(object.values, index),
                    match(element, member.value, frame)
                else { return false }
            }
            return true
        }
    }

    /// The surroundings with replacements made, evaluated in those that hold now.
    func situation(
        with overrides: Code.List<Code.Override>, _ frame: Frame, _ site: Int
    ) throws(RegoError) -> Situation {
        var change = Situation.Change(hidden: situation.hidden, replaced: situation.replaced)
        for override in overrides {
            switch (override.target, override.replacement) {
            case (.callee(let callee), .callee(let other)): change.replaced[callee] = .callee(other)
            case (.callee(let callee), .value(let expression)):
                change.replaced[callee] = .value(value(expression, frame))
            case (.input(let path), .value(let expression)):
                let old = change.input ?? situation.input?.pointee
                change.input = Self.replacing(path.pointee[...], in: old, with: value(expression, frame))
            case (.data(let path), .value(let expression)):
                let old = change.data ?? situation.data.pointee
                change.data = Self.replacing(path.pointee[...], in: old, with: value(expression, frame))
                if let node = program.node(at: path.pointee) { change.hidden.insert(node) }
            case (.input, .callee), (.data, .callee):
                throw RegoError(
                    .type, "with keyword cannot replace a document by a function", at: location(site))
            }
        }
        return Situation(situation, change)
    }

    static func replacing(_ path: ArraySlice<String>, in document: RegoValue?, with value: RegoValue)
        -> RegoValue
    {
        guard let name = path.first else { return value }
        let object = document?.object ?? RegoObject([])
        let key = RegoValue.string(name)
        return .object(object.setting(key, to: replacing(path.dropFirst(), in: object[key], with: value)))
    }
}
