import Advisories
public import Documents
import Packages
import WaybillCore

/// Trivy's JSON (schema version 2), for the dashboards that read it.
public enum TrivyReport {
    public static func value(_ report: ScanReport) -> Value {
        var value: Value = [
            "SchemaVersion": 2, "Trivy": ["Version": .string("waybill-\(report.programVersion)")],
            "CreatedAt": .string(ReportText.moment(report.moment)), "ArtifactName": .string(report.subject.name),
            "ArtifactType": .string(artifactType(report.subject.kind)), "Metadata": metadata(report),
        ]
        if let digest = report.subject.digest { value["ArtifactID"] = .string(digest.description) }
        var results = report.groups.map { result($0, report) }
        results += findingResults(report)
        value["Results"] = .array(results)
        return value
    }

    private static func artifactType(_ kind: ScanReport.Subject.Kind) -> String {
        switch kind {
        case .image: "container_image"
        case .filesystem: "filesystem"
        case .repository: "repository"
        case .sbom: "cyclonedx"
        }
    }

    private static func metadata(_ report: ScanReport) -> Value {
        var value: Value = [:]
        if let system = report.subject.operatingSystem {
            var os: Value = ["Family": .string(system.family), "Name": .string(system.version)]
            if system.isEndOfLife { os["EOSL"] = true }
            value["OS"] = os
        }
        if let digest = report.subject.digest, report.subject.kind == .image {
            value["ImageID"] = .string(digest.description)
        }
        if let commit = report.subject.commit { value["Commit"] = .string(commit) }
        let tags = report.subject.references.filter { !$0.contains("@") }
        let digests = report.subject.references.filter { $0.contains("@") }
        if !tags.isEmpty { value["RepoTags"] = .array(tags.map(Value.string)) }
        if !digests.isEmpty { value["RepoDigests"] = .array(digests.map(Value.string)) }
        return value
    }

    private static func result(_ group: ScanReport.Group, _ report: ScanReport) -> Value {
        var value: Value = [
            "Target": .string(group.target), "Class": .string(group.isOperatingSystem ? "os-pkgs" : "lang-pkgs"),
            "Type": .string(type(group)),
        ]
        value["Packages"] = .array(group.packages.map(package))
        if !group.matches.isEmpty { value["Vulnerabilities"] = .array(group.matches.map(vulnerability)) }
        let here = report.suppressed.filter { entry in
            group.packages.contains {
                $0.purl?.description == entry.finding.place.package && $0.place == entry.finding.place
            }
        }
        if !here.isEmpty { value["ExperimentalModifiedFindings"] = .array(here.map(modified)) }
        return value
    }

    private static func type(_ group: ScanReport.Group) -> String {
        if group.isOperatingSystem { return group.ecosystem.name.lowercased().split(separator: " ").joined() }
        let file = group.target.split(separator: "/").last.map(String.init) ?? ""
        let byFile: [String: String] = [
            "package-lock.json": "npm", "yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm", "bun.lock": "bun",
            "requirements.txt": "pip", "Pipfile.lock": "pipenv", "poetry.lock": "poetry", "uv.lock": "uv",
            "go.mod": "gomod", "Cargo.lock": "cargo", "composer.lock": "composer", "Gemfile.lock": "bundler",
            "pom.xml": "pom", "gradle.lockfile": "gradle", "packages.lock.json": "nuget", "packages.config": "nuget",
            "conan.lock": "conan", "mix.lock": "hex", "pubspec.lock": "pub", "Podfile.lock": "cocoapods",
            "Package.resolved": "swift", "Manifest.toml": "julia",
        ]
        return byFile[file] ?? group.ecosystem.purlType ?? group.ecosystem.name.lowercased()
    }

    private static func package(_ package: Package) -> Value {
        var value: Value = [
            "ID": .string("\(package.name)@\(package.version)"), "Name": .string(package.name),
            "Identifier": identifier(package), "Version": .string(package.version),
        ]
        if let architecture = package.architecture { value["Arch"] = .string(architecture) }
        if let source = package.source {
            value["SrcName"] = .string(source.name)
            value["SrcVersion"] = .string(source.version)
        }
        if !package.licences.isEmpty { value["Licenses"] = .array(package.licences.map(Value.string)) }
        if package.isDevelopment { value["Dev"] = true }
        if let isDirect = package.isDirect { value["Relationship"] = .string(isDirect ? "direct" : "indirect") }
        if let layer = package.place.layer { value["Layer"] = ["DiffID": .string(layer.description)] }
        if let line = package.place.location?.line {
            value["Locations"] = [["StartLine": .integer(line), "EndLine": .integer(line)]]
        }
        return value
    }

    private static func identifier(_ package: Package) -> Value {
        var value: Value = [:]
        if let purl = package.purl { value["PURL"] = .string(purl.description) }
        let text = "\(package.purl?.description ?? package.name) \(package.place)"
        value["UID"] = .string(String(Digest.sha256(of: Array(text.utf8)).hex.prefix(16)))
        return value
    }

