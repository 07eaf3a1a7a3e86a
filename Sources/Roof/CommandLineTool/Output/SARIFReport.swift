import Documents
import WaybillCore

/// Findings as SARIF 2.1.0, which code hosts show beside the lines.
enum SARIFReport {
    static func value(_ findings: [Finding], version: String) -> Value {
        let findings = findings.sorted(by: Finding.inReadingOrder)
        var rules: [Value] = []
        var seen = Set<String>()
        for finding in findings where seen.insert(finding.rule).inserted {
            var rule: Value = [
                "id": .string(finding.rule), "shortDescription": ["text": .string(finding.message)],
                "properties": ["tags": [.string(finding.kind.rawValue)]],
            ]
            if let remedy = finding.remedy { rule["help"] = ["text": .string(remedy)] }
            rules.append(rule)
        }
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "waybill", "version": .string(version), "informationUri": "https://waybill.dev",
                            "rules": .array(rules),
                        ]
                    ],
                    "results": .array(findings.map(result)),
                ]
            ],
        ]
    }

    private static func result(_ finding: Finding) -> Value {
        var message = finding.message
        if let remedy = finding.remedy { message += ". \(remedy)" }
        var result: Value = [
            "ruleId": .string(finding.rule), "level": .string(level(finding.severity)),
            "message": ["text": .string(message)],
        ]
        if let location = finding.place.location {
            var physical: Value = ["artifactLocation": ["uri": .string(location.file)]]
            if let position = location.position {
                physical["region"] = [
                    "startLine": .integer(position.line), "startColumn": .integer(position.column),
                ]
            }
            result["locations"] = [["physicalLocation": physical]]
        }
        return result
    }

    private static func level(_ severity: Severity) -> String {
        switch severity {
        case .critical, .high: "error"
        case .medium, .unknown: "warning"
        case .low, .info: "note"
        }
    }
}
