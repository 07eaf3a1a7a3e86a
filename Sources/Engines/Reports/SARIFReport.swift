public import Advisories
public import Documents
import Packages
public import WaybillCore

/// SARIF 2.1.0, which code hosts show beside the lines.
public enum SARIFReport {
    public static func value(_ report: ScanReport) -> Value {
        value(
            report.allFindings, version: report.programVersion, subject: report.subject.name,
            suppressed: report.suppressed, scores: scores(report),
            properties: [
                "advisories": Value(report.data.snapshot), "packagesExamined": .integer(report.packages.count),
            ])
    }

    private static func scores(_ report: ScanReport) -> [String: Double] {
        report.matches.reduce(into: [:]) { scores, match in
            if let score = match.advisory.score {
                scores[match.advisory.rule] = max(scores[match.advisory.rule] ?? 0, score)
            }
        }
    }

    public static func value(
        _ findings: [Finding], version: String, subject: String = ".", suppressed: [SuppressedFinding] = [],
        scores: [String: Double] = [:], properties: Value = .null
    ) -> Value {
        let findings = findings.sorted(by: Finding.inReadingOrder)
        var rules: [Value] = []
        var numbers: [String: Int] = [:]
        for finding in findings + suppressed.map(\.finding) where numbers[finding.rule] == nil {
            numbers[finding.rule] = rules.count
            rules.append(rule(finding, scores[finding.rule]))
        }
        var results = findings.map { result($0, numbers, subject) }
        for entry in suppressed {
            var result = result(entry.finding, numbers, subject)
            result["suppressions"] = [
                [
                    "kind": "external", "status": "accepted",
                    "justification": .string(
                        [entry.suppression.reason, entry.suppression.owner, entry.suppression.source]
                            .filter { !$0.isEmpty }.joined(separator: "; ")),
                ]
            ]
            results.append(result)
        }
        var run: Value = [
            "tool": [
                "driver": [
                    "name": "waybill", "version": .string(version), "informationUri": "https://waybill.dev",
                    "rules": .array(rules),
                ]
            ],
            "columnKind": "utf16CodeUnits", "results": .array(results),
        ]
        if !properties.isNull { run["properties"] = properties }
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
        ]
    }

    private static func rule(_ finding: Finding, _ score: Double?) -> Value {
        var properties: Value = ["tags": [.string(finding.kind.rawValue), "security"]]
        // GitHub sorts by this number.
        properties["security-severity"] = .string("\(score ?? defaultScore(finding.severity))")
        var rule: Value = [
            "id": .string(finding.rule), "name": .string(finding.kind.rawValue),
            "shortDescription": ["text": .string(finding.message)],
            "defaultConfiguration": ["level": .string(level(finding.severity))], "properties": properties,
        ]
        if finding.rule.hasPrefix("CVE-") {
            rule["helpUri"] = .string("https://nvd.nist.gov/vuln/detail/\(finding.rule)")
        }
        if let remedy = finding.remedy { rule["help"] = ["text": .string(remedy)] }
        return rule
    }

    private static func result(_ finding: Finding, _ numbers: [String: Int], _ subject: String) -> Value {
        var message = finding.message
        if let remedy = finding.remedy { message += ". \(remedy)" }
        // Every result has a place: without a file it is what was scanned.
        var physical: Value = [
            "artifactLocation": ["uri": .string(uri(finding.place.location?.file ?? subject))]
        ]
        let position = finding.place.location?.position
        physical["region"] = [
            "startLine": .integer(max(position?.line ?? 1, 1)), "startColumn": .integer(max(position?.column ?? 1, 1)),
        ]
        var location: Value = ["physicalLocation": physical]
        if let package = finding.place.package { location["message"] = ["text": .string(package)] }
        let fingerprint = [
            finding.rule, finding.place.package ?? "", finding.place.location?.file ?? "",
            finding.place.object ?? "", finding.place.field ?? "",
        ].joined(separator: "\n")
        return [
            "ruleId": .string(finding.rule), "ruleIndex": .integer(numbers[finding.rule] ?? 0),
            "level": .string(level(finding.severity)), "message": ["text": .string(message)], "locations": [location],
            "partialFingerprints": [
                "waybill/v1": .string(String(Digest.sha256(of: Array(fingerprint.utf8)).hex.prefix(32)))
            ],
        ]
    }

    /// A relative URI: what has a meaning in one is encoded.
    private static func uri(_ path: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/@+=,;!$&'()*".utf8)
        var text = ""
        for byte in path.utf8 {
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + Hex.encode([byte]).uppercased()
            }
        }
        while text.hasPrefix("/") { text.removeFirst() }
        return text.isEmpty ? "." : text
    }

    private static func level(_ severity: Severity) -> String {
        switch severity {
        case .critical, .high: "error"
        case .medium, .unknown: "warning"
        case .low, .info: "note"
        }
    }

    private static func defaultScore(_ severity: Severity) -> Double {
        switch severity {
        case .critical: 9.5
        case .high: 8.0
        case .medium, .unknown: 5.5
        case .low: 2.0
        case .info: 0.0
        }
    }
}
