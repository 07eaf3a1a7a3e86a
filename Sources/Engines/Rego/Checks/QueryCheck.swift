/// What is wrong with a query, in the stages in which a module's bodies are looked at.
struct QueryCheck {
    let surroundings: Lowering.Surroundings

    func errors(_ literals: [Literal]) -> [RegoError] {
        let rewriter = RuleRewriter(surroundings, isStrict: false)
        let body = PlainBody(rewriter.statements(literals, used: []))
        guard rewriter.errors.isEmpty else { return rewriter.errors }
        let arity = PolicyCompiler.arities(surroundings)
        let calls =
            CallCheck(arity: arity).errors(in: body)
            + CallCheck(arity: arity).errors(in: PlainBody(rewriter.templateCalls))
        guard calls.isEmpty else { return calls }
        var safety = SafetyCheck(arity: arity)
        safety.order(body, given: [])
        var check = UndeclaredCheck(rewriter.variables, lacking: Set(safety.lacking.map(\.variable)))
        check.look(at: body)
        guard check.errors.isEmpty else { return check.errors }
        let unsafe = safety.errors(rewriter.variables)
        guard unsafe.isEmpty else { return unsafe }
        return TypeChecker.$names.withValue(rewriter.variables) { TypeChecker.check(body, TypeEnvironment()).1 }
    }
}
