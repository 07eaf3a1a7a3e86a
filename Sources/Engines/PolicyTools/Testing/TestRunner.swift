import Documents
public import Rego
import RegularExpressions
import WaybillCore

/// Finds tests and runs them: rules whose names begin with `test_`; those with `todo_` in front are skipped.
public struct TestRunner: Sendable {
    /// A pattern that a test's full name must match somewhere; nil for all.
    private let filter: RegularExpression?
    /// Of one test.
    public var timeoutNanoseconds: Int
    public var surroundings: EvaluationSurroundings

    private let sources: PolicySources
    private let policy: CompiledPolicy

    public init(
        _ sources: PolicySources, filter: String? = nil, timeoutNanoseconds: Int = 5_000_000_000,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), checks: CheckOptions = CheckOptions()
    ) throws {
        self.sources = sources
        policy = try sources.compiled(checks: checks)
        self.filter = try filter.map { text in try RegularExpression(text) }
        self.timeoutNanoseconds = timeoutNanoseconds
        self.surroundings = surroundings
    }

    /// One test to run.
    struct Test: Sendable {
        var module: Int
        var rule: RuleOutline
        var package: [String]
        var isSkipped: Bool
        var dotted: String { (["data"] + package).joined(separator: ".") }
    }

    /// In the order of the files and of the rules in them; rules of one name are one test.
    var tests: [Test] {
        var seen: Set<[String]> = []
        var tests: [Test] = []
        for (index, source) in sources.modules.enumerated() {
            for rule in source.module.rules {
                guard let leaf = rule.path.last, rule.kind == .complete || rule.kind == .object, !rule.isDefault,
                    leaf.hasPrefix("test_") || leaf.hasPrefix("todo_test_")
                else { continue }
                let path = source.module.packagePath + rule.path
                guard seen.insert(path).inserted else { continue }
                let test = Test(
                    module: index, rule: rule, package: source.module.packagePath, isSkipped: leaf.hasPrefix("todo_"))
                if let filter, !filter.matches("\(test.dotted).\(rule.name)") { continue }
                tests.append(test)
            }
        }
        return tests
    }

    /// Runs all tests one after the other; `clock` gives nanoseconds, `recorder` sees what happens.
    public func run(clock: @escaping @Sendable () -> Int, recorder: EvaluationRecorder? = nil) -> [TestResult] {
        tests.map { run($0, clock, recorder) }
    }

    /// Runs each test that passes for about so long; the others are told as they ended.
    func measure(
        during timeNanoseconds: Int, clock: @escaping @Sendable () -> Int
    ) -> (measurements: [TestMeasurement], others: [TestResult]) {
        var measurements: [TestMeasurement] = []
        var others: [TestResult] = []
        for test in tests {
            var result = run(test, clock, nil)
            guard result.isPass else {
                others.append(result)
                continue
            }
            do {
                let path = test.package + test.rule.path
                let samples = try Samples(during: timeNanoseconds, clock: clock) {
                    let limit = clock() + timeoutNanoseconds
                    var limits = EvaluationLimits.standard
                    limits.isOver = { clock() > limit }
                    _ = try policy.document(at: path, input: nil, limits: limits, surroundings: surroundings)
                }
                measurements.append(TestMeasurement(test: result, samples: samples))
            } catch {
                result.outcome = .error(ErrorReport(error).entries.map(\.text).joined(separator: "\n"))
                others.append(result)
            }
        }
        return (measurements, others)
    }

    /// Which lines the recorded tests reached.
    public func coverage(_ recorder: EvaluationRecorder) -> CoverageReport { recorder.coverage(of: policy) }

    private func run(
        _ test: Test, _ clock: @escaping @Sendable () -> Int, _ recorder: EvaluationRecorder?
    ) -> TestResult {
        let source = sources.modules[test.module]
        var result = TestResult(
            file: source.file, row: test.rule.row, column: test.rule.column, package: test.dotted, name: test.rule.name,
            outcome: .skipped, durationNanoseconds: 0)
        guard !test.isSkipped else { return result }
        let start = clock()
        let limit = start + timeoutNanoseconds
        var limits = EvaluationLimits.standard
        limits.isOver = { clock() > limit }
        do {
            let path = test.package + test.rule.path
            let value = try policy.document(
                at: path, input: nil, limits: limits, surroundings: surroundings, recorder: recorder)
            result.durationNanoseconds = clock() - start
            try judge(value, test, limits, &result)
        } catch {
            result.durationNanoseconds = clock() - start
            result.outcome = .error(ErrorReport(error).entries.map(\.text).joined(separator: "\n"))
        }
        return result
    }

    private func judge(_ value: RegoValue?, _ test: Test, _ limits: EvaluationLimits, _ result: inout TestResult) throws
    {
        func evaluate(_ policy: CompiledPolicy, _ path: String) throws -> RegoValue? {
            try policy.evaluate(rule: path, regoInput: nil, limits: limits, surroundings: surroundings)
        }
        let modules = sources.modules.map(\.module)
        if test.rule.kind == .object {
            var cases = leaves(value, [])
            if let all = TestCases(modules: modules, module: test.module, row: test.rule.row) {
                for keys in try all.keys(evaluate, compile, modules: modules) {
                    let name = keys.map { $0.string ?? $0.description }
                    if !cases.contains(where: { $0.name == name }) { cases.append(.init(name: name, isPass: false)) }
                }
            }
            result.cases = cases.sorted { $0.name.joined(separator: "/") < $1.name.joined(separator: "/") }
            result.outcome = !cases.isEmpty && cases.allSatisfy(\.isPass) ? .pass : .fail
            return
        }
        if case .bool(true)? = value {
            result.outcome = .pass
            return
        }
        result.outcome = .fail
        guard let probe = TestProbe(modules: modules, module: test.module, row: test.rule.row),
            let failure = try? probe.failure(evaluate, compile)
        else { return }
        result.failure = explanation(failure)
    }

    private func compile(_ modules: [PolicyModule]) throws -> CompiledPolicy {
        try CompiledPolicy(
            modules: modules, regoData: RegoValue(.object(sources.data)), checks: CheckOptions(),
            functions: sources.functions)
    }

    private func leaves(_ value: RegoValue?, _ path: [String]) -> [TestResult.Case] {
        guard case .object(let object)? = value else {
            return path.isEmpty ? [] : [.init(name: path, isPass: value == .bool(true))]
        }
        return object.members.flatMap { leaves($0.value, path + [$0.key.string ?? $0.key.description]) }
    }

    private func explanation(_ failure: TestProbe.Failure) -> TestResult.Explanation {
        let line = sources.line(failure.row, of: failure.file) ?? ""
        let bytes = Array(line.utf8)
        let statement = String(decoding: bytes.dropFirst(max(0, failure.column - 1)), as: UTF8.self)
        // With several solutions none compares as wanted: the first is shown.
        let sides = failure.operands.first
        return TestResult.Explanation(
            file: failure.file, row: failure.row, column: failure.column, statement: statement.trimmed,
            left: sides?.left, right: sides?.right,
            differences: failure.comparison == "==" || failure.comparison == "="
                ? sides.map { Difference.lines($0.left, $0.right) } ?? [] : [])
    }
}

extension String {
    /// Without space at either end.
    var trimmed: String {
        var rest = Substring(self)
        while let last = rest.last, last == " " || last == "\t" || last == "\r" || last == "\n" { rest.removeLast() }
        return String(rest.drop { $0 == " " || $0 == "\t" })
    }
}