    private static func vulnerability(_ match: Match) -> Value {
        let advisory = match.advisory
        var value: Value = [
            "VulnerabilityID": .string(advisory.rule),
            "PkgID": .string("\(match.package.name)@\(match.package.version)"),
            "PkgName": .string(match.package.name), "PkgIdentifier": identifier(match.package),
            "InstalledVersion": .string(match.package.version),
        ]
        if let fixed = match.fixedVersion { value["FixedVersion"] = .string(fixed) }
        value["Status"] = .string(match.fixedVersion == nil ? match.state ?? "affected" : "fixed")
        if let layer = match.package.place.layer { value["Layer"] = ["DiffID": .string(layer.description)] }
        let vendors = advisory.names.filter { $0 != advisory.rule }.sorted()
        if !vendors.isEmpty { value["VendorIDs"] = .array(vendors.map(Value.string)) }
        if let source = advisory.severitySource {
            value["SeveritySource"] = .string(self.source(source))
        }
        if let link = primary(advisory) { value["PrimaryURL"] = .string(link) }
        if !advisory.summary.isEmpty { value["Title"] = .string(advisory.summary) }
        if !advisory.details.isEmpty { value["Description"] = .string(advisory.details) }
        value["Severity"] = .string(word(advisory.severity))
        if !advisory.weaknesses.isEmpty { value["CweIDs"] = .array(advisory.weaknesses.map(Value.string)) }
        addRatings(advisory, &value)
        if !advisory.references.isEmpty { value["References"] = .array(advisory.references.map(Value.string)) }
        if let published = advisory.published { value["PublishedDate"] = .string(published) }
        if !advisory.modified.isEmpty { value["LastModifiedDate"] = .string(advisory.modified) }
        return value
    }

    private static func addRatings(_ advisory: Advisory, _ value: inout Value) {
        var severities: [String: Int] = [:]
        var scores: [String: Value] = [:]
        for rating in advisory.ratings {
            let source = source(rating.source)
            severities[source] = max(severities[source] ?? 0, number(rating.severity))
            guard let score = rating.score else { continue }
            let version = rating.vector.flatMap { CVSS(vector: $0)?.version } ?? 3
            let prefix = version == 4 ? "V40" : "V\(version)"
            var entry = scores[source] ?? [:]
            if let vector = rating.vector { entry["\(prefix)Vector"] = .string(vector) }
            entry["\(prefix)Score"] = .number(Number(score))
            scores[source] = entry
        }
        if !severities.isEmpty {
            value["VendorSeverity"] = .object(
                Object(severities.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }))
        }
        if !scores.isEmpty {
            value["CVSS"] = .object(Object(scores.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        }
    }

    private static func source(_ name: String) -> String {
        // As dashboards know them; others keep their own names.
        switch name {
        case "RubySec": "ruby-advisory-db"
        case "NSWG", "Node.js": "nodejs-security-wg"
        case "ALSA", "ALBA", "ALEA": "alma"
        case "RLSA": "rocky"
        case "RHSA", "Red_Hat": "redhat"
        case "USN", "UBUNTU", "Ubuntu": "ubuntu"
        case "BIT": "bitnami"
        default: name.lowercased()
        }
    }

    private static func primary(_ advisory: Advisory) -> String? {
        if advisory.rule.hasPrefix("CVE-") { return "https://nvd.nist.gov/vuln/detail/\(advisory.rule)" }
        if advisory.rule.hasPrefix("GHSA-") { return "https://github.com/advisories/\(advisory.rule)" }
        return advisory.references.first
    }

    private static func modified(_ entry: SuppressedFinding) -> Value {
        [
            "Type": "vulnerability",
            "Status": .string(entry.suppression.status == .accepted ? "ignored" : entry.suppression.status.rawValue),
            "Statement": .string(entry.suppression.reason), "Source": .string(entry.suppression.source),
            "Finding": [
                "VulnerabilityID": .string(entry.finding.rule),
                "PkgIdentifier": ["PURL": Value(entry.finding.place.package)],
                "Severity": .string(word(entry.finding.severity)),
            ],
        ]
    }

    /// Secrets and misconfigurations, by file.
    private static func findingResults(_ report: ScanReport) -> [Value] {
        let byFile = Dictionary(grouping: report.findings.sorted(by: Finding.inReadingOrder)) { finding in
            finding.place.location?.file ?? finding.place.object ?? report.subject.name
        }
        return byFile.sorted { $0.key < $1.key }.flatMap { file, findings -> [Value] in
            var results: [Value] = []
            let secrets = findings.filter { $0.kind == .secret }
            if !secrets.isEmpty {
                results.append(["Target": .string(file), "Class": "secret", "Secrets": .array(secrets.map(secret))])
            }
            let others = findings.filter { [.posture, .dockerfile, .configuration, .policy].contains($0.kind) }
            if !others.isEmpty {
                results.append([
                    "Target": .string(file), "Class": "config",
                    "Type": .string(others[0].kind == .dockerfile ? "dockerfile" : "kubernetes"),
                    "MisconfSummary": ["Successes": 0, "Failures": .integer(others.count)],
                    "Misconfigurations": .array(others.map(misconfiguration)),
                ])
            }
            return results
        }
    }

    private static func secret(_ finding: Finding) -> Value {
        let line = finding.place.location?.line ?? 0
        return [
            "RuleID": .string(finding.rule), "Category": "General", "Severity": .string(word(finding.severity)),
            "Title": .string(finding.message), "StartLine": .integer(line), "EndLine": .integer(line),
            "Match": .string(finding.evidence ?? ""),
        ]
    }

    private static func misconfiguration(_ finding: Finding) -> Value {
        let line = finding.place.location?.line ?? 0
        return [
            "Type": .string(finding.kind.rawValue), "ID": .string(finding.rule), "Title": .string(finding.message),
            "Message": .string(finding.message), "Resolution": .string(finding.remedy ?? ""),
            "Severity": .string(word(finding.severity)), "Status": "FAIL",
            "CauseMetadata": ["StartLine": .integer(line), "EndLine": .integer(line)],
        ]
    }

    private static func word(_ severity: Severity) -> String {
        severity == .info ? "LOW" : severity.rawValue.uppercased()
    }

    private static func number(_ severity: Severity) -> Int {
        switch severity {
        case .unknown: 0
        case .info, .low: 1
        case .medium: 2
        case .high: 3
        case .critical: 4
        }
    }
}
