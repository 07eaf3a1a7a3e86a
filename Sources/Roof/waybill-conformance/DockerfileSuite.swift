import Checks
import Files
import WaybillCore

/// Dockerfiles with the syntax trees that BuildKit prints for them, and texts that must be refused.
enum DockerfileSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        for category in ["positive", "negative"] {
            do throws(WaybillError) {
                for name in try Files.names(in: "\(directory)/\(category)") where filter.map(name.contains) ?? true {
                    report.results.append(
                        .init(
                            name: name, category: category,
                            outcome: judge("\(directory)/\(category)/\(name)", category == "positive")))
                }
            } catch {
                report.results.append(.init(name: category, category: category, outcome: .failed("\(error)")))
            }
        }
        return report
    }

    private static func judge(_ folder: String, _ isValid: Bool) -> SuiteReport.Result.Outcome {
        let parsed: Dockerfile
        do throws(WaybillError) {
            parsed = try Dockerfile(parsing: try Files.read("\(folder)/Dockerfile"))
        } catch {
            return isValid ? .failed("\(error)") : error.code == .invalidInput ? .passed : .failed("\(error)")
        }
        guard isValid else { return .failed("was accepted") }
        do throws(WaybillError) {
            let expected = try Files.text("\(folder)/result").split(separator: "\n"),
                found = parsed.syntaxTree.split(separator: "\n")
            for (one, other) in zip(found, expected) where one != other { return .failed("\(one), expected \(other)") }
            return expected.count == found.count ? .passed : .failed("\(found.count) lines, expected \(expected.count)")
        } catch {
            return .failed("\(error)")
        }
    }
}
