public import Documents
import Rego
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

    public init(
        request: QueryRequest, format: Format = .json, failsUndefined: Bool = false, failsDefined: Bool = false,
        prettyMax: Int = 80, metrics: Object? = nil
    ) {
        self.request = request
        self.format = format
        self.failsUndefined = failsUndefined
        self.failsDefined = failsDefined
        self.prettyMax = prettyMax
        self.metrics = metrics
    }

    /// Runs the query; `clock` gives nanoseconds for the metrics.
    public func run(_ sources: PolicySources, clock: () -> Int) -> ToolOutput {
        var metrics = metrics
        func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
            let start = clock()
            defer { metrics?["timer_\(name)_ns"] = .integer(clock() - start) }
            return try body()
        }
        do {
            let evaluation = try timed("rego_module_compile") { try QueryEvaluation(sources) }
            let result = try timed("rego_query_eval") { try evaluation.result(of: request) }
            let isUndefined = result.solutions.isEmpty
            var output = ToolOutput(output: text(of: result, metrics: metrics))
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

    private func text(of result: QueryResult, metrics: Object?) -> String {
        switch format {
        case .json, .discard:
            var object: Object = [:]
            if !result.solutions.isEmpty { object["result"] = format == .json ? result.value : "discarded" }
            if let metrics { object["metrics"] = .object(metrics) }
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
        case .pretty, .source: return pretty(result) + (metrics.map(Self.table) ?? "")
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
