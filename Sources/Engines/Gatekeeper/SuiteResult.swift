/// What came of a suite.
public struct SuiteResult: Sendable {
    public enum Outcome: Sendable, Hashable {
        case passed, skipped
        /// An assertion does not hold.
        case failed(String)
        /// It could not be found out whether they hold.
        case broken(String)

        /// Broken before failed before passed.
        static func summary(of outcomes: [Outcome]) -> Outcome {
            let broken = outcomes.count { if case .broken = $0 { true } else { false } }
            if broken > 0 { return .broken("") }
            let failed = outcomes.count { if case .failed = $0 { true } else { false } }
            return failed > 0 ? .failed("") : .passed
        }

        public var word: String {
            switch self {
            case .passed: "pass"
            case .skipped: "skip"
            case .failed: "fail"
            case .broken: "error"
            }
        }

        /// Empty where there is nothing to say beyond the word.
        public var reason: String {
            switch self {
            case .passed, .skipped: ""
            case .failed(let reason), .broken(let reason): reason
            }
        }

        public var isGood: Bool { self == .passed || self == .skipped }
    }

    public struct Test: Sendable {
        public var name: String
        public var outcome: Outcome
        public var cases: [Case] = []
    }

    public struct Case: Sendable {
        public var name: String
        public var outcome: Outcome
        /// What the violations said.
        public var messages: [String] = []
    }

    public var path: String
    public var outcome: Outcome
    public var tests: [Test] = []
    /// Measured by the caller.
    public var seconds: Double = 0
}
