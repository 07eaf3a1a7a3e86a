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
        // Their own rules, read by us, must find what they say: that is the format. And what they find of another kind
        // is no string that must pass in silence.
        let theirs = try? SecretScanner(
            GitleaksConfiguration.rules(
                from: SuiteFiles.bytes("\(directory)/gitleaks/gitleaks.toml"), file: "gitleaks.toml"))
        if theirs == nil {
            report.results.append(
                .init(name: "gitleaks.toml", category: "rules", outcome: .failed("cannot be read or compiled")))
        }
        for rule in rules {
            let name = rule["rule"]?.string ?? ""
            if let filter, !name.contains(filter) { continue }
            report.results += theirs.map { own(rule, name, $0) } ?? []
            for (list, isSecret) in [("tps", true), ("fps", false)] {
                for (index, text) in (rule[list]?.array ?? []).compactMap(\.string).enumerated() {
                    // What is no secret of one kind may be one of another.
                    if !isSecret, secrets.contains(text) || theirs.map({ isOther(text, than: name, $0) }) == true {
                        continue
                    }
                    let outcome = outcome(of: text, scanner) { found in
                        found.isEmpty != isSecret
                    }
                    report.results.append(
                        .init(
                            name: "\(name) \(list) \(index)",
                            category: isSecret ? "must be found" : "must not be found", outcome: outcome))
                }
            }
        }
        return report
    }

    /// Whether the rule finds its secrets and no others, when it is read from their file.
    private static func own(_ rule: Value, _ name: String, _ scanner: SecretScanner) -> [SuiteReport.Result] {
        [("tps", true), ("fps", false)].flatMap { list, isSecret in
            (rule[list]?.array ?? []).compactMap(\.string).enumerated().map { index, text in
                let outcome = outcome(of: text, scanner) { found in
                    isSecret ? !found.isEmpty : !found.contains { $0.rule == "WB-SECRET-\(name)" }
                }
                return .init(
                    name: "\(name) \(list) \(index)", category: "with their own rules", outcome: outcome)
            }
        }
    }

    /// A scan that fails is a failure, also of a string in which nothing may be found.
    private static func outcome(
        of text: String, _ scanner: SecretScanner, _ isRight: ([Finding]) -> Bool
    ) -> SuiteReport.Result.Outcome {
        do {
            let found = try scanner.scan(path: "file.txt", bytes: Array(text.utf8), commit: nil)
            let rules = found.map { "\($0.rule) \($0.evidence ?? "")" }
            return isRight(found) ? .passed : .failed("\(rules) in \(text.prefix(160))")
        } catch {
            return .failed("\(error)")
        }
    }

    /// Whether a string that is none of this kind is a secret of another kind; words of prose do not count.
    private static func isOther(_ text: String, than name: String, _ scanner: SecretScanner) -> Bool {
        // A string that cannot be scanned fails as itself.
        ((try? scanner.scan(path: "file.txt", bytes: Array(text.utf8), commit: nil)) ?? []).contains {
            $0.rule != "WB-SECRET-\(name)" && !$0.rule.contains("generic")
        }
    }
}
