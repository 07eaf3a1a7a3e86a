import Advisories
public import Documents
import Packages
import WaybillCore

/// JUnit XML: each package is a test, each advisory that it falls under a failure of it.
public enum JUnitReport {
    public static func text(_ report: ScanReport) -> String {
        var suites: [String] = []
        var all = (tests: 0, failures: 0)
        func suite(_ name: String, _ tests: [(name: String, group: String, failure: (type: String, text: String)?)]) {
            let failures = tests.count { $0.failure != nil }
            all.tests += tests.count
            all.failures += failures
            var lines = [
                "  <testsuite tests=\"\(tests.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\" name=\"\(ReportText.xml(name))\">"
            ]
            if let snapshot = report.data.snapshot {
                lines.append("    <properties>")
                lines.append("      <property name=\"advisories\" value=\"\(ReportText.xml(snapshot))\"/>")
                lines.append("    </properties>")
            }
            for test in tests {
                let head =
                    "    <testcase classname=\"\(ReportText.xml(test.group))\" name=\"\(ReportText.xml(test.name))\""
                if let failure = test.failure {
                    lines.append(head + ">")
                    lines.append(
                        "      <failure message=\"\(ReportText.xml(failure.type))\" type=\"description\">\(ReportText.xml(failure.text))</failure>"
                    )
                    lines.append("    </testcase>")
                } else {
                    lines.append(head + "/>")
                }
            }
            lines.append("  </testsuite>")
            suites.append(lines.joined(separator: "\n"))
        }
        for group in report.groups {
            var tests: [(name: String, group: String, failure: (type: String, text: String)?)] = []
            let weak = Set(group.matches.map(\.package))
            for package in group.packages where !weak.contains(package) {
                tests.append((package.version, package.name, nil))
            }
            for match in group.matches {
                let finding = match.finding
                tests.append(
                    (
                        "[\(finding.severity.rawValue.uppercased())] \(finding.rule)",
                        "\(match.package.name)-\(match.package.version)",
                        (finding.message, [finding.message, finding.remedy].compactMap { $0 }.joined(separator: "\n"))
                    ))
            }
            suite(group.target, tests)
        }
        let others = (report.findings + report.gaps).sorted(by: Finding.inReadingOrder)
        if !others.isEmpty {
            suite(
                report.subject.name,
                others.map { finding in
                    (
                        "[\(finding.severity.rawValue.uppercased())] \(finding.rule)", finding.place.description,
                        (finding.message, [finding.message, finding.remedy].compactMap { $0 }.joined(separator: "\n"))
                    )
                })
        }
        return
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"waybill\" tests=\"\(all.tests)\" failures=\"\(all.failures)\">\n"
            + suites.joined(separator: "\n") + (suites.isEmpty ? "" : "\n") + "</testsuites>\n"
    }
}

/// GitHub's dependency snapshot: what a commit depends on, for the host's own graph.
public enum GitHubSnapshot {
    /// What only the job that runs the scan knows.
    public struct Job: Hashable, Sendable {
        public var reference: String
        public var correlator: String
        public var id: String
        /// Where what was scanned does not know its own.
        public var commit: String?
        public init(reference: String, correlator: String, id: String, commit: String? = nil) {
            self.reference = reference
            self.correlator = correlator
            self.id = id
            self.commit = commit
        }
    }

