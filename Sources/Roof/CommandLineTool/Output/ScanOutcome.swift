import Advisories
import Documents
import Files
import Inventory
import Packages
import Reports
import ScanService
import WaybillCore

/// All that a scan found out: what every form of report is made of.
struct ScanOutcome: Sendable {
    var target: TargetInventory
    var report: ScanReport
    /// Findings of this severity and above make the answer no; nil for none.
    var threshold: Severity?
    /// Nothing was recognised: that nothing was found means nothing.
    var isUnknown = false
    var asksForAdvisories = false

    /// Weaknesses were asked for, and there is nothing to know them by: that none was found means nothing. Whoever
    /// wants no answer, with `--fail-on never`, gets the list of packages.
    var isWithoutData: Bool {
        asksForAdvisories && threshold != nil && report.data.records == 0 && !target.inventory.packages.isEmpty
    }

    var isDenied: Bool { ReportFilter(failOn: threshold).fails(report) }

    /// What must be said aloud beside the report.
    var notes: [String] {
        var notes: [String] = []
        if isUnknown {
            notes.append(
                "error: nothing was recognised in \(target.target.description): this is not the same as nothing found")
            notes.append(
                "  try    scan the folder with the lockfile, the image itself, or its SBOM; or pass --allow-unrecognised"
            )
        }
        if asksForAdvisories, report.data.records == 0, !target.inventory.packages.isEmpty {
            let kind = isWithoutData ? "error" : "warning"
            notes.append("\(kind): there are no advisories to hold the packages against")
            notes.append(
                "  try    waybill advisories import FOLDER, or --advisories FOLDER"
                    + (isWithoutData ? "; --look packages asks for no weaknesses" : ""))
        }
        if let threshold, threshold > .low {
            let count = report.allFindings.count { $0.severity == .unknown }
            if count > 0 {
                notes.append(
                    "note: \(count == 1 ? "1 finding has" : "\(count) findings have") no severity: they count as \(threshold.rawValue) and above"
                )
            }
        }
        return notes
    }
}

extension TargetInventory {
    /// The subject of reports.
    func subject(today: String) -> ScanReport.Subject {
        let kind: ScanReport.Subject.Kind =
            switch target {
            case .layout, .archive, .registry: .image
            case .root, .folder: .filesystem
            case .revision: .repository
            case .sbom: .sbom
            }
        let system = inventory.operatingSystem.map { system in
            ScanReport.System(
                family: system.id, version: system.version ?? "",
                isEndOfLife: inventory.problems.contains { $0.rule == "WB-SCAN-014" })
        }
        let isCommit = kind == .repository
        return ScanReport.Subject(
            kind: kind, name: target.description, digest: isCommit ? nil : version.flatMap { Digest($0) },
            commit: isCommit ? version : nil, references: kind == .image ? [name] : [], operatingSystem: system)
    }

    /// The names under which statements may speak of what was scanned.
    var productNames: [String] { [name, target.description] + (version.map { [$0] } ?? []) }
}
