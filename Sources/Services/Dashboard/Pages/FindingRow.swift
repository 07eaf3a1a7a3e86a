import Documents
import WaybillCore

/// A violation or a warning as a line of a table.
struct FindingRow {
    let rule: String
    let severity: Badge
    let place: String
    let message: String
    let evidence: String?
    let remedy: String?
    let fixedVersion: String?

    init(_ finding: Finding) {
        rule = finding.rule
        let kind: Badge.Kind = finding.severity >= .high ? .bad : finding.severity == .medium ? .wait : .off
        severity = Badge(kind, finding.severity.rawValue)
        place = finding.place.description
        message = finding.message
        // What was seen of a secret is the secret.
        evidence = finding.kind == .secret ? nil : finding.evidence
        remedy = finding.remedy
        fixedVersion = finding.fixedVersion
    }

    static func rows(_ findings: [Finding]) -> [FindingRow] {
        findings.sorted(by: Finding.inReadingOrder).map(FindingRow.init)
    }

    static func findings(_ value: Value?) -> [Finding] { (value?.array ?? []).compactMap { Finding($0) } }
}
