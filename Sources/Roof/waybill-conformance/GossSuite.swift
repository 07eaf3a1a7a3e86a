import Files
import Foundation
import ImageTests
import OCI
import WaybillCore

/// goss specifications against the texts that goss prints for them.
enum GossSuite {
    static func run(cases directory: String, filter: String?) async -> SuiteReport {
        var report = SuiteReport()
        let folder = "\(directory)/matchers"
        let names: [String]
        do {
            names = try Files.names(in: folder)
        } catch {
            report.results.append(.init(name: folder, category: "goss", outcome: .failed("\(error)")))
            return report
        }
        // A golden file is called out_SPEC.STATUS.FORMAT.
        for name in names where name.hasPrefix("out_") && (filter.map(name.contains) ?? true) {
            let parts = name.dropFirst("out_".count).split(separator: ".")
            guard parts.count >= 3, let status = Int(parts[parts.count - 2]) else { continue }
            let spec = parts.dropLast(2).joined(separator: ".")
            let outcome: SuiteReport.Result.Outcome
            do throws(WaybillError) {
                outcome = try await compare(
                    "\(folder)/\(spec).yaml", golden: try Files.text("\(folder)/\(name)"), status: status,
                    format: String(parts[parts.count - 1]))
            } catch {
                outcome = .failed("\(error)")
            }
            report.results.append(.init(name: name, category: "matchers", outcome: outcome))
        }
        return report
    }

    private static func compare(
        _ spec: String, golden: String, status: Int, format name: String
    ) async throws(WaybillError) -> SuiteReport.Result.Outcome {
        guard let format = ReportFormat(rawValue: name) else { return .skipped("the format \(name)") }
        let plan = try ImageTestPlan(parsing: try Files.read(spec), file: spec)
        let result = await plan.evaluate(tree: FileTree())
        guard result.exitStatus(format) == status else {
            return .failed("exit status \(result.exitStatus(format)), expected \(status)")
        }
        let found = normalised(result.text(format)), expected = normalised(golden)
        for (index, pair) in zip(found, expected).enumerated() where pair.0 != pair.1 {
            return .failed("line \(index + 1): \(Redaction.excerpt(pair.0)), expected \(Redaction.excerpt(pair.1))")
        }
        return found.count == expected.count ? .passed : .failed("\(found.count) lines, expected \(expected.count)")
    }

    /// Lines without durations and without blanks at their end; empty lines at the text's end say nothing.
    private static func normalised(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            var line = String(line)
            for mark in ["Total Duration:", "Duration:"] {
                if let range = line.range(of: mark) { line = String(line[..<range.upperBound]) }
            }
            while line.last?.isWhitespace == true { line.removeLast() }
            return line
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
