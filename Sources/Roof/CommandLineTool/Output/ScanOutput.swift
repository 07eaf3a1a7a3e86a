import ArgumentParser
import Documents
import Foundation
import Inventory
import Packages
import Reports
import ScanService
import WaybillCore

/// The forms of a scan's report.
enum ScanFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, sarif, cyclonedx, spdx, trivy, junit, github, vulns
}

/// A scan's report in one of its forms. Equal outcomes give equal bytes, but for the moment where a form demands it.
enum ScanOutput {
    static func text(_ outcome: ScanOutcome, as format: ScanFormat, showsSuppressed: Bool = false) -> String {
        let report = outcome.report
        switch format {
        case .table:
            return TableReport.text(report, showsSuppressed: showsSuppressed, examined: examined(outcome.target))
        case .json: return json(JSONReport.value(report))
        case .sarif: return json(Reports.SARIFReport.value(report))
        case .trivy: return json(TrivyReport.value(report))
        case .junit: return JUnitReport.text(report)
        case .vulns: return json(VulnsPredicate.value(report))
        case .github: return json(GitHubSnapshot.value(report, job: job()))
        case .cyclonedx:
            let document = CycloneDX.document(for: outcome.target.inventory, subject: subject(outcome))
            return json(CycloneDXVulnerabilities.adding(report, to: document))
        case .spdx:
            let document = SPDX.document(for: outcome.target.inventory, subject: subject(outcome))
            return json(SPDXVulnerabilities.adding(report, to: document))
        }
    }

    private static func json(_ value: Value) -> String { JSONWriter.string(value, style: .pretty) }

    private static func subject(_ outcome: ScanOutcome) -> InventorySubject {
        let isImage = outcome.target.configuration != nil
        return InventorySubject(
            kind: isImage ? .container : .application, name: outcome.target.name, version: outcome.target.version ?? "")
    }

    /// What the host's runner tells its jobs.
    private static func job() -> GitHubSnapshot.Job {
        let environment = ProcessInfo.processInfo.environment
        return GitHubSnapshot.Job(
            reference: environment["GITHUB_REF"] ?? "refs/heads/main",
            correlator: "\(environment["GITHUB_WORKFLOW"] ?? "waybill")_\(environment["GITHUB_JOB"] ?? "scan")",
            id: environment["GITHUB_RUN_ID"] ?? "0", commit: environment["GITHUB_SHA"])
    }

    /// What was examined besides packages and files.
    private static func examined(_ target: TargetInventory) -> [String] {
        var parts: [String] = []
        if target.examined.rememberedLayers > 0 {
            parts.append("\(target.examined.rememberedLayers) of the layers known")
        }
        if let bytes = target.examined.searchedBytes {
            parts.append("\((bytes + 1023) >> 10) KiB searched for secrets")
        }
        if let commits = target.examined.commits { parts.append("\(commits) commits") }
        return parts
    }
}
