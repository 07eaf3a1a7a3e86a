import Documents

/// The results of tests as text, JSON or JUnit.
public enum TestReport {
    public static func pretty(_ results: [TestResult], isVerbose: Bool) -> String {
        var text = ""
        var lastFile: String?
        for result in results where isVerbose || !result.isPass {
            if let lastFile, lastFile != result.file { text += "\n" }
            text += "\(result.file):\(result.row):\(result.column):\n\(result.line)\n"
            lastFile = result.file
            for item in result.cases where isVerbose || !item.isPass {
                let indent = String(repeating: "  ", count: item.name.count)
                text += "\(indent)\(item.name.joined(separator: "/")): \(item.isPass ? "PASS" : "FAIL")\n"
            }
            if case .error(let message) = result.outcome {
                text += message.split(separator: "\n").map { "  \($0)\n" }.joined()
            }
            if let failure = result.failure { text += explanation(failure) }
        }
        if !text.isEmpty { text += String(repeating: "-", count: 80) + "\n" }
        return text + summary(results)
    }

    private static func explanation(_ failure: TestResult.Explanation) -> String {
        var text = "\n  \(failure.file):\(failure.row):\(failure.column):\n    \(failure.statement)\n"
        if let left = failure.left, let right = failure.right {
            text += "      left   \(left)\n      right  \(right)\n"
        }
        if !failure.differences.isEmpty {
            text += "      differences\n" + failure.differences.map { "        \($0)\n" }.joined()
        }
        return text + "\n"
    }

    private static func summary(_ results: [TestResult]) -> String {
        var (pass, fail, skipped, error) = (0, 0, 0, 0)
        for counts in results.map(\.counts) {
            pass += counts.pass
            fail += counts.fail
            skipped += counts.skipped
            error += counts.error
        }
        let total = pass + fail + skipped + error
        return [("PASS", pass), ("FAIL", fail), ("SKIPPED", skipped), ("ERROR", error)]
            .filter { $0.1 > 0 }.map { "\($0.0): \($0.1)/\(total)\n" }.joined()
    }

    public static func json(_ results: [TestResult]) -> String {
        JSONWriter.string(.array(results.map(\.value)), style: .pretty) + "\n"
    }

    /// As continuous integration systems read it: a suite for each package.
    public static func junit(_ results: [TestResult]) -> String {
        var packages: [String] = []
        for result in results where !packages.contains(result.package) { packages.append(result.package) }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for package in packages {
            let own = results.filter { $0.package == package }
            let failures = own.count { $0.outcome == .fail }
            let skipped = own.count { $0.outcome == .skipped }
            text += "  <testsuite name=\"\(escaped(package))\" tests=\"\(own.count)\" failures=\"\(failures)\" "
            text +=
                "errors=\"\(own.count - failures - skipped - own.count(where: \.isPass))\" skipped=\"\(skipped)\">\n"
            for result in own { text += testCase(result) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func testCase(_ result: TestResult) -> String {
        let seconds = "\(Double(result.durationNanoseconds) / 1e9)"
        let head =
            "    <testcase classname=\"\(escaped(result.package))\" name=\"\(escaped(result.name))\" "
            + "file=\"\(escaped(result.file))\" line=\"\(result.row)\" time=\"\(seconds)\""
        switch result.outcome {
        case .pass: return head + "/>\n"
        case .skipped: return head + ">\n      <skipped/>\n    </testcase>\n"
        case .error(let message):
            return head + ">\n      <error message=\"\(escaped(message))\"/>\n    </testcase>\n"
        case .fail:
            let failed = result.cases.filter { !$0.isPass }.map { $0.name.joined(separator: "/") }
            let message =
                result.failure.map { "\($0.file):\($0.row):\($0.column): \($0.statement)" }
                ?? (failed.isEmpty ? "the test is not true" : "failing cases: \(failed.joined(separator: ", "))")
            var detail = ""
            if let left = result.failure?.left, let right = result.failure?.right {
                detail = (["left   \(left)", "right  \(right)"] + (result.failure?.differences ?? []))
                    .joined(separator: "\n")
            }
            return head
                + ">\n      <failure message=\"\(escaped(message))\">\(escaped(detail))</failure>\n    </testcase>\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case let other where other.value < 0x20: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
