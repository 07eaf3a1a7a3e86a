public import Documents

/// One Rego module, read.
public struct PolicyModule: Sendable {
    let module: Module

    public init(parsing text: String, file: String, version: RegoVersion = .v1) throws(RegoError) {
        do {
            self = try Self.read(text, file: file, version: version)
        } catch {
            throw error.errors.first ?? RegoError(.parse, "the module cannot be read", file: file)
        }
    }

    private init(module: Module) { self.module = module }

    /// The same, with everything that is wrong in the order of the source.
    public static func read(
        _ text: String, file: String, version: RegoVersion = .v1, extensions: LanguageExtensions = []
    ) throws(RegoErrors) -> PolicyModule {
        PolicyModule(module: try Parser.module(text, file: file, version: version, extensions: extensions))
    }

    public var file: String { module.file }
    /// As in `package a.b`, without the word.
    public var package: String { module.package.joined(separator: ".") }
    /// The package's names one by one: a name in brackets may hold a dot.
    public var packagePath: [String] { module.package }
}

/// Modules compiled together with data; evaluated as often as wanted, from any number of tasks.
///
///     let module = try PolicyModule(parsing: text, file: "policy.rego")
///     let policy = try CompiledPolicy(modules: [module])
///     let denials = try policy.evaluate(rule: "data.waybill.deny", input: input)
public struct CompiledPolicy: Sendable {
    let tree: DocumentTree
    let groups: [RuleGroup]
    let data: RegoValue
    private let surroundings: Lowering.Surroundings

    public init(modules: [PolicyModule], data: Documents.Value = .object(Object())) throws(RegoErrors) {
        try self.init(modules: modules, data: data, checks: CheckOptions())
    }

    /// The same, with what the modules are to be held against.
    public init(
        modules: [PolicyModule], data: Documents.Value = .object(Object()), checks: CheckOptions
    ) throws(RegoErrors) {
        var compiler = PolicyCompiler(modules: modules.map(\.module), builtins: .standard)
        let result = try compiler.compile()
        tree = result.tree
        groups = result.groups
        surroundings = result.surroundings
        self.data = RegoValue(data)
    }

    /// The value of a document, `data.waybill.deny`; nil when it is undefined.
    public func evaluate(
        rule path: String, input: Documents.Value?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> RegoValue? {
        try evaluate(rule: path, regoInput: input.map { RegoValue($0) }, limits: limits, surroundings: surroundings)
    }

    /// The same with an input that may hold sets.
    public func evaluate(
        rule path: String, regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> RegoValue? {
        let names = path.split(separator: ".").map(String.init)
        guard names.first == "data" else { throw RegoError(.parse, "a rule's path begins with data, got: \(path)") }
        let evaluation = evaluation(regoInput, limits, surroundings)
        let keys = names.dropFirst().map { Expression.constant(.string($0)) }
        let reference = Reference(head: .data, keys: keys.map { .equal($0) })
        return try evaluation.lookup(reference, keys, Frame(slotCount: 0), .none)
    }

    /// The variables of every solution of a query; for a query without variables one empty solution when it holds.
    public func evaluate(
        query text: String, input: Documents.Value?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> [[String: RegoValue]] {
        try evaluate(query: text, regoInput: input.map { RegoValue($0) }, limits: limits, surroundings: surroundings)
    }

    public func evaluate(
        query text: String, regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> [[String: RegoValue]] {
        let literals = try Parser.query(text)
        let lowering = Lowering(self.surroundings)
        let scope = Scope(parent: nil)
        let goals = lowering.goals(of: literals, scope)
        var ordering = Ordering()
        var bound: Set<Int> = []
        let block = ordering.block(goals, bound: &bound)
        let errors = lowering.errors + (lowering.errors.isEmpty ? RuleCompiler.errors(ordering.unbound, lowering) : [])
        guard errors.isEmpty else { throw RegoErrors(errors) }
        let evaluation = evaluation(regoInput, limits, surroundings)
        let frame = Frame(slotCount: lowering.slotCount)
        var solutions: [[String: RegoValue]] = []
        _ = try evaluation.run(block, frame) { () throws(RegoError) in
            solutions.append(scope.slots.mapValues { frame.slots[$0] })
            return true
        }
        return solutions
    }

    private func evaluation(
        _ input: RegoValue?, _ limits: EvaluationLimits, _ surroundings: EvaluationSurroundings
    ) -> Evaluation {
        Evaluation(
            tree: tree, groups: groups, builtins: .standard, situation: Situation(input: input, data: data),
            limits: limits, surroundings: surroundings)
    }
}

extension RegoValue {
    /// From a term in Rego's syntax that needs neither input nor data: literals, sets, comprehensions.
    public init(parsing text: String) throws {
        let solutions = try CompiledPolicy(modules: []).evaluate(query: "x = " + text, input: nil)
        guard let value = solutions.first?["x"] else { throw RegoError(.parse, "the term has no value") }
        self = value
    }
}
