import Checks
import Documents
import Files
import WaybillCore

/// Dockerfiles with the findings of hadolint, held against our rules that name its rules as aliases. A case is one
/// rule in one file: found by both or by neither passes. Rules that we have none for are left out.
enum HadolintSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        // DL3057 is off in hadolint unless it is asked for.
        let ours = Set(RuleTable.all.flatMap(\.aliases).filter { $0.hasPrefix("DL") }).subtracting(["DL3057"])
        do {
            let rows = try JSONReader.value(from: try Files.read("\(directory)/expected.json")).array ?? []
            for row in rows {
                guard let name = row["file"]?.string, filter.map(name.contains) ?? true else { continue }
                let path =
                    Files.exists("\(directory)/files/\(name)") ? "\(directory)/files/\(name)" : "\(directory)/\(name)"
                let expected = Set((row["findings"]?.array ?? []).compactMap { $0[1]?.string ?? $0["code"]?.string })
                    .intersection(ours)
                let findings: [Finding]
                do throws(WaybillError) {
                    findings = try DockerfileChecker.check(try Files.read(path), file: name)
                } catch {
                    report.results.append(
                        .init(name: name, category: "parse", outcome: expected.isEmpty ? .passed : .failed("\(error)")))
                    continue
                }
                let found = Set(findings.flatMap(\.aliases)).intersection(ours)
                for code in expected.union(found).sorted() {
                    let outcome: SuiteReport.Result.Outcome =
                        !found.contains(code)
                        ? .failed("not found") : !expected.contains(code) ? .failed("found, not expected") : .passed
                    report.results.append(.init(name: "\(name) \(code)", category: code, outcome: outcome))
                }
            }
        } catch {
            report.results.append(.init(name: directory, category: "hadolint", outcome: .failed("\(error)")))
        }
        return report
    }
}
