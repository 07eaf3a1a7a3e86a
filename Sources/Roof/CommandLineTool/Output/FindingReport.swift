import WaybillCore

/// Findings as people and programs read them.
enum FindingReport {
    static func text(_ findings: [Finding]) -> String {
        findings.sorted(by: Finding.inReadingOrder).map { finding in
            var lines = ["\(finding.severity.rawValue): \(finding.message)  [\(finding.rule)]"]
            let place = finding.place.description
            if !place.isEmpty { lines.append("  where  \(place)") }
            if let evidence = finding.evidence { lines.append("  seen   \(evidence)") }
            if let remedy = finding.remedy { lines.append("  try    \(remedy)") }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
