import ArgumentParser
import Documents
import Inventory
import Packages
import ScanService
import WaybillCore

/// The forms of a scan's report.
enum ScanFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, sarif, cyclonedx, spdx
}

/// A scan's report in one of its forms. Equal outcomes give equal bytes.
enum ScanOutput {
    static func text(_ outcome: ScanOutcome, as format: ScanFormat) throws(WaybillError) -> String {
        switch format {
        case .table: return table(outcome)
        case .json: return JSONWriter.string(value(outcome), style: .pretty)
        case .sarif:
            return JSONWriter.string(
                SARIFReport.value(outcome.findings, version: Waybill.version), style: .pretty)
        case .cyclonedx:
            return JSONWriter.string(
                CycloneDX.document(for: outcome.target.inventory, subject: subject(outcome)), style: .pretty)
        case .spdx:
            return JSONWriter.string(
                SPDX.document(for: outcome.target.inventory, subject: subject(outcome)), style: .pretty)
        }
    }

    private static func subject(_ outcome: ScanOutcome) -> InventorySubject {
        let isImage = outcome.target.configuration != nil
        return InventorySubject(
            kind: isImage ? .container : .application, name: outcome.target.name, version: outcome.target.version ?? "")
    }

    // MARK: for people

    private static func table(_ outcome: ScanOutcome) -> String {
        let target = outcome.target, examined = target.examined
        var head = "\(target.target.description)  \(target.target.kind)"
        if let version = target.version { head += "  \(version)" }
        var lines = [head, ""]
        if let system = target.inventory.operatingSystem {
            lines.append("system     \(system.prettyName ?? "\(system.id) \(system.version ?? "")")")
        }
        lines.append("packages   \(target.inventory.packages.count) in \(target.inventory.files.count) lists")
        var seen = "examined   \(examined.files) files"
        if examined.layers > 0 { seen += " in \(examined.layers) layers, \(examined.rememberedLayers) of them known" }
        if let bytes = examined.searchedBytes { seen += ", \(bytes >> 10) KiB of text searched for secrets" }
        if let commits = examined.commits { seen += ", \(commits) commits" }
        lines.append(seen)
        if let count = outcome.advisoryCount { lines.append("advisories \(count)") }
        lines.append("findings   \(counts(outcome.findings))")
        if !outcome.findings.isEmpty { lines += ["", FindingReport.text(outcome.findings)] }
        return lines.joined(separator: "\n")
    }

    private static func counts(_ findings: [Finding]) -> String {
        let order: [Severity] = [.critical, .high, .medium, .low, .info, .unknown]
        let parts = order.compactMap { severity -> String? in
            let count = findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)"
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    // MARK: for programs

    static func value(_ outcome: ScanOutcome) -> Value {
        let target = outcome.target
        var report: Value = [
            "schema": "waybill-scan/1", "target": .string(target.target.description),
            "kind": .string(target.target.kind),
            "name": .string(target.name), "version": Value(target.version),
            "recognised": .bool(target.inventory.recognised),
            "examined": [
                "files": .integer(target.examined.files), "layers": .integer(target.examined.layers),
                "unpackedBytes": .integer(target.examined.unpackedBytes),
                "packageLists": .array(target.inventory.files.map(Value.string)),
            ],
            "packages": .array(target.inventory.packages.map(package)),
            "findings": .array(outcome.findings.map(finding)),
        ]
        if let system = target.inventory.operatingSystem {
            report["operatingSystem"] = ["id": .string(system.id), "version": Value(system.version)]
        }
        if let count = outcome.advisoryCount { report["advisories"] = .integer(count) }
        return report
    }

    private static func package(_ package: Package) -> Value {
        var value: Value = [
            "ecosystem": .string(package.ecosystem.description), "name": .string(package.name),
            "version": .string(package.version), "purl": Value(package.purl?.description),
        ]
        if let source = package.source {
            value["source"] = ["name": .string(source.name), "version": .string(source.version)]
        }
        if let isDirect = package.isDirect { value["direct"] = .bool(isDirect) }
        if package.isDevelopment { value["development"] = true }
        if package.isThirdParty { value["thirdParty"] = true }
        if let owner = package.owner { value["owner"] = .string(owner) }
        if !package.dependencies.isEmpty { value["dependsOn"] = .array(package.dependencies.map(Value.string)) }
        if !package.licences.isEmpty { value["licences"] = .array(package.licences.map(Value.string)) }
        if let location = package.place.location {
            value["file"] = .string(location.file)
            if let line = location.line { value["line"] = .integer(line) }
        }
        if let layer = package.place.layer { value["layer"] = .string(layer.description) }
        return value
    }

    private static func finding(_ finding: Finding) -> Value {
        var value = finding.value
        value["fingerprint"] = .string(ScanReportFile.fingerprint(of: finding))
        return value
    }
}
