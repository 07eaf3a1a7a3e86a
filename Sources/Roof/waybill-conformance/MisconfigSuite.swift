import Checks
import Documents
import Files
import WaybillCore

/// Good and bad examples for checks of other tools, judged by our rules that name those checks as aliases.
enum MisconfigSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        let path = "\(directory)/examples.json"
        do {
            for example in try JSONReader.value(from: try Files.read(path)).array ?? [] {
                guard let check = example["check"]?.string, filter.map(check.contains) ?? true else { continue }
                let isDockerfile = example["kind"]?.string == "dockerfile"
                for (key, isGood) in [("good", true), ("bad", false)] {
                    for (index, text) in (example[key]?.array ?? []).enumerated() {
                        report.results.append(
                            .init(
                                name: "\(check) \(key) \(index)", category: isDockerfile ? "dockerfile" : "kubernetes",
                                outcome: judge(text.string ?? "", check, isDockerfile, isGood)))
                    }
                }
            }
        } catch {
            report.results.append(.init(name: path, category: "misconfig", outcome: .failed("\(error)")))
        }
        return report
    }

    private static func judge(_ text: String, _ check: String, _ isDockerfile: Bool, _ isGood: Bool)
        -> SuiteReport.Result.Outcome
    {
        guard RuleTable.rule(check) != nil else { return .failed("no rule for \(check)") }
        do {
            let findings =
                isDockerfile
                ? try DockerfileChecker.check(Array(text.utf8), file: "Dockerfile")
                : ManifestChecker.check(
                    documents: try YAMLReader.nodes(from: Array(text.utf8)).map { ("example.yaml", $0) })
            let found = findings.filter { $0.aliases.contains(check) }
            if isGood { return found.isEmpty ? .passed : .failed("\(found[0].rule) \(found[0].evidence ?? "")") }
            return found.isEmpty ? .failed("nothing was found") : .passed
        } catch {
            return .failed("\(error)")
        }
    }
}
