import Documents
import PolicyFiles

/// Results of suites for people and programs.
public enum SuiteText {
    public enum Format: String, Sendable, CaseIterable {
        case text, table, json, junit
    }

    public static func string(_ results: [SuiteResult], _ format: Format, isVerbose: Bool = false) -> String {
        switch format {
        case .text: text(results, isVerbose)
        case .table: table(results)
        case .json: JSONWriter.string(.array(results.map(value)), style: .pretty) + "\n"
        case .junit: junit(results)
        }
    }

    /// As `go test` writes: failures always, everything else when asked.
    private static func text(_ results: [SuiteResult], _ isVerbose: Bool) -> String {
        var lines: [String] = []
        for suite in results {
            for test in suite.tests { lines += self.lines(test, isVerbose) }
            let word = suite.outcome.isGood ? "ok" : "FAIL"
            lines.append("\(word)\t\(suite.path)\t\(seconds(suite.seconds))")
            if !suite.outcome.reason.isEmpty { lines.append("  \(suite.outcome.reason)") }
        }
        lines.append(results.allSatisfy(\.outcome.isGood) ? "PASS" : "FAIL")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ test: SuiteResult.Test, _ isVerbose: Bool) -> [String] {
        guard test.outcome != .skipped else { return isVerbose ? ["=== SKIP  \(test.name)"] : [] }
        var lines = isVerbose ? ["=== RUN   \(test.name)"] : []
        for each in test.cases {
            switch each.outcome {
            case .skipped: if isVerbose { lines.append("    === SKIP  \(each.name)") }
            case .passed:
                if isVerbose { lines += ["    === RUN   \(each.name)", "    --- PASS: \(each.name)"] }
            case .failed(let reason), .broken(let reason):
                if isVerbose { lines.append("    === RUN   \(each.name)") }
                lines += ["    --- \(each.outcome.word.uppercased()): \(each.name)", "        \(reason)"]
            }
        }
        if !test.outcome.isGood {
            lines.append("--- \(test.outcome.word.uppercased()): \(test.name)")
            if !test.outcome.reason.isEmpty { lines.append("  \(test.outcome.reason)") }
        } else if isVerbose {
            lines.append("--- PASS: \(test.name)")
        }
        return lines
    }

    private static func table(_ results: [SuiteResult]) -> String {
        var rows = [["SUITE", "TEST", "CASE", "RESULT", "REASON"]]
        for suite in results {
            if suite.tests.isEmpty { rows.append([suite.path, "", "", suite.outcome.word, suite.outcome.reason]) }
            for test in suite.tests {
                if test.cases.isEmpty {
                    rows.append([suite.path, test.name, "", test.outcome.word, test.outcome.reason])
                }
                for each in test.cases {
                    rows.append([suite.path, test.name, each.name, each.outcome.word, each.outcome.reason])
                }
            }
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for column in 0..<4 {
                line += row[column] + String(repeating: " ", count: widths[column] - row[column].count + 2)
            }
            line += row[4]
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func value(_ suite: SuiteResult) -> Value {
        func outcome(_ outcome: SuiteResult.Outcome, _ more: [(key: String, value: Value)]) -> Value {
            var object = Object(more)
            object["result"] = .string(outcome.word)
            if !outcome.reason.isEmpty { object["reason"] = .string(outcome.reason) }
            return .object(object)
        }
        return outcome(
            suite.outcome,
            [
                ("path", .string(suite.path)), ("seconds", .number(Number(suite.seconds))),
                (
                    "tests",
                    .array(
                        suite.tests.map { test in
                            outcome(
                                test.outcome,
                                [
                                    ("name", .string(test.name)),
                                    (
                                        "cases",
                                        .array(
                                            test.cases.map {
                                                outcome(
                                                    $0.outcome,
                                                    [
                                                        ("name", .string($0.name)),
                                                        ("violations", .array($0.messages.map(Value.string))),
                                                    ])
                                            })
                                    ),
                                ])
                        })
                ),
            ])
    }

    private static func junit(_ results: [SuiteResult]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for suite in results {
            let cases = rows(suite)
            let failures = cases.count { if case .failed = $0.outcome { true } else { false } }
            let errors = cases.count { if case .broken = $0.outcome { true } else { false } }
            let skipped = cases.count { $0.outcome == .skipped }
            text +=
                "  <testsuite name=\"\(XMLText.escaped(suite.path))\" tests=\"\(cases.count)\" failures=\"\(failures)\""
                + " errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(seconds(suite.seconds).dropLast())\">\n"
            for each in cases {
                let head =
                    "    <testcase classname=\"\(XMLText.escaped(each.test))\" name=\"\(XMLText.escaped(each.name))\""
                let reason = XMLText.escaped(each.outcome.reason)
                switch each.outcome {
                case .passed: text += head + "></testcase>\n"
                case .skipped: text += head + "><skipped></skipped></testcase>\n"
                case .failed: text += head + "><failure message=\"\(reason)\"></failure></testcase>\n"
                case .broken: text += head + "><error message=\"\(reason)\"></error></testcase>\n"
                }
            }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    /// Cases, and the tests and suites that have none.
    private static func rows(_ suite: SuiteResult) -> [(test: String, name: String, outcome: SuiteResult.Outcome)] {
        guard !suite.tests.isEmpty else {
            return suite.outcome == .passed ? [] : [("suite", suite.path, suite.outcome)]
        }
        return suite.tests.flatMap { test in
            test.cases.isEmpty
                ? [(test.name, test.name, test.outcome)] : test.cases.map { (test.name, $0.name, $0.outcome) }
        }
    }

    /// Three decimals, as Go writes durations here.
    static func seconds(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    }
}
