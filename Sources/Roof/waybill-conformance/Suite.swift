/// A suite of cases with expected results, under the folder's name in the conformance data.
struct Suite: Sendable {
    var name: String
    var run: @Sendable (_ cases: String, _ filter: String?) async -> SuiteReport

    /// Every suite that this program can run.
    static let all: [Suite] = []
}
