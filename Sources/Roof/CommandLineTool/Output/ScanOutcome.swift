import Documents
import Files
import Inventory
import Packages
import ScanService
import WaybillCore

/// All that a scan found out: what every form of report is made of.
struct ScanOutcome: Sendable {
    var target: TargetInventory
    /// In reading order.
    var findings: [Finding] = []
    /// Findings of this severity and above make the answer no; nil for none.
    var threshold: Severity?
    /// Nothing was recognised: that nothing was found means nothing.
    var isUnknown = false
    /// Records that packages were held against; nil where none were asked for.
    var advisoryCount: Int?

    init(target: TargetInventory) { self.target = target }

    var isDenied: Bool {
        guard let threshold else { return false }
        return findings.contains { $0.severity >= threshold }
    }

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
        if advisoryCount == 0, !target.inventory.packages.isEmpty {
            notes.append("warning: there are no advisories to hold the packages against")
            notes.append("  try    waybill advisories import FOLDER, or --advisories FOLDER")
        }
        return notes
    }
}

/// An earlier report in our JSON, for what is new since.
struct ScanReportFile {
    private let known: Set<String>

    init(path: String) throws(WaybillError) {
        let root: Value
        do {
            root = try JSONReader.value(from: try Files.read(path))
        } catch let error as DocumentError {
            throw error.inFile(path)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: path, cause: error)
        }
        guard let findings = root["findings"]?.array else {
            throw WaybillError(
                .invalidInput, "is no report of waybill scan", subject: path,
                remedy: "write one with --output json --output-file FILE")
        }
        known = Set(findings.compactMap { $0["fingerprint"]?.string })
    }

    func new(among findings: [Finding]) -> [Finding] { findings.filter { !known.contains(Self.fingerprint(of: $0)) } }

    /// The same for a finding whose line moved.
    static func fingerprint(of finding: Finding) -> String {
        let place = finding.place
        let package = place.package ?? ""
        let parts = [
            finding.rule, package, place.location?.file ?? "", place.object ?? "", place.field ?? "",
            package.isEmpty ? finding.evidence ?? "" : "",
        ]
        return Digest.sha256(of: Array(parts.joined(separator: "\u{0}").utf8)).short
    }
}
