import Documents
import Inventory
import WaybillCore

/// Strings in which a secret must be found, and strings in which none may be.
enum SecretsSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        guard let scanner = try? SecretScanner() else {
            return SuiteReport(results: [
                .init(name: "rules", category: "rules", outcome: .failed("a rule does not compile"))
            ])
        }
        let rules = SuiteFiles.json("\(directory)/gitleaks/cases.json")?.array ?? []
        let secrets = Set(rules.flatMap { $0["tps"]?.array ?? [] }.compactMap(\.string))
        for rule in rules {
            let name = rule["rule"]?.string ?? ""
            if let filter, !name.contains(filter) { continue }
            for (list, isSecret) in [("tps", true), ("fps", false)] {
                for (index, text) in (rule[list]?.array ?? []).compactMap(\.string).enumerated() {
                    // What is no secret of one kind may be one of another.
                    if !isSecret, secrets.contains(text) { continue }
                    let found = (try? scanner.scan(path: "file.txt", bytes: Array(text.utf8))) ?? []
                    let rules = found.map { "\($0.rule) \($0.evidence ?? "")" }
                    let outcome: SuiteReport.Result.Outcome =
                        found.isEmpty != isSecret ? .passed : .failed("\(rules) in \(text.prefix(160))")
                    report.results.append(
                        .init(
                            name: "\(name) \(list) \(index)",
                            category: isSecret ? "must be found" : "must not be found", outcome: outcome))
                }
            }
        }
        return report
    }
}
