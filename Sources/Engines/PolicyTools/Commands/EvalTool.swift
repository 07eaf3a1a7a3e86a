public import Documents
public import Rego
import WaybillCore

/// `eval`: a query, its solutions in the form that is wanted.
public struct EvalTool: Sendable {
    public enum Format: String, Sendable, CaseIterable { case json, values, bindings, pretty, source, raw, discard }

    public var request: QueryRequest
    public var format: Format
    /// Status 1 when the query is undefined.
    public var failsUndefined: Bool
    /// Status 1 when the query is defined.
    public var failsDefined: Bool
    /// Characters of a value in a table; 0 for no bound.
    public var prettyMax: Int
    /// Nanoseconds by name, printed with `--metrics`; nil without.
    public var metrics: Object?
    public var observation: Observation
    /// Documents that are not known yet: what is left of the query is the result. Nil evaluates to the end.
    public var unknowns: [String]?
    public var checks: CheckOptions

    public init(
        request: QueryRequest, format: Format = .json, failsUndefined: Bool = false, failsDefined: Bool = false,
        prettyMax: Int = 80, metrics: Object? = nil, observation: Observation = Observation(),
        unknowns: [String]? = nil, checks: CheckOptions = CheckOptions()
    ) {
        self.request = request
        self.format = format
        self.failsUndefined = failsUndefined
        self.failsDefined = failsDefined
        self.prettyMax = prettyMax
        self.metrics = metrics
        self.observation = observation
        self.unknowns = unknowns
        self.checks = checks
    }

