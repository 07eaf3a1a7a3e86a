import Documents

/// The forms in which goss prints results.
public enum ReportFormat: String, Sendable, CaseIterable {
    case rspecish, documentation, json, tap, junit, nagios, silent
}

extension ImageTestReport {
    /// The report in one of goss's forms. Evaluation is instant here: durations are zero.
    public func text(_ format: ReportFormat) -> String {
        switch format {
        case .rspecish:
            results.map { $0.outcome == .passed ? "." : $0.outcome == .skipped ? "S" : "F" }.joined() + "\n\n" + closing
        case .documentation: results.map { $0.text + "\n" }.joined() + "\n\n" + closing
        case .json: JSONWriter.string(json) + "\n"
        case .tap: tap
        case .junit: junit
        case .nagios:
            "GOSS \(failedCount > 0 ? "CRITICAL" : "OK") - \(counts), Duration: 0.000s\n"
        case .silent: ""
        }
    }

    /// The exit status that goss gives in that form.
    public func exitStatus(_ format: ReportFormat) -> Int {
        failedCount == 0 ? 0 : format == .nagios ? 2 : 1
    }

    private var counts: String { "Count: \(results.count), Failed: \(failedCount), Skipped: \(skippedCount)" }

    private var closing: String {
        let notable = results.filter { $0.outcome != .passed }
        let list = notable.isEmpty ? "" : "Failures/Skipped:\n\n" + notable.map { $0.detail + "\n\n" }.joined()
        return list + "Total Duration: 0.000s\n\(counts)\n"
    }

    private var tap: String {
        var lines = ["1..\(results.count)"]
        for (index, result) in results.enumerated() {
            switch result.outcome {
            case .passed: lines.append("ok \(index + 1) - \(result.compactText)")
            case .skipped: lines.append("ok \(index + 1) - # SKIP \(result.compactText)")
            case .failed, .unsupported: lines.append("not ok \(index + 1) - \(result.compactText)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var json: Value {
        let items: [Value] = results.map { result in
            let error: Value = if case .unsupported(let reason) = result.outcome { .string(reason) } else { .null }
            return [
                "duration": 0, "err": error,
                "matcher-result": [
                    "actual": result.found ?? .null, "expected": result.expectation,
                    "message": .string(result.compactText),
                ],
                "meta": result.meta ?? .null, "property": .string(result.property),
                "resource-id": .string(result.resource),
                "resource-type": .string(result.resourceType),
                "result": .integer(result.outcome == .passed ? 0 : result.outcome == .skipped ? 2 : 1),
                "skipped": .bool(result.outcome == .skipped), "successful": .bool(!result.isNotPassed),
                "summary-line": .string(result.text), "summary-line-compact": .string(result.compactText),
                "test-type": 0,
                "title": .string(result.title),
            ]
        }
        return [
            "results": .array(items),
            "summary": [
                "failed-count": .integer(failedCount), "skipped-count": .integer(skippedCount),
                "summary-line": .string("\(counts), Duration: 0.000s"), "test-count": .integer(results.count),
                "total-duration": 0,
            ],
        ]
    }

    private var junit: String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text +=
            "<testsuite name=\"goss\" errors=\"0\" tests=\"\(results.count)\" failures=\"\(failedCount)\" skipped=\"\(skippedCount)\" time=\"0.000\">\n"
        for result in results {
            let name = "\(result.resourceType) \(result.resource) \(result.property)"
            text += "<testcase name=\"\(Self.escaped(name))\" time=\"0.000\">\n"
            switch result.outcome {
            case .skipped: text += "<skipped/>"
            case .failed, .unsupported: text += "<failure>\(Self.escaped(result.text))</failure>\n"
            case .passed: break
            }
            text += "<system-out>\(Self.escaped(result.compactText))</system-out>\n</testcase>\n"
        }
        return text + "</testsuite>\n"
    }

    /// XML has no way to write most control characters: they become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&#34;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }
}
