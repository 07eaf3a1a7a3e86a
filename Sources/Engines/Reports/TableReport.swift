import Advisories
import Packages
import WaybillCore

/// The report that people read on a terminal.
public enum TableReport {
    /// - Parameter showsSuppressed: whether findings that do not count are listed too.
    ///   - examined: what else was examined, for the line that says so: `3 KiB of text searched for secrets`.
    public static func text(_ report: ScanReport, showsSuppressed: Bool = false, examined: [String] = []) -> String {
        var lines = head(report, examined)
        for group in report.groups where !group.matches.isEmpty {
            lines += [
                "",
                "\(group.target): \(count(group.packages.count, "package")), \(count(group.matches.count, "finding"))",
            ]
            var rows = [["PACKAGE", "ADVISORY", "SEVERITY", "INSTALLED", "FIXED IN", "TITLE"]]
            for match in group.matches.sorted(by: worstFirst) {
                var advisory = match.advisory.rule
                if match.exploitation?.knownSince != nil { advisory += " (attacked)" }
                rows.append([
                    match.package.name, advisory, match.advisory.severity.rawValue, match.package.version,
                    match.fixedVersion ?? match.state ?? "-", String(match.advisory.summary.prefix(70)),
                ])
            }
            lines += table(rows)
        }
        if !report.findings.isEmpty {
            lines += ["", count(report.findings.count, "other finding")]
            for finding in report.findings.sorted(by: Finding.inReadingOrder) {
                lines.append("\(finding.severity.rawValue): \(finding.message)  [\(finding.rule)]")
                lines.append("  where  \(finding.place)")
                if let remedy = finding.remedy { lines.append("  try    \(remedy)") }
            }
        }
        if !report.gaps.isEmpty {
            lines += ["", "not judged:"]
            for gap in report.gaps.sorted(by: Finding.inReadingOrder) {
                lines.append("  \(gap.message)  [\(gap.rule)]")
                if let remedy = gap.remedy { lines.append("    try  \(remedy)") }
            }
        }
        if showsSuppressed, !report.suppressed.isEmpty {
            lines += ["", "suppressed:"]
            lines += table(
                [["ADVISORY", "PACKAGE", "STATUS", "BY", "UNTIL", "WHY", "WHERE"]]
                    + report.suppressed.map { entry in
                        [
                            entry.finding.rule, entry.finding.place.package ?? entry.finding.place.description,
                            entry.suppression.status.rawValue, entry.suppression.owner, entry.suppression.expires ?? "",
                            entry.suppression.reason, entry.suppression.source,
                        ]
                    })
        } else if !report.suppressed.isEmpty {
            lines += ["", "\(report.suppressed.count) suppressed; list them with --show-suppressed"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func head(_ report: ScanReport, _ examined: [String]) -> [String] {
        var counts: [Severity: Int] = [:]
        for match in report.matches { counts[match.advisory.severity, default: 0] += 1 }
        let summary = Severity.allCases.reversed().compactMap { severity in
            counts[severity].map { "\($0) \(severity.rawValue)" }
        }
        var lines = [report.subject.name + (report.subject.digest.map { "  \($0)" } ?? "")]
        if let system = report.subject.operatingSystem {
            lines.append(
                "system    \(system.family) \(system.version)\(system.isEndOfLife ? ", not repaired by its maker any more" : "")"
            )
        }
        lines.append(
            "examined  \(count(report.packages.count, "package"))"
                + (report.layersExamined > 0 ? " in \(count(report.layersExamined, "layer"))" : "")
                + (report.filesExamined > 0 ? ", \(count(report.filesExamined, "file"))" : "")
                + examined.map { ", \($0)" }.joined())
        let age = report.data.ageDays(of: Set(report.packages.map(\.ecosystem.name)), at: report.moment)
        lines.append(
            "data      " + (report.data.records == 0 ? "none" : count(report.data.records, "record"))
                + (report.data.snapshot.map { ", \($0.prefix(19))" } ?? "")
                + (age.map { $0 == 0 ? ", of today" : ", \(count($0, "day")) old" } ?? ""))
        lines.append("found     \(summary.isEmpty ? "no known weakness" : summary.joined(separator: ", "))")
        return lines
    }

    private static func worstFirst(_ left: Match, _ right: Match) -> Bool {
        if left.advisory.severity != right.advisory.severity { return left.advisory.severity > right.advisory.severity }
        return ScanReport.inOrder(left, right)
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