    public static func value(_ report: ScanReport, job: Job) -> Value {
        var manifests: [(key: String, value: Value)] = []
        for group in report.groups {
            var resolved: [(key: String, value: Value)] = []
            var names: Set<String> = []
            for package in group.packages {
                guard let purl = package.purl else { continue }
                var entry: Value = [
                    "package_url": .string(purl.description),
                    "relationship": .string(package.isDirect == false ? "indirect" : "direct"),
                    "scope": .string(package.isDevelopment ? "development" : "runtime"),
                ]
                if let line = package.place.location?.line { entry["metadata"] = ["waybill:line": .string("\(line)")] }
                // A lockfile may hold one package in several versions.
                resolved.append((names.insert(package.name).inserted ? package.name : package.identifier, entry))
            }
            var manifest: Value = [
                "name": .string(group.isOperatingSystem ? group.ecosystem.name.lowercased() : group.target),
                "resolved": .object(Object(resolved)),
            ]
            if !group.isOperatingSystem { manifest["file"] = ["source_location": .string(group.target)] }
            manifests.append((group.target, manifest))
        }
        return [
            "version": 0,
            "detector": ["name": "waybill", "version": .string(report.programVersion), "url": "https://waybill.dev"],
            "metadata": ["waybill:advisories": .string(report.data.snapshot ?? "none")],
            "ref": .string(job.reference), "sha": .string(report.subject.commit ?? job.commit ?? ""),
            "job": ["correlator": .string(job.correlator), "id": .string(job.id)],
            "scanned": .string(ReportText.moment(report.moment)), "manifests": .object(Object(manifests)),
        ]
    }
}

/// The predicate of in-toto's vulnerability statement, v0.2.
public enum VulnsPredicate {
    public static func value(_ report: ScanReport) -> Value {
        var results: [Value] = []
        for match in report.matches.sorted(by: ScanReport.inOrder) {
            var severities: [Value] = match.advisory.ratings.map { rating in
                [
                    "method": .string(rating.source),
                    "score": .string(rating.vector ?? rating.score.map { "\($0)" } ?? rating.severity.rawValue),
                ]
            }
            if severities.isEmpty {
                severities = [["method": "waybill", "score": .string(match.advisory.severity.rawValue)]]
            }
            var annotation: Value = ["package": .string(match.package.purl?.description ?? match.package.name)]
            if let fixed = match.fixedVersion { annotation["fixedVersion"] = .string(fixed) }
            results.append([
                "id": .string(match.advisory.rule), "severity": .array(severities), "annotations": [annotation],
            ])
        }
        let ecosystems = Set(report.packages.map(\.ecosystem.name))
        var data: Value = [
            "uri": "https://waybill.dev/advisories", "version": .string(report.data.snapshot ?? "none"),
        ]
        if let oldest = ecosystems.compactMap({ report.data.imported[$0] }).min() {
            data["lastUpdate"] = .string(ReportText.moment(oldest))
        }
        return [
            "scanner": [
                "uri": "https://waybill.dev/scanner", "version": .string(report.programVersion),
                "db": data,
                "result": .array(results),
            ],
            "metadata": [
                "scanStartedOn": .string(ReportText.moment(report.moment)),
                "scanFinishedOn": .string(ReportText.moment(report.moment)),
            ],
        ]
    }
}

/// What SPDX 2.3 says about weaknesses: references of a package to security advisories.
public enum SPDXVulnerabilities {
    /// The document with references; packages are found by their package URL.
    public static func adding(_ report: ScanReport, to document: Value) -> Value {
        var byPackage: [String: [Match]] = [:]
        for match in report.matches { byPackage[match.package.purl?.description ?? "", default: []].append(match) }
        var document = document
        document["packages"] = .array(
            (document["packages"]?.array ?? []).map { package in
                let references = package["externalRefs"]?.array ?? []
                let purl = references.first { $0["referenceType"]?.string == "purl" }?["referenceLocator"]?.string
                guard let purl, let matches = byPackage[purl] else { return package }
                var seen: Set<String> = []
                let added: [Value] = matches.sorted(by: ScanReport.inOrder).compactMap { match in
                    guard seen.insert(match.advisory.rule).inserted else { return nil }
                    let link =
                        match.advisory.references.first(where: CycloneDXVulnerabilities.isLink)
                        ?? "https://osv.dev/vulnerability/\(match.advisory.rule)"
                    return [
                        "referenceCategory": "SECURITY", "referenceType": "advisory", "referenceLocator": .string(link),
                        "comment": .string(
                            "\(match.advisory.rule), \(match.advisory.severity.rawValue)"
                                + (match.fixedVersion.map { ", fixed in \($0)" } ?? "")),
                    ]
                }
                var package = package
                package["externalRefs"] = .array(references + added)
                return package
            })
        return document
    }
}
