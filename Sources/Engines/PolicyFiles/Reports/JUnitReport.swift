import Documents

/// JUnit's XML: a suite for each namespace.
struct JUnitReport {
    let version: String
    let hidesMessage: Bool

    func string(_ results: [FileResult]) -> String {
        var order: [String] = []
        for result in results where !order.contains(result.namespace) { order.append(result.namespace) }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for namespace in order { text += suite(namespace, results.filter { $0.namespace == namespace }) }
        return text + "</testsuites>\n"
    }

    private func suite(_ namespace: String, _ results: [FileResult]) -> String {
        let name = XMLText.escaped("conftest.\(namespace)")
        var cases = ""
        var count = 0
        var failures = 0
        for result in results {
            for message in result.warnings + result.failures {
                cases += testCase(name, result.file, message.text)
                cases += "\t\t\t<failure message=\"Failed\" type=\"\">\(XMLText.escaped(message.text))</failure>\n"
                cases += "\t\t</testcase>\n"
                failures += 1
                count += 1
            }
            for _ in 0..<result.successes {
                cases += String(testCase(name, result.file, "").dropLast()) + "</testcase>\n"
                count += 1
            }
        }
        return "\t<testsuite tests=\"\(count)\" failures=\"\(failures)\" time=\"0.000\" name=\"\(name)\">\n"
            + "\t\t<properties>\n"
            + "\t\t\t<property name=\"waybill.version\" value=\"\(XMLText.escaped(version))\"></property>\n"
            + "\t\t</properties>\n" + cases + "\t</testsuite>\n"
    }

    private func testCase(_ suite: String, _ file: String, _ message: String) -> String {
        let summary = message.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let name = hidesMessage || message.isEmpty ? file : "\(file) - \(summary)"
        return "\t\t<testcase classname=\"\(suite)\" name=\"\(XMLText.escaped(name))\" time=\"0.000\">\n"
    }
}
