public import Documents
public import Rego

/// How one test ended.
public struct TestResult: Sendable {
    public enum Outcome: Sendable, Hashable {
        case pass, fail, skipped
        case error(String)
    }

    public var file: String
    public var row: Int
    public var column: Int
    /// `data.shop.authz_test`
    public var package: String
    public var name: String
    public var outcome: Outcome
    public var durationNanoseconds: Int
    /// For a test with several cases, each by its name.
    public var cases: [Case] = []
    public var failure: Explanation?

    public struct Case: Sendable {
        public var name: [String]
        public var isPass: Bool
    }

    /// The statement that did not hold.
    public struct Explanation: Sendable {
        public var file: String
        public var row: Int
        public var column: Int
        /// As it is written.
        public var statement: String
        /// Both sides of a comparison, and where they differ.
        public var left: RegoValue?
        public var right: RegoValue?
        public var differences: [String]
    }

    public var isPass: Bool { outcome == .pass }

    /// The tests that count: the cases where there are some.
    public var counts: (pass: Int, fail: Int, skipped: Int, error: Int) {
        switch outcome {
        case .skipped: return (0, 0, 1, 0)
        case .error: return (0, 0, 0, 1)
        case .pass, .fail:
            guard cases.isEmpty else {
                let passed = cases.count { $0.isPass }
                return (passed, cases.count - passed, 0, 0)
            }
            return isPass ? (1, 0, 0, 0) : (0, 1, 0, 0)
        }
    }

    var word: String {
        switch outcome {
        case .pass: "PASS"
        case .fail: "FAIL"
        case .skipped: "SKIPPED"
        case .error: "ERROR"
        }
    }

    /// `data.shop.test_sum: PASS (1.2ms)`
    public var line: String {
        let text = "\(package).\(name): \(word)"
        return outcome == .skipped ? text : text + " (\(Elapsed.text(nanoseconds: durationNanoseconds)))"
    }

    /// A row of the JSON report.
    public var value: Value {
        var object: Object = [
            "location": ["file": .string(file), "row": .integer(row), "col": .integer(column)],
            "package": .string(package), "name": .string(name),
        ]
        switch outcome {
        case .pass: break
        case .fail: object["fail"] = true
        case .skipped: object["skip"] = true
        case .error(let message): object["error"] = ["message": .string(message)]
        }
        object["duration"] = .integer(durationNanoseconds)
        if !cases.isEmpty {
            object["sub_results"] = .object(
                Object(
                    cases.map { item in
                        let name = item.name.joined(separator: "/")
                        return (
                            key: name,
                            value: item.isPass ? ["name": .string(name)] : ["name": .string(name), "fail": true]
                        )
                    }))
        }
        if let failure {
            var explanation: Object = [
                "location": [
                    "file": .string(failure.file), "row": .integer(failure.row), "col": .integer(failure.column),
                ],
                "statement": .string(failure.statement),
            ]
            if let left = failure.left { explanation["left"] = left.document }
            if let right = failure.right { explanation["right"] = right.document }
            if !failure.differences.isEmpty {
                explanation["differences"] = .array(failure.differences.map(Value.string))
            }
            object["failure"] = .object(explanation)
        }
        return .object(object)
    }
}