    /// Runs the query; `clock` gives nanoseconds for the metrics.
    public func run(_ sources: PolicySources, clock: @escaping @Sendable () -> Int) -> ToolOutput {
        var metrics = metrics
        func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
            let start = clock()
            defer { metrics?["timer_\(name)_ns"] = .integer(clock() - start) }
            return try body()
        }
        do {
            let evaluation = try timed("rego_module_compile") { try QueryEvaluation(sources, checks: checks) }
            if let unknowns {
                let partial = try timed("rego_partial_eval") {
                    try evaluation.policy.partiallyEvaluate(
                        query: request.query, regoInput: request.input, unknowns: unknowns, limits: request.limits,
                        surroundings: request.surroundings)
                }
                return ToolOutput(
                    output: text(of: partial, metrics), status: failsUndefined && partial.queries.isEmpty ? 1 : 0)
            }
            let recorder = observation.recorder(clock: clock)
            let result = try timed("rego_query_eval") { try evaluation.result(of: request, recorder: recorder) }
            let isUndefined = result.solutions.isEmpty
            let observed = observed(recorder, evaluation.policy)
            var output = ToolOutput(output: text(of: result, metrics, observed))
            if failsUndefined, isUndefined { output.status = 1 }
            if failsDefined, !isUndefined { output.status = 1 }
            return output
        } catch {
            return Self.failure(error, format: format)
        }
    }

    /// Errors go where results go in JSON, else to standard error; the status is 2.
    public static func failure(_ error: any Error, format: Format) -> ToolOutput {
        let report = ErrorReport(error)
        return format == .json || format == .discard
            ? ToolOutput(output: report.json, status: 2) : ToolOutput(diagnostics: report.text, status: 2)
    }

    /// What was recorded, for JSON and as text before and behind the result.
    private struct Observed {
        var members: Object = [:]
        var before = ""
        var behind = ""
    }

    private func observed(_ recorder: EvaluationRecorder?, _ policy: CompiledPolicy) -> Observed {
        var observed = Observed()
        guard let recorder else { return observed }
        if let explanation = observation.explanation {
            let events = recorder.events.explaining(explanation)
            observed.members["explanation"] = events.document(policy)
            observed.before = events.lines(policy).map { $0 + "\n" }.joined()
        }
        if observation.hasProfile {
            let profile = recorder.profile
            observed.members["profile"] = profile.document
            var table = TextTable(["TIME", "NUM EVAL", "NUM REDO", "NUM GEN EXPR", "LOCATION"])
            // As many as fit on a screen; JSON has them all.
            for entry in profile.entries.prefix(10) {
                table.add([
                    Elapsed.text(nanoseconds: entry.nanoseconds), String(entry.evaluations), String(entry.repetitions),
                    String(entry.steps), "\(entry.file):\(entry.row):\(entry.column)",
                ])
            }
            observed.behind += table.text
        }
        if observation.hasCoverage {
            let coverage = recorder.coverage(of: policy)
            observed.members["coverage"] = coverage.document
            var table = TextTable(["FILE", "COVERAGE"])
            for file in coverage.files { table.add([file.name, "\(file.coverage)%"]) }
            table.add(["OVERALL", "\(coverage.coverage)%"])
            observed.behind += table.text
        }
        return observed
    }

    /// What is left of a query, as JSON or in Rego's syntax.
    private func text(of partial: PartialResult, _ metrics: Object?) -> String {
        switch format {
        case .pretty:
            guard !partial.queries.isEmpty else { return "undefined\n" }
            var table = TextTable([])
            for (index, query) in partial.queries.enumerated() {
                let lines = query.isEmpty ? ["true"] : query.flatMap { Self.lines($0.text) }
                for (row, line) in lines.enumerated() { table.add([row == 0 ? "Query \(index + 1)" : "", line]) }
            }
            for (index, text) in partial.supportTexts.enumerated() {
                for (row, line) in Self.lines(text).enumerated() {
                    table.add([row == 0 ? "Support \(index + 1)" : "", line])
                }
            }
            return table.text
        case .source, .raw, .values, .bindings:
            var text = ""
            for (index, query) in partial.queries.enumerated() {
                text += "# Query \(index + 1)\n" + query.map { $0.text + "\n" }.joined() + "\n"
            }
            for (index, support) in partial.supportTexts.enumerated() { text += "# Module \(index + 1)\n" + support }
            return text
        case .json, .discard:
            var object: Object = ["partial": partial.document]
            if let metrics { object["metrics"] = .object(metrics) }
            return JSONWriter.string(.object(object), style: .pretty) + "\n"
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0).replacing("\t", with: "  ") }
    }

    private func text(of result: QueryResult, _ metrics: Object?, _ observed: Observed) -> String {
        switch format {
        case .json, .discard:
            var object: Object = [:]
            if !result.solutions.isEmpty { object["result"] = format == .json ? result.value : "discarded" }
            if let metrics { object["metrics"] = .object(metrics) }
            for member in observed.members { object[member.key] = member.value }
            return JSONWriter.string(.object(object), style: .pretty) + "\n"
        case .values:
            return result.solutions.map { solution in
                JSONWriter.string(.array(solution.expressions.map(\.value.document)), style: .pretty) + "\n"
            }.joined()
        case .bindings:
            return result.solutions.map { JSONWriter.string($0.bindingsValue, style: .pretty) + "\n" }.joined()
        case .raw:
            return result.solutions.map { solution in
                solution.expressions.map { expression in
                    expression.value.string ?? JSONWriter.string(expression.value.document)
                }.joined(separator: " ") + "\n"
            }.joined()
        case .pretty, .source:
            return observed.before + pretty(result) + (metrics.map(Self.table) ?? "") + observed.behind
        }
    }

    private func pretty(_ result: QueryResult) -> String {
        guard let first = result.solutions.first else { return "undefined\n" }
        let areBooleans = first.expressions.allSatisfy { $0.value.bool != nil }
        if result.solutions.count == 1, first.bindings.isEmpty, first.expressions.count == 1 || areBooleans {
            return JSONWriter.string(first.expressions[0].value.document, style: .pretty) + "\n"
        }
        let shown = first.expressions.indices.filter { first.expressions[$0].value.bool == nil }
        var table = TextTable(first.bindings.map(\.name) + shown.map { first.expressions[$0].text })
        for solution in result.solutions {
            table.add(
                solution.bindings.map { cell($0.value) } + shown.map { cell(solution.expressions[$0].value) })
        }
        return table.text
    }

    private func cell(_ value: RegoValue) -> String {
        let text = JSONWriter.string(value.document)
        return prettyMax > 0 && text.count > prettyMax ? text.prefix(prettyMax) + "..." : text
    }

    static func table(_ metrics: Object) -> String {
        var table = TextTable(["METRIC", "VALUE"])
        for member in metrics.members { table.add([member.key, JSONWriter.string(member.value)]) }
        return table.text
    }
}
