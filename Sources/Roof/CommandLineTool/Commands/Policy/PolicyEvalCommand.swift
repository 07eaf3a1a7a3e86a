import ArgumentParser
import Documents
import PolicyTools
import Rego
import WaybillCore

/// Evaluates a query.
struct PolicyEvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate a query over policies, data and an input.",
        discussion: """
            Example: waybill policy eval -d policy/ -i input.json 'data.shop.deny'

            Exit status: 0 done, 1 undefined with --fail or defined with --fail-defined, 2 an error.
            """)

    @Argument(help: "The query; none with --stdin.") var query: String?
    @OptionGroup var sources: SourceOptions
    @OptionGroup var input: InputOptions
    @Option(name: .shortAndLong, help: "json, pretty, raw, values, bindings, source or discard.") var format:
        EvalTool.Format =
            .json
    @Flag(help: "Read the query from standard input.") var stdin = false
    @Flag(help: "Status 1 when the query is undefined or empty.") var fail = false
    @Flag(name: .customLong("fail-defined"), help: "Status 1 when the query is defined.") var failDefined = false
    @Option(help: "The package that the query's names belong to.") var package: String?
    @Option(name: .customLong("import"), help: "An import of the query: data.shop.roles.") var imports: [String] = []
    @Flag(name: .customLong("strict-builtin-errors"), help: "A builtin's error ends the evaluation.") var strictErrors =
        false
    @Flag(help: "Print how long each step took.") var metrics = false
    @Option(name: .customLong("pretty-limit"), help: "Characters of a value in a table; 0 for no bound.")
    var prettyLimit = 80
    @Option(help: "End the evaluation after a time: 5s, 300ms.") var timeout: String?
    @OptionGroup var engine: EngineOptions

    func run() async throws {
        let output: ToolOutput
        do {
            output = try evaluated()
        } catch {
            try EvalTool.failure(error, format: format).finish()
            return
        }
        try output.finish()
    }

    private func evaluated() throws -> ToolOutput {
        try engine.refuse()
        if stdin, input.readsStandardInput {
            throw WaybillError(.invalidInput, "give --stdin or --stdin-input, not both", subject: "query")
        }
        guard let text = stdin ? String(decoding: PolicyFiles.standardInput(), as: UTF8.self) : query else {
            throw WaybillError(
                .invalidInput, "there is no query", subject: "query", remedy: "waybill policy eval 'data.shop.allow'")
        }
        var surroundings = PolicyFiles.surroundings
        surroundings.hasStrictErrors = strictErrors
        var limits = EvaluationLimits.standard
        if let timeout {
            let clock = PolicyFiles.clock
            let end = clock() + (try PolicyFiles.duration(timeout))
            limits.isOver = { clock() > end }
        }
        let tool = EvalTool(
            request: QueryRequest(
                query: text, input: try input.value(), package: package, imports: imports, limits: limits,
                surroundings: surroundings),
            format: format, failsUndefined: fail, failsDefined: failDefined, prettyMax: prettyLimit,
            metrics: metrics ? [:] : nil, observation: try engine.observation(),
            unknowns: engine.unknownPaths(format == .source), checks: try engine.checks())
        return tool.run(try sources.load(), clock: PolicyFiles.clock)
    }
}

/// What is asked of the engine beyond evaluation.
struct EngineOptions: ParsableArguments {
    @Option(help: "Tell how the result came about: notes, fails, full, debug.") var explain: String?
    @Flag(help: "Tell how often and how long each expression ran.") var profile = false
    @Flag(help: "Tell which lines were reached.") var coverage = false
    @Flag(name: .shortAndLong, help: "Evaluate as far as the known documents allow.") var partial = false
    @Option(name: .shortAndLong, help: "Documents that are not known yet, with --partial.") var unknowns: [String] = []
    @Option(name: .shortAndLong, help: "JSON Schemas of the input and of data.", completion: .file()) var schema:
        String?
    @Flag(
        name: [.customShort("S"), .customLong("strict")],
        help: "Find unused variables and imports, and what is deprecated.") var strict = false
    @Option(name: [.customShort("O"), .customLong("optimize")], help: "Only 0.") var optimize = 0
    @Option(name: .shortAndLong, help: "Only rego.") var target = "rego"

    func observation() throws(WaybillError) -> Observation {
        var kind: Explanation?
        if let explain, explain != "off" {
            guard let found = Explanation(rawValue: explain == "debug" ? "full" : explain) else {
                throw WaybillError(
                    .invalidInput, "expected notes, fails, full or debug", subject: "--explain \(explain)")
            }
            kind = found
        }
        return Observation(explanation: kind, hasProfile: profile, hasCoverage: coverage)
    }

    /// Nil evaluates to the end.
    func unknownPaths(_ isSource: Bool) -> [String]? {
        guard partial || isSource else { return nil }
        return unknowns.isEmpty ? ["input"] : unknowns
    }

    func checks() throws(WaybillError) -> CheckOptions { try PolicyFiles.checks(isStrict: strict, schema: schema) }

    func refuse() throws(WaybillError) {
        try PolicyFiles.refuse(
            "--optimize \(optimize)", when: optimize != 0, remedy: "leave it out: policies run as they are")
        try PolicyFiles.refuse(
            "--target \(target)", when: target != "rego", remedy: "leave it out: policies run as they are")
    }
}
