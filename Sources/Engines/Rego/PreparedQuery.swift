/// A query compiled against a policy; evaluated as often as wanted, from any number of tasks.
public final class PreparedQuery: @unchecked Sendable {
    private let program: Program
    /// What the program and the block point into.
    private let arenas: (program: Arena, block: Arena)
    private let block: Code.Block
    private let slotCount: Int
    private let variables: [String: Int]
    private let sites: [Program.Site]

    init(_ text: String, _ policy: CompiledPolicy) throws {
        let literals = try Parser.query(text)
        let mistakes = QueryCheck(surroundings: policy.surroundings).errors(literals)
        guard mistakes.isEmpty else { throw RegoErrors(mistakes) }
        let lowering = Lowering(policy.surroundings)
        let scope = Scope(parent: nil)
        let goals = lowering.goals(of: literals, scope)
        var ordering = Ordering()
        var bound: Set<Int> = []
        let plan = ordering.block(goals, bound: &bound)
        let errors = lowering.errors + (lowering.errors.isEmpty ? RuleCompiler.errors(ordering.unbound, lowering) : [])
        guard errors.isEmpty else { throw RegoErrors(errors) }
        program = policy.program
        let arena = Arena()
        arenas = (policy.arena, arena)
        var linker = Linker(
            arena: arena, nodes: program.nodes, data: program.data, builtins: program.builtins,
            firstSite: program.sites.count)
        block = linker.block(plan)
        slotCount = lowering.slotCount
        variables = scope.slots
        sites = linker.sites
    }

    /// The variables of every solution; for a query without variables one empty solution when it holds.
    public func evaluate(
        regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> [[String: RegoValue]] {
        let evaluation = Evaluation(
            program, input: regoInput, limits: limits, surroundings: surroundings, querySites: sites,
            observer: recorder)
        defer { recorder?.finish() }
        let frame = evaluation.slots.push(slotCount)
        defer { evaluation.slots.pop(slotCount) }
        var solutions: [[String: RegoValue]] = []
        _ = try withExtendedLifetime(arenas) { () throws(RegoError) in
            try evaluation.run(block, frame) { () throws(RegoError) in
                try evaluation.charge(bytes: 64, 0)
                solutions.append(variables.mapValues { frame[$0].pointee })
                return true
            }
        }
        return solutions
    }
}

extension CompiledPolicy {
    /// Reads and compiles a query once, for many evaluations.
    public func prepare(query text: String) throws -> PreparedQuery { try PreparedQuery(text, self) }
}
