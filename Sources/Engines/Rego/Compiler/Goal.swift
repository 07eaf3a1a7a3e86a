/// A term whose references, calls and comprehensions have been moved out in front of it.
indirect enum Operand {
    case constant(RegoValue)
    case variable(Int)
    case array([Operand])
    case set([Operand])
    case object([(key: Operand, value: Operand)])

    var variables: Set<Int> {
        switch self {
        case .constant: []
        case .variable(let slot): [slot]
        case .array(let operands), .set(let operands): operands.reduce(into: []) { $0.formUnion($1.variables) }
        case .object(let pairs): pairs.reduce(into: []) { $0.formUnion($1.key.variables.union($1.value.variables)) }
        }
    }

    /// Variables that no pattern can fill: members of sets and keys of objects.
    var unfillableVariables: Set<Int> {
        switch self {
        case .constant, .variable: []
        case .array(let operands): operands.reduce(into: []) { $0.formUnion($1.unfillableVariables) }
        case .set: variables
        case .object(let pairs):
            pairs.reduce(into: []) { $0.formUnion($1.key.variables.union($1.value.unfillableVariables)) }
        }
    }

    var expression: Expression {
        switch self {
        case .constant(let value): .constant(value)
        case .variable(let slot): .slot(slot)
        case .array(let operands): .array(operands.map(\.expression))
        case .set(let operands): .set(operands.map(\.expression))
        case .object(let pairs): .object(pairs.map { .init(key: $0.key.expression, value: $0.value.expression) })
        }
    }
}

/// A reference whose keys are operands.
struct OpenReference {
    enum Head {
        case input, data
        case operand(Operand)
    }

    var head: Head
    var keys: [Operand]

    var headVariables: Set<Int> { if case .operand(let operand) = head { operand.variables } else { [] } }
    var variables: Set<Int> { keys.reduce(into: headVariables) { $0.formUnion($1.variables) } }
}

/// Statements of a nested body, with what it reads from outside.
struct Closure {
    var goals: [Goal]
    /// Slots at or above this number belong to the closure.
    var firstSlot: Int

    /// Variables of the surroundings.
    var freeVariables: Set<Int> {
        goals.reduce(into: []) { $0.formUnion($1.variables.filter { $0 < firstSlot }) }
    }
}

/// A statement that waits for its place in the order.
struct Goal {
    enum Kind {
        /// A check (`==`) fills nothing.
        case unify(Operand, Operand, isCheck: Bool)
        case scan(OpenReference, Operand?, isCheck: Bool)
        case test(Operand)
        case fail
        case call(Call.Callee, [Operand], Operand?)
        case comprehension(Comprehension.Kind, [Operand], Closure, slot: Int, free: Set<Int>)
        case template([Piece], slot: Int)
        case not(Closure)
        case every(domain: Operand, key: Int?, value: Int?, Closure)
    }

    enum Piece {
        case text(String)
        case expression(Closure, Operand, Location)
    }

    struct With {
        enum Replacement {
            case operand(Operand)
            case callee(Call.Callee)
        }

        var target: Override.Target
        var replacement: Replacement
    }

    var kind: Kind
    var modifiers: [With] = []
    /// Goals of one statement share their modifiers.
    var statement: Int
    var location: Location
    /// Where the statement begins.
    var origin: Location

    /// Every variable of the surroundings that occurs.
    var variables: Set<Int> {
        var result = modifierVariables
        switch kind {
        case .unify(let left, let right, _): result.formUnion(left.variables.union(right.variables))
        case .scan(let reference, let value, _): result.formUnion(reference.variables.union(value?.variables ?? []))
        case .test(let operand): result.formUnion(operand.variables)
        case .fail: break
        case .call(_, let arguments, let output):
            for argument in arguments { result.formUnion(argument.variables) }
            result.formUnion(output?.variables ?? [])
        case .comprehension(_, _, _, let slot, let free): result.formUnion(free.union([slot]))
        case .template(let pieces, let slot):
            result.insert(slot)
            result.formUnion(Self.freeVariables(pieces))
        case .not(let closure): result.formUnion(closure.freeVariables)
        case .every(let domain, _, _, let closure): result.formUnion(domain.variables.union(closure.freeVariables))
        }
        return result
    }

    private var modifierVariables: Set<Int> {
        modifiers.reduce(into: []) { result, modifier in
            if case .operand(let operand) = modifier.replacement { result.formUnion(operand.variables) }
        }
    }

    static func freeVariables(_ pieces: [Piece]) -> Set<Int> {
        pieces.reduce(into: []) { result, piece in
            if case .expression(let closure, let operand, _) = piece {
                result.formUnion(closure.freeVariables)
                result.formUnion(operand.variables.filter { $0 < closure.firstSlot })
            }
        }
    }

    /// Variables that must have values before the goal can run; for a unification that can go both ways the smaller need.
    func needs(given bound: Set<Int>) -> Set<Int> {
        var result = modifierVariables
        switch kind {
        case .unify(let left, let right, isCheck: true): result.formUnion(left.variables.union(right.variables))
        case .unify(let left, let right, isCheck: false):
            let forward = left.variables.union(right.unfillableVariables).subtracting(bound)
            let backward = right.variables.union(left.unfillableVariables).subtracting(bound)
            result.formUnion(forward.count <= backward.count ? forward : backward)
        case .scan(let reference, let value, let isCheck):
            result.formUnion(reference.headVariables)
            for key in reference.keys { result.formUnion(key.unfillableVariables) }
            if let value {
                result.formUnion(isCheck ? value.variables.subtracting(reference.variables) : value.unfillableVariables)
            }
        case .test(let operand): result.formUnion(operand.variables)
        case .fail: break
        case .call(_, let arguments, let output):
            for argument in arguments { result.formUnion(argument.variables) }
            result.formUnion(output?.unfillableVariables ?? [])
        case .comprehension(_, _, _, _, let free): result.formUnion(free)
        case .template(let pieces, _): result.formUnion(Self.freeVariables(pieces))
        case .not(let closure): result.formUnion(closure.freeVariables)
        case .every(let domain, _, _, let closure): result.formUnion(domain.variables.union(closure.freeVariables))
        }
        return result.subtracting(bound)
    }
}
