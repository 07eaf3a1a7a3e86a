import Documents
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
    /// Which lines the tests reach is the report, instead of the tests.
    public var reportsCoverage: Bool
    /// In percent; less is a failure.
    public var coverageMin: Double
    public var checks: CheckOptions
    /// Nanoseconds for which each test that passes is measured; nil to run each once.
    public var benchNanoseconds: Int?

    public init(
        format: Format = .pretty, isVerbose: Bool = false, filter: String? = nil,
        timeoutNanoseconds: Int = 5_000_000_000, passesSkipped: Bool = false, failsEmpty: Bool = false, count: Int = 1,
        reportsCoverage: Bool = false, coverageMin: Double = 0, checks: CheckOptions = CheckOptions(),
        benchNanoseconds: Int? = nil
    ) {
        self.format = format
        self.isVerbose = isVerbose
        self.filter = filter
        self.timeoutNanoseconds = timeoutNanoseconds
        self.passesSkipped = passesSkipped
        self.failsEmpty = failsEmpty
        self.count = count
        self.reportsCoverage = reportsCoverage || coverageMin > 0
        self.coverageMin = coverageMin
        self.checks = checks
        self.benchNanoseconds = benchNanoseconds
    }

    /// Status 0 when all pass, 2 when one does not, 1 when they could not be run.
    public func run(
        _ sources: PolicySources, surroundings: EvaluationSurroundings = EvaluationSurroundings(),
        clock: @escaping @Sendable () -> Int
    ) -> ToolOutput {
        guard format != .gobench || benchNanoseconds != nil else {
            return ToolOutput(
                diagnostics: "cannot use output format gobench without running benchmarks (--bench)\n", status: 1)
        }
        let runner: TestRunner
        do {
            runner = try TestRunner(
                sources, filter: filter, timeoutNanoseconds: timeoutNanoseconds, surroundings: surroundings,
                checks: checks)
        } catch {
            return ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        if let benchNanoseconds {
            guard !reportsCoverage, format != .junit else {
                return ToolOutput(
                    diagnostics: "tests are measured alone: no coverage, and no JUnit report, with --bench\n", status: 1
                )
            }
            return bench(runner, benchNanoseconds, clock)
        }
        if reportsCoverage { return coverage(runner, clock) }
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

    /// How long each test takes; one that does not pass is not measured.
    private func bench(
        _ runner: TestRunner, _ timeNanoseconds: Int, _ clock: @escaping @Sendable () -> Int
    ) -> ToolOutput {
        var output = ToolOutput()
        for _ in 0..<max(1, count) {
            let (measurements, others) = runner.measure(during: timeNanoseconds, clock: clock)
            switch format {
            case .pretty, .junit:
                output.output += measurements.map(\.line).joined()
                let failures = others.filter { isVerbose || $0.outcome != .skipped }
                if !failures.isEmpty { output.output += TestReport.pretty(failures, isVerbose: isVerbose) }
            case .gobench: output.output += measurements.map(\.goLine).joined()
            case .json:
                output.output +=
                    JSONWriter.string(
                        .array(measurements.map(\.value) + others.map(\.value)), style: .pretty) + "\n"
            }
            if failsEmpty, measurements.isEmpty, others.isEmpty {
                return ToolOutput(diagnostics: "no tests were run\n", status: 1)
            }
            guard others.allSatisfy({ $0.outcome == .skipped && passesSkipped }) else {
                output.status = 2
                return output
            }
        }
        return output
    }

    /// The lines that were reached, when every test passes and enough of them were.
    private func coverage(_ runner: TestRunner, _ clock: @escaping @Sendable () -> Int) -> ToolOutput {
        let recorder = EvaluationRecorder()
        let results = runner.run(clock: clock, recorder: recorder)
        let failures = results.filter { !$0.isPass && $0.outcome != .skipped }
        guard failures.isEmpty else {
            return ToolOutput(output: TestReport.pretty(failures, isVerbose: isVerbose), status: 2)
        }
        let report = runner.coverage(recorder)
        guard report.coverage >= coverageMin else {
            let files = report.files.filter { !$0.notCovered.isEmpty }.map { file in
                let ranges = file.notCovered.map {
                    $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
                }
                return "  \(file.name): lines \(ranges.joined(separator: ", ")) not reached\n"
            }
            return ToolOutput(
                diagnostics: "Code coverage threshold not met: got \(report.coverage) instead of \(coverageMin)\n"
                    + files.joined(), status: 2)
        }
        return ToolOutput(output: JSONWriter.string(report.document, style: .pretty) + "\n")
    }
}
