import WaybillCore

/// A refusal as the person who pushed reads it, after `remote: `.
enum Refusal {
    static let findingsMax = 20

    static func text(_ verdicts: [(reference: String, verdict: Verdict)]) -> String {
        var lines: [String] = []
        for (reference, verdict) in verdicts where !verdict.isAllowed {
            lines.append("waybill refused \(reference):")
            for finding in verdict.violations.prefix(findingsMax) {
                lines.append("  \(finding.rule) \(finding.message)")
                if let evidence = finding.evidence { lines.append("    because: \(evidence)") }
                if let remedy = finding.remedy, !remedy.isEmpty { lines.append("    try: \(remedy)") }
            }
            let more = verdict.violations.count - findingsMax
            if more > 0 { lines.append("  and \(more) more") }
        }
        return lines.joined(separator: "\n")
    }

    /// We could not find out: closed as well, and said so.
    static func text(_ error: WaybillError) -> String {
        var lines = ["waybill could not judge this push, so it is refused:", "  \(error.subject): \(error.message)"]
        if let remedy = error.remedy { lines.append("    try: \(remedy)") }
        return lines.joined(separator: "\n")
    }
}
