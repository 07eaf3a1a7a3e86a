import Documents
import MetadataFilters
import Testing

struct MetadataFilterTests {
    static let document: Value = [
        "kind": "VULNERABILITY", "resourceUri": "https://registry.example/shop/cart@sha256:9f",
        "createTime": "2026-11-21T12:00:00.250Z", "noteId": "CVE-2021-44228",
        "vulnerability": [
            "severity": "HIGH", "cvssScore": 7.5, "fixAvailable": true,
            "packageIssue": [
                ["affectedPackage": "openssl", "fixedVersion": ["kind": "NORMAL", "epoch": 1]],
                ["affectedPackage": "zlib", "fileLocation": [["filePath": "/lib/libz.so"]]],
            ],
        ],
        "labels": ["team": "shop", "empty": ""], "longNumber": "12345678901", "duration": "90.5s",
    ]

    @Test(arguments: [
        ("", true),
        (#"kind="VULNERABILITY""#, true), ("kind=BUILD", false), ("kind:VULNERABILITY", true), ("kind:VULN", false),
        ("vulnerability.severity=HIGH AND vulnerability.cvss_score>7", true), ("vulnerability.cvssScore<7.5", false),
        ("vulnerability.cvssScore <= 7.5", true), ("vulnerability.fixAvailable=true", true),
        ("vulnerability.fixAvailable=false", false), ("vulnerability.shortDescription=\"\"", true),
        ("vulnerability.packageIssue.affectedPackage=zlib", true),
        ("vulnerability.packageIssue.affectedPackage=curl", false),
        ("vulnerability.packageIssue.affectedPackage!=curl", true),
        ("vulnerability.packageIssue[1].affectedPackage=zlib", true),
        ("vulnerability.packageIssue[7].affectedPackage=zlib", false),
        ("vulnerability.packageIssue.fileLocation.filePath=\"/lib/*\"", true),
        ("vulnerability.packageIssue.fixedVersion.epoch=1", true),
        ("resourceUri=\"https://registry.example/*\"", true), ("resourceUri=\"*/cart@*:9f\"", true),
        ("resourceUri=\"*/basket@*\"", false), ("resourceUri:\"SHOP/cart\"", true),
        ("createTime>\"2026-11-21T12:00:00Z\"", true), ("createTime>=\"2026-11-21T13:00:00.25+01:00\"", true),
        ("createTime<\"2026-11-21T12:00:00.25Z\"", false), ("createTime<timestamp(\"2027-01-01T00:00:00Z\")", true),
        ("duration>duration(\"1m30s\")", true), ("duration>\"90s\"", true),
        ("labels:team", true), ("labels:owner", false), ("labels.team=shop", true), ("labels[\"team\"]=shop", true),
        ("labels.team:*", true), ("labels.empty:*", false), ("remediation:*", false), ("longNumber>12345678900", true),
        ("NOT kind=BUILD", true), ("-kind=VULNERABILITY", false), ("kind=BUILD OR kind=VULNERABILITY", true),
        ("openssl", true), ("OPENSSL zlib", true), ("openssl curl", false), ("\"cart@sha256\"", true),
        ("has_prefix(resourceUri, \"https://registry.example\")", true), ("resourceUri.endsWith(\":9f\")", true),
        ("contains(noteId, \"2021\")", true), ("contains(noteId, \"2022\")", false),
        ("vulnerability.packageIssue:*", true), ("analysis=ANALYSIS_UNSPECIFIED", true), ("count<1", true),
    ])
    func `a filter takes the message or leaves it`(_ text: String, _ isTaken: Bool) throws {
        let filter = try MetadataFilter(text) { $0 }
        #expect(filter.matches(Self.document) == isTaken)
    }

    @Test(arguments: [
        ("unknown=1", 1), ("size(kind)=1", 5), ("nothing(kind, \"x\")", 8), ("has_prefix(kind)", 11),
        ("\"kind\"=\"x\"", 1), ("createTime>timestamp(\"yesterday\")", 22),
    ])
    func `what means nothing is an error with its place`(_ text: String, _ column: Int) {
        do throws(FilterError) {
            _ = try MetadataFilter(text) { $0 == FieldPath("unknown") ? nil : $0 }
            Issue.record("was read")
        } catch {
            #expect(error.problems.first.map { error.place(of: $0).column } == column, "\(error)")
        }
    }

    static let columns = FilterNarrowing.Columns(resource: FieldPath("resourceUri"))

    @Test func `equalities and times that must hold are left to the store`() throws {
        let filter = try MetadataFilter(
            #"""
            kind="BUILD" AND (resourceUri="a" OR resourceUri="b") AND noteProjectId="p" AND noteId="n" \#
            AND createTime>="2026-11-21T00:00:00Z" AND createTime<"2026-11-22T00:00:00.5Z" AND openssl
            """#.replacing("\n", with: "")
        ) { $0 }
        let narrowing = FilterNarrowing(filter, columns: Self.columns)
        #expect(narrowing.kinds == ["BUILD"])
        #expect(narrowing.resources == ["a", "b"])
        #expect(narrowing.notes == ["projects/p/notes/n"])
        #expect(narrowing.createdFrom == 1_795_219_200_000)
        #expect(narrowing.createdBefore == 1_795_305_600_501)
    }

    @Test(arguments: [
        "kind=BUILD OR resourceUri=a", "NOT kind=BUILD", "resourceUri=\"a*\"", "kind!=BUILD", "kind",
        "createTime>\"soon\"",
    ])
    func `what need not hold narrows nothing`(_ text: String) throws {
        let narrowing = FilterNarrowing(try MetadataFilter(text) { $0 }, columns: Self.columns)
        #expect(narrowing.kinds == nil && narrowing.resources == nil && narrowing.createdFrom == nil)
    }

    @Test func `contradictions leave nothing`() throws {
        let filter = try MetadataFilter("kind=BUILD AND kind=IMAGE") { $0 }
        #expect(FilterNarrowing(filter, columns: Self.columns).kinds == [])
    }
}
