import Documents
import Rego

/// `bench`: how long a query takes.
public struct BenchTool: Sendable {
    public enum Format: String, Sendable, CaseIterable { case pretty, json, gobench }

    public var request: QueryRequest
    public var format: Format
    /// Runs of the whole measurement.
    public var count: Int
    /// Nanoseconds that one measurement takes, about.
    public var timeNanoseconds: Int
    public var failsUndefined: Bool

    public init(
        request: QueryRequest, format: Format = .pretty, count: Int = 1, timeNanoseconds: Int = 1_000_000_000,
        failsUndefined: Bool = true
    ) {
        self.request = request
        self.format = format
        self.count = count
        self.timeNanoseconds = timeNanoseconds
        self.failsUndefined = failsUndefined
    }

    public func run(_ sources: PolicySources, clock: () -> Int) -> ToolOutput {
        do {
            let policy = try sources.compiled()
            let evaluation = QueryEvaluation(sources, policy: policy)
            if failsUndefined, try evaluation.result(of: request).solutions.isEmpty {
                return ToolOutput(diagnostics: "error: undefined result\n", status: 1)
            }
            var output = ToolOutput()
            for _ in 0..<max(1, count) {
                output.output += text(
                    try Samples(during: timeNanoseconds, clock: clock) { _ = try evaluation.result(of: request) })
            }
            return output
        } catch {
            return ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
    }

    private func text(_ samples: Samples) -> String {
        let (runs, mean) = (samples.nanoseconds, samples.mean)
        let figures: [(String, Int)] = [
            ("samples", runs.count), ("ns/op", mean), ("histogram_timer_rego_query_eval_ns_75%", samples.share(75)),
            ("histogram_timer_rego_query_eval_ns_90%", samples.share(90)),
            ("histogram_timer_rego_query_eval_ns_99%", samples.share(99)),
            ("histogram_timer_rego_query_eval_ns_max", runs[runs.count - 1]),
            ("histogram_timer_rego_query_eval_ns_mean", mean),
            ("histogram_timer_rego_query_eval_ns_median", samples.share(50)),
            ("histogram_timer_rego_query_eval_ns_min", runs[0]),
        ]
        switch format {
        case .pretty:
            var table = TextTable([])
            for figure in figures { table.add([figure.0, String(figure.1)]) }
            return table.text
        case .json:
            return JSONWriter.string(samples.document(Array(figures.dropFirst(2))), style: .pretty) + "\n"
        case .gobench: return "BenchmarkOPAEval\t\(runs.count)\t\(mean) ns/op\n"
        }
    }
}
