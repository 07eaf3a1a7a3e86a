import Advisories
import Documents
import Packages
import Reports
import Testing
import WaybillCore

/// A report with something of everything.
func sampleReport() -> ScanReport {
    let lodash = Package(
        ecosystem: .npm, name: "lodash", version: "4.17.20", place: .file("app/package-lock.json", line: 12),
        isDirect: true)
    let musl = Package(
        ecosystem: .alpine("v3.19"), name: "musl", version: "1.2.4-r2",
        source: .init(name: "musl", version: "1.2.4-r2"), architecture: "x86_64", licences: ["MIT"])
    let clean = Package(
        ecosystem: .npm, name: "left-pad", version: "1.3.0", place: .file("app/package-lock.json", line: 20))
    var advisory = Advisory(
        id: "GHSA-35jh-r3h4-6jhm", aliases: ["CVE-2021-23337"], summary: "Command <injection> & more", severity: .high,
        score: 7.2, published: "2021-05-06T16:05:51Z", modified: "2024-04-17T00:00:00Z",
        references: ["https://nvd.nist.gov/vuln/detail/CVE-2021-23337", "not a link"])
    advisory.details = "Long text."
    advisory.weaknesses = ["CWE-77"]
    advisory.ratings = [
        .init(source: "CVSS_V3", severity: .high, score: 7.2, vector: "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H")
    ]
    let other = Advisory(id: "ALPINE-CVE-2025-1", aliases: ["CVE-2025-1"], modified: "2025-01-01")
    let matches = [
        Match(
            package: lodash, advisory: advisory, fixedVersion: "4.17.21",
            exploitation: Exploitation(knownSince: "2022-01-01", probability: 0.25)),
        Match(package: musl, advisory: other, fixedVersion: nil, state: "will_not_fix"),
    ]
    let secret = Finding(
        rule: "WB-SECRET-aws", kind: .secret, severity: .critical, message: "an AWS key",
        place: .file("app/a b.env", line: 3),
        evidence: "AKIA… (20 characters)")
    let suppressed = SuppressedFinding(
        finding: Finding(rule: "CVE-2020-1", kind: .vulnerability, severity: .low, message: "old", place: lodash.place),
        suppression: Suppression(
            rules: ["CVE-2020-1"], reason: "not reachable", owner: "team@shop", expires: "2030-01-01",
            source: ".trivyignore:1"))
    let gap = Finding(
        rule: "WB-SCAN-010", kind: .configuration, severity: .medium, message: "there is no advisory data for Hex",
        place: Place(object: "Hex"), remedy: "import it")
    return ScanReport(
        subject: .init(
            kind: .image, name: "shop/cart:1.4", digest: .sha256(of: [1]), commit: nil, references: ["shop/cart:1.4"],
            operatingSystem: .init(family: "alpine", version: "3.19.1", isEndOfLife: true)),
        packages: [lodash, musl, clean], matches: matches, findings: [secret], suppressed: [suppressed], gaps: [gap],
        data: .init(
            snapshot: "sha256:ab", imported: ["npm": 1_700_000_000_000, "Alpine": 1_690_000_000_000], records: 9),
        filesExamined: 12, layersExamined: 2, moment: 1_700_600_000_000, programVersion: "1.0.0")
}

struct ReportsTests {
    @Test func `equal input gives equal bytes, in whatever order it came`() {
        var shuffled = sampleReport()
        shuffled.packages.reverse()
        shuffled.matches.reverse()
        let report = sampleReport()
        #expect(JSONWriter.bytes(JSONReport.value(report)) == JSONWriter.bytes(JSONReport.value(shuffled)))
        #expect(JSONWriter.bytes(SARIFReport.value(report)) == JSONWriter.bytes(SARIFReport.value(shuffled)))
        #expect(JSONWriter.bytes(TrivyReport.value(report)) == JSONWriter.bytes(TrivyReport.value(shuffled)))
        #expect(JUnitReport.text(report) == JUnitReport.text(shuffled))
        #expect(TableReport.text(report) == TableReport.text(shuffled))
    }

    @Test func `a table says what was examined, with which data and what was not judged`() {
        let text = TableReport.text(sampleReport(), showsSuppressed: true)
        let wanted = """
            shop/cart:1.4  sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a
            system    alpine 3.19.1, not repaired by its maker any more
            examined  3 packages in 2 layers, 12 files
            data      9 records, sha256:ab, 122 days old
            found     1 high, 1 unknown

            shop/cart:1.4 (alpine 3.19.1): 1 package, 1 finding
            PACKAGE  ADVISORY    SEVERITY  INSTALLED  FIXED IN      TITLE
            musl     CVE-2025-1  unknown   1.2.4-r2   will_not_fix

            app/package-lock.json: 2 packages, 1 finding
            PACKAGE  ADVISORY                   SEVERITY  INSTALLED  FIXED IN  TITLE
            lodash   CVE-2021-23337 (attacked)  high      4.17.20    4.17.21   Command <injection> & more

            1 other finding
            critical: an AWS key  [WB-SECRET-aws]
              where  app/a b.env:3:1

            not judged:
              there is no advisory data for Hex  [WB-SCAN-010]
                try  import it

            suppressed:
            ADVISORY    PACKAGE                 STATUS    BY         UNTIL       WHY            WHERE
            CVE-2020-1  pkg:npm/lodash@4.17.20  accepted  team@shop  2030-01-01  not reachable  .trivyignore:1

            """
        #expect(text == wanted)
    }

