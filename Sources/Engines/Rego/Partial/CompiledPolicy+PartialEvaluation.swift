extension CompiledPolicy {
    /// What is left of a query when only the given parts of input and data are unknown: `input`, `input.user`,
    /// `data.users`. Rules that are kept are not taken apart: what is left refers to them.
    public func partiallyEvaluate(
        query text: String, regoInput: RegoValue? = nil, unknowns: [String] = ["input"], keeping rules: [String] = [],
        limits: EvaluationLimits = .standard, surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> PartialResult {
        let (block, slotCount, variables) = try plan(query: text)
        let paths = try unknowns.map { name throws(RegoError) in
            let path = try Parser.term(name).dottedPath ?? []
            guard path.first == "input" || path.first == "data" else {
                throw RegoError(.parse, "an unknown begins with input or data, got: \(name)")
            }
            return path
        }
        let evaluation = Evaluation(program, input: regoInput, limits: limits, surroundings: surroundings)
        let kept = try rules.map { try Self.path($0) }
        let partial = PartialEvaluation(self, evaluation, unknowns: paths, kept: kept)
        let queries = try partial.queries(block, slotCount: slotCount, variables: variables)
        // One that always holds makes the others superfluous.
        let result = queries.contains { $0.isEmpty } ? [[]] : queries
        var seen: Set<[ResidualExpression]> = []
        return PartialResult(
            queries: result.filter { seen.insert($0).inserted }, support: result == [[]] ? [] : partial.support)
    }

    private func plan(query text: String) throws -> (Block, Int, [String: Int]) {
        let literals = try Parser.query(text)
        let mistakes = QueryCheck(surroundings: surroundings).errors(literals)
        guard mistakes.isEmpty else { throw RegoErrors(mistakes) }
        let lowering = Lowering(surroundings)
        let scope = Scope(parent: nil)
        let goals = lowering.goals(of: literals, scope)
        var ordering = Ordering()
        var bound: Set<Int> = []
        let block = ordering.block(goals, bound: &bound)
        let errors = lowering.errors + (lowering.errors.isEmpty ? RuleCompiler.errors(ordering.unbound, lowering) : [])
        guard errors.isEmpty else { throw RegoErrors(errors) }
        return (block, lowering.slotCount, scope.slots)
    }
}
