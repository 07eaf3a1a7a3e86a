/// What came of a conformance suite.
struct SuiteReport {
    struct Result {
        enum Outcome {
            case passed
            case failed(String)
            case skipped(String)
        }

        var name: String
        var category: String
        var outcome: Outcome
    }

    var results: [Result] = []

    var passedCount: Int { results.filter { if case .passed = $0.outcome { true } else { false } }.count }
}