    @Test func `programs find what they need under stable keys`() {
        let json = JSONReport.value(sampleReport())
        #expect(json["data"]?["ageDays"]?.integer == 122)
        #expect(json["vulnerabilities"]?[1]?["exploitation"]?["knownSince"]?.string == "2022-01-01")
        #expect(json["suppressed"]?[0]?["owner"]?.string == "team@shop")
        #expect(json["notExamined"]?[0]?["rule"]?.string == "WB-SCAN-010")
        let trivy = TrivyReport.value(sampleReport())
        let first = trivy["Results"]?[0]
        #expect(
            first?["Class"]?.string == "os-pkgs" && first?["Vulnerabilities"]?[0]?["Status"]?.string == "will_not_fix")
        #expect(trivy["Results"]?[1]?["Type"]?.string == "npm")
        #expect(trivy["Metadata"]?["OS"]?["EOSL"]?.bool == true)
        let sarif = SARIFReport.value(sampleReport())["runs"]?[0]
        #expect(
            sarif?["results"]?[0]?["locations"]?[0]?["physicalLocation"]?["artifactLocation"]?["uri"]?.string
                == "app/a%20b.env")
        #expect(sarif?["results"]?.array?.last?["suppressions"]?[0]?["kind"]?.string == "external")
        let junit = JUnitReport.text(sampleReport())
        #expect(junit.contains("Command &lt;injection&gt; &amp; more") && junit.contains("tests=\"5\" failures=\"4\""))
        let vulns = VulnsPredicate.value(sampleReport())
        #expect(vulns["scanner"]?["db"]?["lastUpdate"]?.string == "2023-07-22T04:26:40Z")
    }

    @Test func `weaknesses go to the components of a bill of materials`() {
        let bill: Value = [
            "bomFormat": "CycloneDX", "specVersion": "1.6",
            "components": [["type": "library", "name": "lodash", "bom-ref": "l", "purl": "pkg:npm/lodash@4.17.20"]],
        ]
        let document = CycloneDXVulnerabilities.adding(sampleReport(), to: bill)
        let first = document["vulnerabilities"]?[0]
        #expect(first?["id"]?.string == "CVE-2021-23337" && first?["affects"]?[0]?["ref"]?.string == "l")
        #expect(first?["advisories"]?.array?.count == 1)
        // A component that the bill lacks is added, so that no reference leads nowhere.
        #expect(document["components"]?.array?.count == 2)
        let spdx: Value = [
            "packages": [
                [
                    "name": "lodash",
                    "externalRefs": [["referenceType": "purl", "referenceLocator": "pkg:npm/lodash@4.17.20"]],
                ]
            ]
        ]
        let added = SPDXVulnerabilities.adding(sampleReport(), to: spdx)["packages"]?[0]?["externalRefs"]?[1]
        #expect(added?["referenceType"]?.string == "advisory")
    }

    @Test func `what a change adds is what the earlier report does not have`() throws {
        let report = sampleReport()
        let earlier = JSONReport.value(report)
        #expect(try ReportComparison.new(in: report, since: earlier).matches.isEmpty)
        var more = report
        more.matches.append(
            Match(package: report.packages[2], advisory: Advisory(id: "CVE-9"), fixedVersion: nil))
        // The same weakness in a higher version of the same package is not new.
        more.matches[0].package.version = "4.17.19"
        more.matches[0].package.place.package = more.matches[0].package.purl?.description
        #expect(try ReportComparison.new(in: more, since: earlier).matches.map(\.advisory.id) == ["CVE-9"])
        #expect(throws: WaybillError.self) { try ReportComparison.new(in: report, since: ["a": 1]) }
    }

    @Test func `a threshold counts what is not known`() {
        var report = sampleReport()
        #expect(ReportFilter(failOn: .critical).fails(report))
        report.findings = []
        #expect(ReportFilter(failOn: .critical).fails(report), "a severity that is not known may be any")
        report.matches.removeLast()
        #expect(!ReportFilter(failOn: .critical).fails(report) && ReportFilter(failOn: .high).fails(report))
        #expect(!ReportFilter().fails(report))
        #expect(ReportFilter(onlyFixed: true).apply(to: sampleReport()).matches.count == 1)
    }
}
