import Advisories
public import Documents
import Packages
public import WaybillCore

/// Our own JSON: everything a report knows, with stable keys.
public enum JSONReport {
    public static func value(_ report: ScanReport) -> Value {
        let ecosystems = Set(report.packages.map(\.ecosystem.name))
        var data: Value = [
            "snapshot": Value(report.data.snapshot), "records": .integer(report.data.records),
            "imported": .object(
                Object(
                    report.data.imported.sorted { $0.key < $1.key }.map {
                        ($0.key, .string(ReportText.moment($0.value)))
                    })),
        ]
        data["ageDays"] = report.data.ageDays(of: ecosystems, at: report.moment).map(Value.integer) ?? .null
        return [
            "schema": "https://waybill.dev/schema/scan/v1", "subject": subject(report.subject), "data": data,
            "examined": [
                "packages": .integer(report.packages.count), "files": .integer(report.filesExamined),
                "layers": .integer(report.layersExamined), "ecosystems": .array(ecosystems.sorted().map(Value.string)),
            ],
            "notExamined": .array(report.gaps.sorted(by: Finding.inReadingOrder).map(\.value)),
            "vulnerabilities": .array(report.matches.sorted(by: ScanReport.inOrder).map(value)),
            "findings": .array(report.findings.sorted(by: Finding.inReadingOrder).map(\.value)),
            "suppressed": .array(report.suppressed.map(value)),
        ]
    }

    static func subject(_ subject: ScanReport.Subject) -> Value {
        var value: Value = ["kind": .string(subject.kind.rawValue), "name": .string(subject.name)]
        if let digest = subject.digest { value["digest"] = .string(digest.description) }
        if let commit = subject.commit { value["commit"] = .string(commit) }
        if let system = subject.operatingSystem {
            value["operatingSystem"] = [
                "family": .string(system.family), "version": .string(system.version),
                "endOfLife": .bool(system.isEndOfLife),
            ]
        }
        return value
    }

    private static func value(_ match: Match) -> Value {
        var value = match.finding.value
        value["summary"] = .string(match.advisory.summary)
        value["state"] = Value(match.fixedVersion == nil ? match.state ?? "affected" : "fixed")
        if let score = match.advisory.score { value["score"] = .number(Number(score)) }
        value["severitySource"] = Value(match.advisory.severitySource)
        value["ratings"] = .array(
            match.advisory.ratings.map { rating in
                var value: Value = ["source": .string(rating.source), "severity": .string(rating.severity.rawValue)]
                if let score = rating.score { value["score"] = .number(Number(score)) }
                if let vector = rating.vector {
                    value["vector"] = .string(vector)
                    if let cvss = CVSS(vector: vector) { value["method"] = .string("CVSS \(cvss.version)") }
                }
                return value
            })
        if let facts = match.exploitation {
            value["exploitation"] = [
                "knownSince": Value(facts.knownSince), "dueDate": Value(facts.dueDate),
                "ransom": .bool(facts.isUsedForRansom),
                "probability": facts.probability.map { .number(Number($0)) } ?? .null,
                "percentile": facts.percentile.map { .number(Number($0)) } ?? .null,
            ]
        }
        return value
    }

    private static func value(_ entry: SuppressedFinding) -> Value {
        [
            "finding": entry.finding.value, "status": .string(entry.suppression.status.rawValue),
            "reason": .string(entry.suppression.reason), "owner": .string(entry.suppression.owner),
            "expires": Value(entry.suppression.expires), "source": .string(entry.suppression.source),
        ]
    }
}

/// What a change adds: the findings that an earlier report does not have.
public enum ReportComparison {
    /// Names a finding across versions of a package: the rule, the package without its version, the file.
    private static func name(_ finding: Value) -> String {
        let package = finding["package"]?.string ?? ""
        let plain = package.split(separator: "@", maxSplits: 1).first.map(String.init) ?? package
        return [finding["rule"]?.string ?? "", plain, finding["file"]?.string ?? "", finding["object"]?.string ?? ""]
            .joined(separator: "\u{0}")
    }

    /// - Parameters:
    ///   - earlier: a report in our own JSON. Throws `.invalidInput` for another document.
    ///   - file: where the earlier report stands.
    public static func new(
        in report: ScanReport, since earlier: Value, file: String = "--new-since"
    ) throws(WaybillError) -> ScanReport {
        guard earlier["schema"]?.string == "https://waybill.dev/schema/scan/v1" else {
            throw WaybillError(
                .invalidInput, "is no report of a scan", subject: file,
                remedy: "make it with: waybill scan TARGET --output json")
        }
        var known: [String: Int] = [:]
        for key in ["vulnerabilities", "findings"] {
            for finding in earlier[key]?.array ?? [] { known[name(finding), default: 0] += 1 }
        }
        // One that stood there twice and stands there three times now is one more.
        func isNew(_ finding: Finding) -> Bool {
            let name = name(finding.value)
            guard let count = known[name], count > 0 else { return true }
            known[name] = count - 1
            return false
        }
        var result = report
        result.matches = report.matches.sorted(by: ScanReport.inOrder).filter { isNew($0.finding) }
        result.findings = report.findings.sorted(by: Finding.inReadingOrder).filter(isNew)
        return result
    }
}
