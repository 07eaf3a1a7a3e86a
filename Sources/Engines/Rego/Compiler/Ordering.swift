/// Finds an order in which every statement has what it needs, and turns the statements into steps.
struct Ordering {
    /// A variable without a value, by slot.
    struct Unsafe {
        var slot: Int
        var location: Location
    }

    var unbound: [Unsafe] = []

    mutating func block(_ goals: [Goal], bound: inout Set<Int>) -> Block {
        var waiting = goals
        var ordered: [(goal: Goal, step: Step)] = []
        while !waiting.isEmpty {
            var rest: [Goal] = []
            for goal in waiting {
                if goal.needs(given: bound).isEmpty {
                    ordered.append((goal, step(goal, bound: &bound)))
                } else {
                    rest.append(goal)
                }
            }
            guard rest.count < waiting.count else {
                report(rest, bound: bound)
                break
            }
            waiting = rest
        }
        return Block(withModifiers(ordered))
    }

    private mutating func report(_ goals: [Goal], bound: Set<Int>) {
        for goal in goals {
            for slot in goal.variables.subtracting(bound).sorted() {
                unbound.append(Unsafe(slot: slot, location: goal.location))
            }
        }
    }

    /// Neighbours with the same modifiers run under one change of the surroundings.
    private func withModifiers(_ ordered: [(goal: Goal, step: Step)]) -> [Step] {
        var result: [Step] = []
        var index = 0
        while index < ordered.count {
            let first = ordered[index].goal
            guard !first.modifiers.isEmpty else {
                result.append(ordered[index].step)
                index += 1
                continue
            }
            var group: [Step] = []
            while index < ordered.count, ordered[index].goal.statement == first.statement,
                ordered[index].goal.modifiers.count == first.modifiers.count
            {
                group.append(ordered[index].step)
                index += 1
            }
            let overrides = first.modifiers.map { modifier in
                let replacement: Override.Replacement =
                    switch modifier.replacement {
                    case .operand(let operand): .value(operand.expression)
                    case .callee(let callee): .callee(callee)
                    }
                return Override(target: modifier.target, replacement: replacement)
            }
            result.append(
                Step(kind: .with(overrides, Block(group)), location: first.location, statement: first.origin))
        }
        return result
    }

    private mutating func step(_ goal: Goal, bound: inout Set<Int>) -> Step {
        let kind: Step.Kind
        switch goal.kind {
        case .unify(let left, let right, _):
            if left.variables.isSubset(of: bound) {
                kind = .match(left.expression, pattern(right, &bound))
            } else {
                kind = .match(right.expression, pattern(left, &bound))
            }
        case .scan(let reference, let value, _):
            let head: Reference.Head =
                switch reference.head {
                case .input: .input
                case .data: .data
                case .operand(let operand): .value(operand.expression)
                }
            let keys = reference.keys.map { pattern($0, &bound) }
            kind = .scan(Reference(head: head, keys: keys), value.map { pattern($0, &bound) })
        case .test(let operand): kind = .test(operand.expression)
        case .fail: kind = .fail
        case .call(let callee, let arguments, let output):
            kind = .call(
                Call(callee: callee, arguments: arguments.map(\.expression), result: output.map { pattern($0, &bound) })
            )
        case .comprehension(let type, let head, let closure, let slot, _):
            var inner = bound
            let body = block(closure.goals, bound: &inner)
            reportHead(head, inner, goal.location)
            bound.insert(slot)
            kind = .comprehension(
                Comprehension(kind: type, head: head.map(\.expression), body: body, location: goal.location), slot: slot
            )
        case .template(let pieces, let slot):
            var compiled: [TemplatePiece] = []
            for piece in pieces {
                switch piece {
                case .text(let text): compiled.append(.text(text))
                case .expression(let closure, let operand, let location):
                    var inner = bound
                    let body = block(closure.goals, bound: &inner)
                    reportHead([operand], inner, location)
                    compiled.append(.expression(body, operand.expression, location))
                }
            }
            bound.insert(slot)
            kind = .template(compiled, slot: slot)
        case .not(let closure):
            var inner = bound
            kind = .not(block(closure.goals, bound: &inner))
        case .every(let domain, let key, let value, let closure):
            var inner = bound
            if let key { inner.insert(key) }
            if let value { inner.insert(value) }
            let body = block(closure.goals, bound: &inner)
            kind = .every(Every(domain: domain.expression, key: key, value: value, body: body))
        }
        return Step(kind: kind, location: goal.location, statement: goal.origin)
    }

    mutating func reportHead(_ operands: [Operand], _ bound: Set<Int>, _ location: Location) {
        for operand in operands {
            for slot in operand.variables.subtracting(bound).sorted() {
                unbound.append(Unsafe(slot: slot, location: location))
            }
        }
    }

    func pattern(_ operand: Operand, _ bound: inout Set<Int>) -> Pattern {
        if operand.variables.isSubset(of: bound) { return .equal(operand.expression) }
        switch operand {
        case .variable(let slot):
            bound.insert(slot)
            return .bind(slot)
        case .array(let operands): return .array(operands.map { pattern($0, &bound) })
        case .object(let pairs):
            return .object(pairs.map { .init(key: $0.key.expression, value: pattern($0.value, &bound)) })
        case .constant, .set: return .equal(operand.expression)
        }
    }
}
