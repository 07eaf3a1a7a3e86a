extension Lowering {
    /// The goals of a body whose variables live in the scope.
    func goals(of body: [Literal], _ scope: Scope) -> [Goal] {
        declare(body, scope)
        var goals: [Goal] = []
        let outerOrigin = origin
        defer { origin = outerOrigin }
        for literal in body {
            nextStatement()
            origin = literal.location
            let outer = modifiers
            modifiers = outer + withModifiers(literal.modifiers, scope, &goals)
            goals += self.goals(of: literal, scope)
            modifiers = outer
        }
        return goals
    }

    private func goals(of literal: Literal, _ scope: Scope) -> [Goal] {
        var goals: [Goal] = []
        let location = literal.location
        switch literal.kind {
        case .term(let term): goals += test(term, location, scope)
        case .unify(let left, let right): goals += unify(left, right, isCheck: false, location, scope)
        case .assign(let left, let right): goals += assign(left, right, location, scope)
        case .some: break
        case .someIn(let key, let value, let collection):
            let source = operand(collection, scope, &goals)
            let keyOperand = key.map { operand($0, scope, &goals) } ?? .variable(newSlot(named: "_", at: location))
            let valueOperand = operand(value, scope, &goals)
            let reference = OpenReference(head: .operand(source), keys: [keyOperand])
            goals.append(goal(.scan(reference, valueOperand, isCheck: false), at: location))
        case .not(let negated): goals += negation(of: negated, location, scope)
        case .notBody(let body):
            let (closure, _) = closure(body, scope)
            goals.append(goal(.not(closure), at: location))
        case .logical(let logic, let left, let right):
            for inner in Literal.withoutLogic(logic, left, right, at: location) {
                goals += self.goals(of: inner, scope)
            }
        case .every(let key, let value, let domain, let body):
            let source = operand(domain, scope, &goals)
            let firstSlot = slotCount
            let inner = Scope(parent: scope)
            let keySlot = key.flatMap { declared($0, inner) }
            let valueSlot = declared(value, inner)
            let outer = modifiers
            modifiers = []
            var bodyGoals: [Goal] = []
            // The body may hide the key and value with its own variables.
            bodyGoals += self.goals(of: body, Scope(parent: inner))
            modifiers = outer
            let closure = Closure(goals: bodyGoals, firstSlot: firstSlot)
            goals.append(goal(.every(domain: source, key: keySlot, value: valueSlot, closure), at: location))
        }
        return goals
    }

    /// The value does not see the names that are declared for it: a comprehension in it has variables of its own.
    private func assign(_ left: Term, _ right: Term, _ location: Location, _ scope: Scope) -> [Goal] {
        var patterns: [Term] = []
        collectPattern(left, &patterns)
        let names = Set(patterns.compactMap(\.variable)).subtracting(["_"])
        var used: Set<String> = []
        if right.hasBody { right.collectNames(&used) }
        guard !used.isDisjoint(with: names) else { return unify(left, right, isCheck: false, location, scope) }
        var goals: [Goal] = []
        let value = operand(right, Scope(parent: scope, hiding: names), &goals)
        unify(operand(left, scope, &goals), value, isCheck: false, location, &goals)
        return goals
    }

    private func declared(_ term: Term, _ scope: Scope) -> Int? {
        guard let name = term.variable, name != "_" else { return nil }
        let slot = newSlot(named: name, at: term.location)
        scope.declare(name, slot: slot)
        return slot
    }

    /// Negation looks only at the statement's last step: what its arguments need comes first, unless the module asks
    /// for negation that catches undefined arguments.
    private func negation(of literal: Literal, _ location: Location, _ scope: Scope) -> [Goal] {
        let isWhole = surroundings.hasSafeNegation
        if isWhole {
            let (closure, _) = closure([literal], scope)
            return [goal(.not(closure), at: location)]
        }
        let firstSlot = slotCount
        let outer = modifiers
        let all = goals(of: literal, scope)
        guard !all.isEmpty else { return [goal(.fail, at: location)] }
        let mainCount = mainGoalCount(literal, scope, all.count)
        let main = all[(all.count - mainCount)...].map { goal -> Goal in
            var goal = goal
            goal.modifiers = []
            return goal
        }
        modifiers = outer
        // Variables made for the arguments are filled outside; those of the statement itself inside.
        let hoisted = Array(all[..<(all.count - mainCount)])
        let filledOutside = hoisted.reduce(into: Set<Int>()) { $0.formUnion($1.variables) }
        let innerSlots = main.reduce(into: Set<Int>()) { $0.formUnion($1.variables) }
            .filter { $0 >= firstSlot && !filledOutside.contains($0) && slotNames[$0] == nil }
        let renumbered = Renumbering(slots: innerSlots, first: slotCount)
        for _ in innerSlots { _ = newSlot() }
        let closure = Closure(goals: main.map(renumbered.goal), firstSlot: renumbered.first)
        return hoisted + [goal(.not(closure), at: location)]
    }

    /// How many goals at the end are the statement itself and not its arguments.
    private func mainGoalCount(_ literal: Literal, _ scope: Scope, _ count: Int) -> Int {
        switch literal.kind {
        case .unify(let left, let right): min(count, directGoalCount(left, right, scope))
        case .term(let term):
            if case .call(.builtin("equal"), let arguments) = term.kind {
                min(count, directGoalCount(arguments[0], arguments[1], scope))
            } else {
                1
            }
        default: 1
        }
    }

    private func directGoalCount(_ left: Term, _ right: Term, _ scope: Scope) -> Int {
        isReference(left, scope) && isReference(right, scope) ? 2 : 1
    }

    func isReference(_ term: Term, _ scope: Scope) -> Bool {
        switch term.kind {
        case .reference: true
        case .variable(let name): name != "_" && scope.slot(name) == nil && surroundings.names.path(name) != nil
        default: false
        }
    }

    /// A term as a statement: it must be defined and not false.
    private func test(_ term: Term, _ location: Location, _ scope: Scope) -> [Goal] {
        var goals: [Goal] = []
        if isReference(term, scope) {
            let reference = openReference(term, scope, &goals)
            goals.append(goal(.scan(reference, nil, isCheck: false), at: location))
        } else if case .call(let callee, let arguments) = term.kind {
            if case .builtin("equal") = callee, arguments.count == 2 {
                return unify(arguments[0], arguments[1], isCheck: true, location, scope)
            }
            if let call = call(term, output: nil, scope, &goals) { goals.append(call) }
        } else {
            let operand = operand(term, scope, &goals)
            goals.append(goal(.test(operand), at: location))
        }
        return goals
    }

    func unify(_ left: Term, _ right: Term, isCheck: Bool, _ location: Location, _ scope: Scope) -> [Goal] {
        var goals: [Goal] = []
        switch (isReference(left, scope), isReference(right, scope)) {
        case (true, true):
            let one = openReference(left, scope, &goals)
            let other = openReference(right, scope, &goals)
            let value = Operand.variable(newSlot())
            goals.append(goal(.scan(one, value, isCheck: false), at: location))
            goals.append(goal(.scan(other, value, isCheck: false), at: location))
        case (true, false):
            let value = operand(right, scope, &goals)
            goals.append(goal(.scan(openReference(left, scope, &goals), value, isCheck: isCheck), at: location))
        case (false, true):
            let value = operand(left, scope, &goals)
            goals.append(goal(.scan(openReference(right, scope, &goals), value, isCheck: isCheck), at: location))
        case (false, false):
            if !isCheck, case .call = right.kind {
                let output = operand(left, scope, &goals)
                if let call = call(right, output: output, scope, &goals) { goals.append(call) }
            } else if !isCheck, case .call = left.kind {
                let output = operand(right, scope, &goals)
                if let call = call(left, output: output, scope, &goals) { goals.append(call) }
            } else {
                let one = operand(left, scope, &goals)
                let other = operand(right, scope, &goals)
                unify(one, other, isCheck: isCheck, location, &goals)
            }
        }
        return goals
    }

    /// Arrays and objects are taken apart as far as both sides are known.
    private func unify(_ left: Operand, _ right: Operand, isCheck: Bool, _ location: Location, _ goals: inout [Goal]) {
        if !isCheck, case .array(let one) = left, case .array(let other) = right {
            guard one.count == other.count else { return goals.append(goal(.fail, at: location)) }
            for (element, another) in zip(one, other) { unify(element, another, isCheck: false, location, &goals) }
            return
        }
        if !isCheck, case .object(let one) = left, case .object(let other) = right,
            let values = constantKeys(one), let others = constantKeys(other)
        {
            guard values.keys == others.keys else { return goals.append(goal(.fail, at: location)) }
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                if let another = others[key] { unify(value, another, isCheck: false, location, &goals) }
            }
            return
        }
        goals.append(goal(.unify(left, right, isCheck: isCheck), at: location))
    }

    private func constantKeys(_ pairs: [(key: Operand, value: Operand)]) -> [RegoValue: Operand]? {
        var result: [RegoValue: Operand] = [:]
        for pair in pairs {
            guard case .constant(let key) = pair.key else { return nil }
            result[key] = pair.value
        }
        return result.count == pairs.count ? result : nil
    }
}

