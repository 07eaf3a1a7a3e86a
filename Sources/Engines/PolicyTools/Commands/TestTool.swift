public import Rego
import WaybillCore

/// `test`: runs the tests among the sources.
public struct TestTool: Sendable {
    public enum Format: String, Sendable, CaseIterable { case pretty, json, junit, gobench }

    public var format: Format
    public var isVerbose: Bool
    /// A pattern that a test's full name must match.
    public var filter: String?
    public var timeoutNanoseconds: Int
    /// Skipped tests alone do not change the status.
    public var passesSkipped: Bool
    /// Status 1 when there are no tests.
    public var failsEmpty: Bool
    /// How often all tests run.
    public var count: Int

    public init(
        format: Format = .pretty, isVerbose: Bool = false, filter: String? = nil,
        timeoutNanoseconds: Int = 5_000_000_000, passesSkipped: Bool = false, failsEmpty: Bool = false, count: Int = 1
    ) {
        self.format = format
        self.isVerbose = isVerbose
        self.filter = filter
        self.timeoutNanoseconds = timeoutNanoseconds
        self.passesSkipped = passesSkipped
        self.failsEmpty = failsEmpty
        self.count = count
    }

    /// Status 0 when all pass, 2 when one does not, 1 when they could not be run.
    public func run(
        _ sources: PolicySources, surroundings: EvaluationSurroundings = EvaluationSurroundings(),
        clock: @escaping @Sendable () -> Int
    ) -> ToolOutput {
        guard format != .gobench else {
            return ToolOutput(
                diagnostics: "cannot use output format gobench without running benchmarks (--bench)\n", status: 1)
        }
        let runner: TestRunner
        do {
            runner = try TestRunner(
                sources, filter: filter, timeoutNanoseconds: timeoutNanoseconds, surroundings: surroundings)
        } catch {
            return ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        var output = ToolOutput()
        for _ in 0..<max(1, count) {
            let results = runner.run(clock: clock)
            switch format {
            case .pretty, .gobench: output.output += TestReport.pretty(results, isVerbose: isVerbose)
            case .json: output.output += TestReport.json(results)
            case .junit: output.output += TestReport.junit(results)
            }
            if results.isEmpty, failsEmpty {
                output.diagnostics += "no tests were run\n"
                output.status = 1
                return output
            }
            if results.contains(where: { !$0.isPass && !(passesSkipped && $0.outcome == .skipped) }) {
                output.status = 2
                return output
            }
        }
        return output
    }
}
