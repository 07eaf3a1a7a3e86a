public import Documents
public import WaybillCore

/// The outcome of a test run (in-toto test-result 0.1, `PredicateType.testResult`).
public struct TestResult: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case passed = "PASSED"
        case warned = "WARNED"
        case failed = "FAILED"
    }

    public var outcome: Outcome
    /// The test files, by digest.
    public var configuration: [ResourceDescriptor]
    /// Where the run can be looked at.
    public var url: String?
    public var passed: [String]
    public var warned: [String]
    public var failed: [String]
    /// When it ended. A member of our own: the predicate has none.
    public var time: Timestamp?

    public init(
        outcome: Outcome, configuration: [ResourceDescriptor], url: String? = nil, passed: [String] = [], warned: [String] = [],
        failed: [String] = [], time: Timestamp? = nil
    ) {
        self.outcome = outcome
        self.configuration = configuration
        self.url = url
        self.passed = passed
        self.warned = warned
        self.failed = failed
        self.time = time
    }

    /// A result that says PASSED and lists failed tests is refused.
    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "test result")
        self.init(
            outcome: try reader.word("result"), configuration: try ResourceDescriptor.list("configuration", in: reader),
            url: try reader.string("url"), passed: try reader.strings("passedTests"), warned: try reader.strings("warnedTests"),
            failed: try reader.strings("failedTests"), time: try reader.time("finishedOn"))
        guard outcome == .failed || failed.isEmpty else { throw reader.bad("failedTests", "no failed tests where the result is \(outcome.rawValue)") }
    }

    public var value: Value {
        .members(
            ("result", .string(outcome.rawValue)), ("configuration", .array(configuration.map(\.value))),
            ("url", url.map(Value.string)), ("passedTests", .strings(passed)), ("warnedTests", .strings(warned)),
            ("failedTests", .strings(failed)), ("finishedOn", time.map(Value.time)))
    }
}
