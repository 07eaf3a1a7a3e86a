/// What a conformance suite showed, case by case.
struct SuiteReport {
    struct Result {
        enum Outcome {
            case passed
            /// With enough to find out why.
            case failed(String)
            /// With the reason.
            case skipped(String)
        }

        var name: String
        var category: String
        var outcome: Outcome
    }

    var results: [Result] = []
}

extension SuiteReport {
    var passed: Int { results.count { if case .passed = $0.outcome { true } else { false } } }
    var failed: Int { results.count { if case .failed = $0.outcome { true } else { false } } }
    var skipped: Int { results.count { if case .skipped = $0.outcome { true } else { false } } }

    /// The failures, a count per category, and the closing line.
    func text(failuresMax: Int) -> String {
        var lines: [String] = []
        var shown = 0
        for result in results {
            guard case .failed(let why) = result.outcome else { continue }
            shown += 1
            if shown <= failuresMax { lines.append("FAILED \(result.category) \(result.name): \(why)") }
        }
        if shown > failuresMax { lines.append("… and \(shown - failuresMax) more failures") }
        var categories: [String: (passed: Int, all: Int)] = [:]
        for result in results {
            var count = categories[result.category] ?? (0, 0)
            count.all += 1
            if case .passed = result.outcome { count.passed += 1 }
            categories[result.category] = count
        }
        for (category, count) in categories.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(category): \(count.passed) of \(count.all)")
        }
        return lines.joined(separator: "\n")
    }
}
