import Foundation
import MetadataFilters

/// Baselines of the Grafeas filter parser: a filter, fifty equals signs, and its tree or its errors with their places.
enum FilterSuite {
    private static let separator = String(repeating: "=", count: 50)

    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        for file in SuiteFiles.names(in: directory) where file.hasSuffix(".baseline") {
            let name = String(file.dropLast(".baseline".count))
            let bytes = SuiteFiles.bytes("\(directory)/\(file)")
            for (number, each) in cases(of: String(decoding: bytes, as: UTF8.self)).enumerated() {
                let title = "\(name)[\(number)]"
                if let filter, !title.contains(filter) { continue }
                report.results.append(
                    .init(name: title, category: name, outcome: outcome(each.filter, each.expected, title)))
            }
        }
        return report
    }

    private static func cases(of text: String) -> [(filter: String, expected: String)] {
        text.components(separatedBy: "\n\n").compactMap { part in
            let halves = part.components(separatedBy: "\n\(separator)\n")
            return halves.count == 2 ? (halves[0], halves[1]) : nil
        }
    }

    private static func outcome(
        _ filter: String, _ expected: String, _ title: String
    ) -> SuiteReport.Result.Outcome {
        let shown: String
        do throws(FilterError) {
            shown = FilterListing.text(try FilterParser.parse(filter), of: filter, location: title)
        } catch {
            shown = diagnostics(error, title)
        }
        return shown == expected ? .passed : .failed("“\(filter)” gave\n\(shown)\ninstead of\n\(expected)")
    }

    private static func diagnostics(_ error: FilterError, _ title: String) -> String {
        let lines = error.text.components(separatedBy: "\n")
        return
            (["<no result>", "Diagnostics:"]
            + error.problems.map { problem in
                let place = error.place(of: problem)
                let line = place.line <= lines.count ? lines[place.line - 1] : ""
                let mark = String(repeating: ".", count: place.column - 1) + "^"
                return "ERROR: \(title):\(place.line):\(place.column): \(problem.message)\n | \(line)\n | \(mark)"
            }).joined(separator: "\n")
    }
}
