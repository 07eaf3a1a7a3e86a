/// Turns terms into operands and statements into goals: names become slots or documents, nested references and calls
/// move out in front of what holds them.
final class Lowering {
    /// What the names and calls of a module can mean.
    struct Metadata {
        var annotations: AnnotationSet
        var rule: Rule
        var module: Module
    }

    struct Surroundings {
        var names: Names
        var tree: DocumentTree
        /// Kinds of the groups, by number.
        var kinds: [RuleGroup.Kind]
        var builtins: Builtins
        var hasSafeNegation = false
        /// The rule that is compiled and what is said of it, for `rego.metadata.chain()` and `rule()`.
        var metadata: Metadata?
    }

    let surroundings: Surroundings
    private(set) var slotCount = 0
    /// Names that people gave, with their first place.
    private(set) var slotNames: [Int: (name: String, location: Location)] = [:]
    var errors: [RegoError] = []
    private var statement = 0
    /// Set while a statement is lowered.
    var modifiers: [Goal.With] = []
    var origin: Location?

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    func newSlot() -> Int {
        slotCount += 1
        return slotCount - 1
    }

    func newSlot(named name: String, at location: Location) -> Int {
        let slot = newSlot()
        slotNames[slot] = (name, location)
        return slot
    }

    func nextStatement() { statement += 1 }

    func goal(_ kind: Goal.Kind, at location: Location) -> Goal {
        Goal(kind: kind, modifiers: modifiers, statement: statement, location: location, origin: origin ?? location)
    }

    /// The term as an operand; what it needs first is appended to the goals.
    func operand(_ term: Term, _ scope: Scope, _ goals: inout [Goal]) -> Operand {
        switch term.kind {
        case .value(let value): return .constant(value)
        case .variable(let name):
            if let slot = slot(name, term.location, scope) { return .variable(slot) }
            return hoisted(.reference(term), term, scope, &goals)
        case .reference: return hoisted(.reference(term), term, scope, &goals)
        case .call: return hoisted(.call(term), term, scope, &goals)
        case .array(let terms):
            let operands = terms.map { operand($0, scope, &goals) }
            if let values = constants(operands) { return .constant(.array(values)) }
            return .array(operands)
        case .set(let terms):
            let operands = terms.map { operand($0, scope, &goals) }
            if let values = constants(operands) { return .constant(.set(RegoSet(values))) }
            return .set(operands)
        case .object(let pairs):
            let operands = pairs.map { (key: operand($0.key, scope, &goals), value: operand($0.value, scope, &goals)) }
            if let keys = constants(operands.map(\.key)), let values = constants(operands.map(\.value)) {
                return .constant(.object(RegoObject(zip(keys, values).map { .init(key: $0, value: $1) })))
            }
            return .object(operands)
        case .arrayComprehension(let head, let body):
            return comprehension(.array, [head], body, term.location, scope, &goals)
        case .setComprehension(let head, let body):
            return comprehension(.set, [head], body, term.location, scope, &goals)
        case .objectComprehension(let pair, let body):
            return comprehension(.object, [pair.key, pair.value], body, term.location, scope, &goals)
        case .template(let pieces): return template(pieces, term.location, scope, &goals)
        }
    }

    private func constants(_ operands: [Operand]) -> [RegoValue]? {
        var values: [RegoValue] = []
        for operand in operands {
            guard case .constant(let value) = operand else { return nil }
            values.append(value)
        }
        return values
    }

    /// The slot of a variable; nil when the name stands for a document.
    func slot(_ name: String, _ location: Location, _ scope: Scope) -> Int? {
        if name == "_" { return newSlot(named: "_", at: location) }
        if let slot = scope.slot(name) {
            // `some x` only declares: the place that matters is where x is used first.
            if slotNames[slot]?.location.row == 0 { slotNames[slot]?.location = location }
            return slot
        }
        if surroundings.names.path(name) != nil { return nil }
        let slot = newSlot(named: name, at: location)
        scope.declare(name, slot: slot)
        return slot
    }

    private enum Source {
        case reference(Term)
        case call(Term)
    }

    private func hoisted(_ source: Source, _ term: Term, _ scope: Scope, _ goals: inout [Goal]) -> Operand {
        switch source {
        case .reference:
            let reference = openReference(term, scope, &goals)
            let output = Operand.variable(newSlot())
            goals.append(goal(.scan(reference, output, isCheck: false), at: term.location))
            return output
        case .call:
            let output = Operand.variable(newSlot())
            if let call = call(term, output: output, scope, &goals) { goals.append(call) }
            return output
        }
    }

    /// A reference with its own keys lowered; the reference itself is not yet evaluated.
    func openReference(_ term: Term, _ scope: Scope, _ goals: inout [Goal]) -> OpenReference {
        let (head, keys): (Term, [Term]) =
            if case .reference(let head, let keys) = term.kind { (head, keys) } else { (term, []) }
        var path: [String] = []
        var openHead = OpenReference.Head.data
        if let name = head.variable, name != "_", scope.slot(name) == nil, let known = surroundings.names.path(name) {
            path = Array(known.dropFirst())
            openHead = known[0] == "input" ? .input : .data
        } else {
            openHead = .operand(operand(head, scope, &goals))
        }
        let lowered = keys.map { operand($0, scope, &goals) }
        return OpenReference(head: openHead, keys: path.map { .constant(.string($0)) } + lowered)
    }

    /// A nested body with what is needed for its head.
    func closure(
        _ body: [Literal], _ scope: Scope, _ head: (Scope, inout [Goal]) -> [Operand] = { _, _ in [] }
    ) -> (Closure, [Operand]) {
        let firstSlot = slotCount
        let outer = modifiers
        modifiers = []
        defer { modifiers = outer }
        let inner = Scope(parent: scope)
        var goals = goals(of: body, inner)
        nextStatement()
        let operands = head(inner, &goals)
        return (Closure(goals: goals, firstSlot: firstSlot), operands)
    }

    private func comprehension(
        _ kind: Comprehension.Kind, _ head: [Term], _ body: [Literal], _ location: Location, _ scope: Scope,
        _ goals: inout [Goal]
    ) -> Operand {
        let (closure, operands) = closure(body, scope) { inner, goals in head.map { self.operand($0, inner, &goals) } }
        let free = closure.freeVariables.union(
            operands.reduce(into: Set<Int>()) { result, operand in
                result.formUnion(operand.variables.filter { $0 < closure.firstSlot })
            })
        let slot = newSlot()
        goals.append(goal(.comprehension(kind, operands, closure, slot: slot, free: free), at: location))
        return .variable(slot)
    }

    private func template(_ pieces: [Term.Piece], _ location: Location, _ scope: Scope, _ goals: inout [Goal])
        -> Operand
    {
        let lowered = pieces.map { piece -> Goal.Piece in
            switch piece {
            case .text(let text): return .text(text)
            case .expression(let literal):
                guard case .term(let term) = literal.kind else { return .text("") }
                let (closure, operands) = closure([], scope) { inner, goals in
                    self.modifiers = self.withModifiers(literal.modifiers, inner, &goals)
                    return [self.operand(term, inner, &goals)]
                }
                return .expression(closure, operands[0], literal.location)
            }
        }
        let slot = newSlot()
        goals.append(goal(.template(lowered, slot: slot), at: location))
        return .variable(slot)
    }
}
