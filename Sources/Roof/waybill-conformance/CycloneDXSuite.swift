import Documents
import Inventory
import WaybillCore

/// Documents that follow CycloneDX and documents that break it.
enum CycloneDXSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        for version in SuiteFiles.names(in: directory) {
            for file in SuiteFiles.names(in: "\(directory)/\(version)") {
                if let filter, !file.contains(filter) { continue }
                let isValid = file.hasPrefix("valid-")
                guard isValid || file.hasPrefix("invalid-") else { continue }
                report.results.append(
                    .init(
                        name: file, category: "\(version) \(isValid ? "valid" : "invalid")",
                        outcome: outcome("\(directory)/\(version)/\(file)", isValid)))
            }
        }
        return report
    }

    private static func outcome(_ path: String, _ isValid: Bool) -> SuiteReport.Result.Outcome {
        do {
            let result = try SBOM.inventory(from: SuiteFiles.bytes(path), file: path)
            let broken = result.problems.filter { $0.rule == "WB-SCAN-016" }
            if isValid { return broken.isEmpty ? .passed : .failed("\(broken.map(\.message))") }
            return broken.isEmpty ? .failed("nothing was found wrong") : .passed
        } catch {
            return isValid ? .failed("\(error)") : .passed
        }
    }
}