/// Gives the slots that only a negated statement uses new numbers, behind all others.
struct Renumbering {
    private let map: [Int: Int]
    let first: Int

    init(slots: Set<Int>, first: Int) {
        self.first = first
        map = Dictionary(uniqueKeysWithValues: zip(slots.sorted(), first...))
    }

    func goal(_ goal: Goal) -> Goal {
        guard !map.isEmpty else { return goal }
        var goal = goal
        switch goal.kind {
        case .unify(let left, let right, let isCheck):
            goal.kind = .unify(operand(left), operand(right), isCheck: isCheck)
        case .scan(var reference, let value, let isCheck):
            reference.keys = reference.keys.map(operand)
            if case .operand(let head) = reference.head { reference.head = .operand(operand(head)) }
            goal.kind = .scan(reference, value.map(operand), isCheck: isCheck)
        case .test(let value): goal.kind = .test(operand(value))
        case .call(let callee, let arguments, let output):
            goal.kind = .call(callee, arguments.map(operand), output.map(operand))
        case .fail, .comprehension, .template, .not, .every: break
        }
        return goal
    }

    private func operand(_ operand: Operand) -> Operand {
        switch operand {
        case .constant: operand
        case .variable(let slot): .variable(map[slot] ?? slot)
        case .array(let operands): .array(operands.map(self.operand))
        case .set(let operands): .set(operands.map(self.operand))
        case .object(let pairs): .object(pairs.map { (key: self.operand($0.key), value: self.operand($0.value)) })
        }
    }
}
