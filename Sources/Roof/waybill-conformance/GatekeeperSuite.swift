import Files
import Gatekeeper
import WaybillCore

/// Suites of Gatekeeper's policy library: every case of every `suite.yaml`, and once more with the expressions of the
/// templates that have some.
enum GatekeeperSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        do {
            let paths = try suites(in: directory)
            for path in paths {
                let name = String(path.dropFirst(directory.count + 1))
                let read: SuiteRunner.Read = { (path) throws(WaybillError) in try Files.read(path) }
                add(SuiteRunner(read: read).run(path), name, filter, to: &report)
                let native = SuiteRunner(engine: .native, read: read).run(path)
                let asked = native.tests.filter { $0.outcome != .skipped }
                guard !asked.isEmpty else { continue }
                var result = native
                result.tests = asked
                add(result, "\(name) CEL", filter, to: &report)
            }
        } catch {
            report.results.append(.init(name: directory, category: "gatekeeper", outcome: .failed("\(error)")))
        }
        return report
    }

    private static func add(_ suite: SuiteResult, _ path: String, _ filter: String?, to report: inout SuiteReport) {
        let category = path.split(separator: "/").dropFirst().first.map(String.init) ?? "library"
        func add(_ name: String, _ outcome: SuiteResult.Outcome) {
            guard filter.map(name.contains) ?? true else { return }
            let result: SuiteReport.Result.Outcome =
                switch outcome {
                case .passed: .passed
                case .skipped: .skipped("the suite skips it")
                case .failed(let reason), .broken(let reason): .failed(reason)
                }
            report.results.append(.init(name: name, category: category, outcome: result))
        }
        if suite.tests.isEmpty { add(path, suite.outcome) }
        for test in suite.tests {
            if test.cases.isEmpty { add("\(path) \(test.name)", test.outcome) }
            for each in test.cases { add("\(path) \(test.name)/\(each.name)", each.outcome) }
        }
    }

    private static func suites(in folder: String) throws(WaybillError) -> [String] {
        var found: [String] = []
        for name in try Files.names(in: folder) {
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) {
                found += try suites(in: path)
            } else if name == "suite.yaml" {
                found.append(path)
            }
        }
        return found
    }
}
