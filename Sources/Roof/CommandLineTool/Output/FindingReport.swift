import Documents
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

    static func value(_ finding: Finding) -> Value {
        var value: Value = [
            "rule": .string(finding.rule), "kind": .string(finding.kind.rawValue),
            "severity": .string(finding.severity.rawValue), "message": .string(finding.message),
        ]
        if !finding.aliases.isEmpty { value["aliases"] = .array(finding.aliases.map(Value.string)) }
        if let location = finding.place.location {
            value["file"] = .string(location.file)
            if let line = location.line { value["line"] = .integer(line) }
            if let column = location.column { value["column"] = .integer(column) }
        }
        if let layer = finding.place.layer { value["layer"] = .string(layer.description) }
        if let package = finding.place.package { value["package"] = .string(package) }
        if let object = finding.place.object { value["object"] = .string(object) }
        if let field = finding.place.field { value["field"] = .string(field) }
        if let evidence = finding.evidence { value["evidence"] = .string(evidence) }
        if let remedy = finding.remedy { value["remedy"] = .string(remedy) }
        if let fixed = finding.fixedVersion { value["fixedVersion"] = .string(fixed) }
        return value
    }

    static func value(_ verdict: Verdict) -> Value {
        [
            "gate": .string(verdict.gate.rawValue), "subject": .string(verdict.subject),
            "verdict": .string(verdict.word),
            "violations": .array(verdict.violations.sorted(by: Finding.inReadingOrder).map(value)),
            "warnings": .array(verdict.warnings.sorted(by: Finding.inReadingOrder).map(value)),
        ]
    }
}
