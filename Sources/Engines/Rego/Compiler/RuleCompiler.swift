/// Compiles one rule.
struct RuleCompiler {
    private let rule: Rule
    private let pathCount: Int
    private let lowering: Lowering
    private(set) var errors: [RegoError] = []

    init(_ rule: Rule, pathCount: Int, _ surroundings: Lowering.Surroundings) {
        self.rule = rule
        self.pathCount = pathCount
        lowering = Lowering(surroundings)
    }

    mutating func clause() -> Clause {
        let parameterScope = Scope(parent: nil)
        var bound: Set<Int> = []
        var ordering = Ordering()
        // What parameters need besides variables is asked at the start of the body.
        var prologue: [Goal] = []
        let heads = rule.head.parameters ?? []
        for term in heads { declareNames(of: term, parameterScope) }
        reportCalls(in: heads)
        let operands = heads.map { lowering.operand($0, parameterScope, &prologue) }
        let parameters = operands.map { ordering.pattern($0, &bound) }
        let keys = Array(rule.head.reference[pathCount...])
        let main = branch(
            rule.body, keys: keys, value: rule.head.value, element: rule.head.element,
            prologue: prologue, parameterScope, bound, &ordering, rule.head.location)
        var alternatives: [Clause] = []
        for alternative in rule.alternatives {
            alternatives.append(
                branch(
                    alternative.body, keys: keys, value: alternative.value, element: nil,
                    prologue: prologue, parameterScope, bound, &ordering, alternative.location))
        }
        errors += lowering.errors
        // A call that could not be understood leaves its output without a value: one error is enough.
        if lowering.errors.isEmpty { reportUnsafe(ordering.unbound) }
        return Clause(
            slotCount: lowering.slotCount, parameters: parameters, body: main.body, keys: main.keys, yield: main.yield,
            alternatives: alternatives, location: rule.location)
    }

    /// A parameter hides a document of its name; a name inside an expression does not.
    private func declareNames(of parameter: Term, _ scope: Scope) {
        var names: [Term] = []
        lowering.collectPattern(parameter, &names)
        let patterns = Set(names.compactMap(\.variable))
        lowering.visit(parameter) { variable in
            guard let name = variable.variable, name != "_", scope.slot(name) == nil,
                patterns.contains(name) || lowering.surroundings.names.path(name) == nil
            else { return }
            scope.declare(name, slot: lowering.newSlot(named: name, at: variable.location))
        }
    }

    private mutating func reportCalls(in parameters: [Term]) {
        for term in parameters {
            guard case .call = term.kind else { continue }
            errors.append(RegoError(.compile, "rule arguments cannot contain calls", at: term.location))
        }
    }

    private func branch(
        _ body: [Literal], keys: [Term], value: Term?, element: Term?, prologue: [Goal],
        _ parameterScope: Scope, _ outer: Set<Int>, _ ordering: inout Ordering, _ location: Location
    ) -> Clause {
        let scope = Scope(parent: parameterScope)
        var bound = outer
        var goals = prologue + lowering.goals(of: body, scope)
        lowering.nextStatement()
        lowering.origin = location
        let keyOperands = keys.map { lowering.operand($0, scope, &goals) }
        let result = (element ?? value).map { lowering.operand($0, scope, &goals) } ?? .constant(true)
        let block = ordering.block(goals, bound: &bound)
        for (operand, term) in zip(keyOperands, keys) { ordering.reportHead([operand], bound, term.location) }
        ordering.reportHead([result], bound, (element ?? value)?.location ?? location)
        return Clause(
            slotCount: lowering.slotCount, parameters: [], body: block, keys: keyOperands.map(\.expression),
            yield: element == nil ? .value(result.expression) : .element(result.expression), alternatives: [],
            location: location)
    }

    /// Names that people gave, once each, where they stand.
    private mutating func reportUnsafe(_ unbound: [Ordering.Unsafe]) {
        errors += Self.errors(unbound, lowering)
    }

    static func errors(_ unbound: [Ordering.Unsafe], _ lowering: Lowering) -> [RegoError] {
        var seen: Set<Int> = []
        var result: [RegoError] = []
        for item in unbound where seen.insert(item.slot).inserted {
            guard let (name, location) = lowering.slotNames[item.slot] else { continue }
            result.append(RegoError(.unsafeVariable, "var \(name) is unsafe", at: location))
        }
        // Only variables without a name are left over: the statement itself is told.
        if result.isEmpty, let first = unbound.first {
            result.append(RegoError(.unsafeVariable, "expression is unsafe", at: first.location))
        }
        return result
    }
}
