public import Documents

/// One Rego module, read.
public struct PolicyModule: Sendable {
    let module: Module
    /// As it was written.
    public var text: String { String(decoding: module.source, as: UTF8.self) }

    public init(
        parsing text: String, file: String, version: RegoVersion = .v1, extensions: LanguageExtensions = []
    ) throws(RegoError) {
        do {
            self = try Self.read(text, file: file, version: version, extensions: extensions)
        } catch {
            throw error.errors.first ?? RegoError(.parse, "the module cannot be read", file: file)
        }
    }

    init(_ module: Module) { self.module = module }

    /// The same, with everything that is wrong in the order of the source.
    public static func read(
        _ text: String, file: String, version: RegoVersion = .v1, extensions: LanguageExtensions = []
    ) throws(RegoErrors) -> PolicyModule {
        PolicyModule(try Parser.module(text, file: file, version: version, extensions: extensions))
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
    let modules: [PolicyModule]
    let tree: DocumentTree
    let groups: [RuleGroup]
    let program: Program
    /// What the program points into.
    let arena = Arena()
    let surroundings: Lowering.Surroundings

    public init(modules: [PolicyModule], data: Documents.Value = .object(Object())) throws(RegoErrors) {
        try self.init(modules: modules, regoData: RegoValue(data), checks: CheckOptions())
    }

    /// The same with data as Rego sees it; `RegoValue(json:isKept:)` reads it with little memory.
    public init(modules: [PolicyModule], regoData: RegoValue) throws(RegoErrors) {
        try self.init(modules: modules, regoData: regoData, checks: CheckOptions())
    }

    /// The same, with what the modules are held against.
    public init(
        modules: [PolicyModule], data: Documents.Value, checks: CheckOptions
    ) throws(RegoErrors) {
        try self.init(modules: modules, regoData: RegoValue(data), checks: checks)
    }

    /// The same, with functions of the host's own.
    public init(
        modules: [PolicyModule], regoData: RegoValue = .object(RegoObject([])), checks: CheckOptions,
        functions: [HostFunction] = []
    ) throws(RegoErrors) {
        let builtins = functions.isEmpty ? Builtins.standard : Builtins.standard.adding(functions.map(\.builtin))
        var compiler = PolicyCompiler(modules: modules.map(\.module), builtins: builtins, checks: checks)
        let result = try compiler.compile()
        self.init(modules, result.tree, result.groups, result.surroundings, data: regoData)
    }

    private init(
        _ modules: [PolicyModule], _ tree: DocumentTree, _ groups: [RuleGroup], _ surroundings: Lowering.Surroundings,
        data: RegoValue
    ) {
        self.modules = modules
        self.tree = tree
        self.groups = groups
        self.surroundings = surroundings
        program = Linker.program(
            tree: tree, groups: groups, data: data.indexed() ?? data, builtins: surroundings.builtins, arena: arena)
    }

    /// The same rules over other data, without compiling them again.
    public func replacing(regoData: RegoValue) -> CompiledPolicy {
        CompiledPolicy(modules, tree, groups, surroundings, data: regoData)
    }

    /// The value of a document, `data.waybill.deny`; nil when it is undefined.
    public func evaluate(
        rule path: String, input: Documents.Value?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> RegoValue? {
        try evaluate(
            rule: path, regoInput: input.map { RegoValue($0) }, limits: limits, surroundings: surroundings,
            recorder: recorder)
    }

    /// The same with an input in JSON's bytes, the quickest way from a request to an answer.
    public func evaluate(
        rule path: String, json: [UInt8], limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> RegoValue? {
        try evaluate(
            rule: path, regoInput: try RegoValue(json: json), limits: limits, surroundings: surroundings,
            recorder: recorder)
    }

    /// The same with an input that may hold sets.
    public func evaluate(
        rule path: String, regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> RegoValue? {
        let evaluation = Evaluation(
            program, input: regoInput, limits: limits, surroundings: surroundings, observer: recorder)
        defer { recorder?.finish() }
        let names = try Self.path(path)
        return try withExtendedLifetime(arena) { () throws(RegoError) in try evaluation.lookup(path: names) }
    }

    /// Behind `data`.
    static func path(_ text: String) throws(RegoError) -> [String] {
        let names = text.split(separator: ".").map(String.init)
        guard names.first == "data" else { throw RegoError(.parse, "a rule's path begins with data, got: \(text)") }
        return Array(names.dropFirst())
    }

    /// The variables of every solution of a query; for a query without variables one empty solution when it holds.
    public func evaluate(
        query text: String, input: Documents.Value?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> [[String: RegoValue]] {
        try evaluate(
            query: text, regoInput: input.map { RegoValue($0) }, limits: limits, surroundings: surroundings,
            recorder: recorder)
    }

    public func evaluate(
        query text: String, regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> [[String: RegoValue]] {
        try prepare(query: text).evaluate(
            regoInput: regoInput, limits: limits, surroundings: surroundings, recorder: recorder)
    }

    /// The text of a module from a place to the line's end.
    func sourceLine(_ file: String, _ row: Int, _ column: Int) -> String {
        guard let module = modules.first(where: { $0.file == file }), row > 0 else { return "" }
        let lines = module.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(row - 1) else { return "" }
        let line = String(decoding: lines[row - 1].dropFirst(max(0, column - 1)), as: UTF8.self)
        return line.trimmingSpaces
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
