import Advisories
import Documents
import Inventory
import Packages
import Rego
import Reports
import Testing
import WaybillCore

/// What readers of each form rely on, as small schemas; the published ones are held against in the conformance runs.
struct FormTests {
    struct Form: Sendable, CustomTestStringConvertible {
        var name: String
        var schema: Value
        var document: @Sendable (ScanReport) -> Value
        var testDescription: String { name }
    }

    private static let text: Value = ["type": "string", "minLength": 1]
    private static let digest: Value = ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]
    private static let moment: Value = ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"]

    private static func list(of item: Value) -> Value { ["type": "array", "minItems": 1, "items": item] }
    private static func object(_ required: [String], _ properties: Value) -> Value {
        ["type": "object", "required": .array(required.map(Value.string)), "properties": properties]
    }

    static let forms: [Form] = [
        Form(
            name: "SARIF",
            schema: object(
                ["$schema", "version", "runs"],
                [
                    "version": ["const": "2.1.0"],
                    "runs": list(
                        of: object(
                            ["tool", "results"],
                            [
                                "tool": object(
                                    ["driver"], ["driver": object(["name", "version", "rules"], ["name": text])]),
                                "results": list(
                                    of: object(
                                        ["ruleId", "message", "level"],
                                        ["level": ["enum": ["none", "note", "warning", "error"]]])),
                            ])),
                ]),
            document: SARIFReport.value),
        Form(
            name: "CycloneDX",
            schema: object(
                ["bomFormat", "specVersion", "serialNumber", "components", "vulnerabilities"],
                [
                    "bomFormat": ["const": "CycloneDX"], "specVersion": ["const": "1.6"],
                    "serialNumber": [
                        "type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
                    ],
                    "components": list(of: object(["type", "name", "bom-ref"], ["name": text])),
                    "vulnerabilities": list(
                        of: object(
                            ["id", "affects"],
                            ["id": text, "affects": list(of: object(["ref"], ["ref": text])), "published": moment])),
                ]),
            document: { report in
                CycloneDXVulnerabilities.adding(
                    report,
                    to: CycloneDX.document(
                        for: InventoryResult(packages: report.packages, recognised: true),
                        subject: .init(kind: .container, name: "shop/cart", version: "1.4")))
            }),
        Form(
            name: "SPDX",
            schema: object(
                ["spdxVersion", "SPDXID", "name", "documentNamespace", "creationInfo", "packages"],
                [
                    "spdxVersion": ["const": "SPDX-2.3"], "SPDXID": ["const": "SPDXRef-DOCUMENT"],
                    "creationInfo": object(["created", "creators"], ["created": moment]),
                    "packages": list(
                        of: object(
                            ["SPDXID", "name", "downloadLocation"],
                            ["SPDXID": ["type": "string", "pattern": "^SPDXRef-[A-Za-z0-9.-]+$"]])),
                ]),
            document: { report in
                SPDXVulnerabilities.adding(
                    report,
                    to: SPDX.document(
                        for: InventoryResult(packages: report.packages, recognised: true),
                        subject: .init(kind: .container, name: "shop/cart", version: "1.4")))
            }),
        Form(
            name: "Trivy",
            schema: object(
                ["SchemaVersion", "ArtifactName", "ArtifactType", "Results"],
                [
                    "SchemaVersion": ["const": 2], "ArtifactName": text,
                    "Results": list(
                        of: object(
                            ["Target", "Class"],
                            [
                                "Vulnerabilities": list(
                                    of: object(
                                        ["VulnerabilityID", "PkgName", "InstalledVersion", "Severity"],
                                        ["Severity": ["enum": ["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"]]]))
                            ])),
                ]),
            document: TrivyReport.value),
        Form(
            name: "GitHub",
            schema: object(
                ["version", "sha", "ref", "job", "detector", "scanned", "manifests"],
                [
                    "version": ["const": 0], "scanned": moment, "sha": ["const": "abc"],
                    "job": object(["id", "correlator"], [:]),
                    "manifests": [
                        "type": "object", "minProperties": 1,
                        "additionalProperties": object(
                            ["name", "resolved"],
                            [
                                "resolved": [
                                    "type": "object",
                                    "additionalProperties": object(
                                        ["package_url"],
                                        [
                                            "package_url": ["type": "string", "pattern": "^pkg:"],
                                            "relationship": ["enum": ["direct", "indirect"]],
                                            "scope": ["enum": ["runtime", "development"]],
                                        ]),
                                ]
                            ]),
                    ],
                ]),
            document: {
                GitHubSnapshot.value(
                    $0, job: .init(reference: "refs/heads/main", correlator: "c", id: "1", commit: "abc"))
            }),
        Form(
            name: "vulns",
            schema: object(
                ["scanner", "metadata"],
                [
                    "scanner": object(
                        ["uri", "version", "result"], ["result": list(of: object(["id"], ["id": text]))]),
                    "metadata": object(["scanStartedOn"], ["scanStartedOn": moment]),
                ]),
            document: VulnsPredicate.value),
    ]

    @Test(arguments: forms)
    func `a report has what readers of its form rely on`(_ form: Form) throws {
        let schema = try DocumentSchema(form.schema)
        #expect(schema.problems(in: form.document(sampleReport())) == [])
    }

    @Test func `two versions of a package are two entries of a snapshot`() throws {
        var report = sampleReport()
        report.packages.append(
            Package(ecosystem: .npm, name: "lodash", version: "3.0.0", place: .file("app/package-lock.json", line: 30)))
        let snapshot = GitHubSnapshot.value(report, job: .init(reference: "r", correlator: "c", id: "1"))
        let resolved = snapshot["manifests"]?["app/package-lock.json"]?["resolved"]?.object
        #expect(resolved?.map(\.key).sorted() == ["left-pad", "lodash", "lodash@4.17.20"])
    }
}
