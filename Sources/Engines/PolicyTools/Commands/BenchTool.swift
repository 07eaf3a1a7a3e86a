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
            for _ in 0..<max(1, count) { output.output += text(try samples(evaluation, clock)) }
            return output
        } catch {
            return ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
    }

    /// Ordered.
    private func samples(_ evaluation: QueryEvaluation, _ clock: () -> Int) throws -> [Int] {
        var samples: [Int] = []
        let end = clock() + timeNanoseconds
        repeat {
            let start = clock()
            _ = try evaluation.result(of: request)
            samples.append(clock() - start)
        } while clock() < end && samples.count < 1_000_000
        return samples.sorted()
    }

    private func text(_ samples: [Int]) -> String {
        let mean = samples.reduce(0, +) / samples.count
        func share(_ percent: Int) -> Int { samples[min(samples.count - 1, samples.count * percent / 100)] }
        let figures: [(String, Int)] = [
            ("samples", samples.count), ("ns/op", mean), ("histogram_timer_rego_query_eval_ns_75%", share(75)),
            ("histogram_timer_rego_query_eval_ns_90%", share(90)),
            ("histogram_timer_rego_query_eval_ns_99%", share(99)),
            ("histogram_timer_rego_query_eval_ns_max", samples[samples.count - 1]),
            ("histogram_timer_rego_query_eval_ns_mean", mean),
            ("histogram_timer_rego_query_eval_ns_median", share(50)),
            ("histogram_timer_rego_query_eval_ns_min", samples[0]),
        ]
        switch format {
        case .pretty:
            var table = TextTable([])
            for figure in figures { table.add([figure.0, String(figure.1)]) }
            return table.text
        case .json:
            return JSONWriter.string(
                [
                    "N": .integer(samples.count), "T": .integer(samples.reduce(0, +)),
                    "Extra": .object(Object(figures.dropFirst(2).map { (key: $0.0, value: .integer($0.1)) })),
                ], style: .pretty) + "\n"
        case .gobench: return "BenchmarkOPAEval\t\(samples.count)\t\(mean) ns/op\n"
        }
    }
}
