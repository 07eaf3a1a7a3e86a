import Advisories
import Documents
import Inventory
import OCI
import Packages
import Rego
import Reports
import WaybillCore

/// What we write held against the published schema of its form: reports about every lockfile and bill of materials of the
/// suites beside, and records in OSV's form. Documents that the publishers give as examples show that the check itself
/// says yes.
enum SchemasSuite {
    private struct Form: Sendable {
        var name: String
        var schema: String
        var others: [String] = []
        var document: @Sendable (InventoryResult, ScanReport) -> Value
    }

    private static let forms: [Form] = [
        Form(
            name: "CycloneDX 1.6", schema: "cyclonedx-bom-1.6.schema.json",
            others: ["spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"]
        ) { CycloneDXVulnerabilities.adding($1, to: CycloneDX.document(for: $0, subject: subject)) },
        Form(name: "SPDX 2.3", schema: "spdx-2.3.schema.json") {
            SPDXVulnerabilities.adding($1, to: SPDX.document(for: $0, subject: subject))
        },
        Form(name: "SARIF 2.1.0", schema: "sarif-2.1.0.schema.json") { SARIFReport.value($1) },
    ]

    private static let subject = InventorySubject(kind: .container, name: "shop/cart", version: "1.4")

    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        func add(_ name: String, _ category: String, _ problems: () throws -> [String]) {
            if let filter, !name.contains(filter), !category.contains(filter) { return }
            let outcome: SuiteReport.Result.Outcome
            do {
                let problems = try problems()
                outcome = problems.isEmpty ? .passed : .failed(problems.prefix(3).joined(separator: "; "))
            } catch {
                outcome = .failed("\(error)")
            }
            report.results.append(.init(name: name, category: category, outcome: outcome))
        }

        let inventories = inventories(beside: directory)
        for form in forms {
            let schema: DocumentSchema
            do {
                schema = try self.schema(form.schema, form.others, directory)
            } catch {
                add(form.schema, form.name) { throw error }
                continue
            }
            for (name, inventory) in inventories {
                let scan = scan(inventory)
                add(name, form.name) { schema.problems(in: form.document(inventory, scan)) }
            }
        }
        add("spdx-2.3.example.json", "examples") {
            try schema("spdx-2.3.schema.json", [], directory).problems(
                in: SuiteFiles.json("\(directory)/spdx-2.3.example.json") ?? .null)
        }
        records(directory, add)
        return report
    }

    private static func schema(
        _ name: String, _ others: [String], _ directory: String
    ) throws(WaybillError) -> DocumentSchema {
        func read(_ name: String) throws(WaybillError) -> Value {
            guard let value = SuiteFiles.json("\(directory)/\(name)") else {
                throw WaybillError(.notFound, "the schema cannot be read", subject: name)
            }
            return value
        }
        var documents: [Value] = []
        for other in others { documents.append(try read(other)) }
        return try DocumentSchema(try read(name), with: documents)
    }

    /// Records of every kind that advisories come in, as we serve them.
    private static func records(_ directory: String, _ add: (String, String, () throws -> [String]) -> Void) {
        let archives = "\(directory)/../../advisories"
        for name in SuiteFiles.names(in: archives) where name.hasSuffix(".tar.gz") {
            add(name, "OSV") {
                let schema = try schema("osv.schema.json", [], directory)
                let batch = try AdvisoryImporter.batch(from: SuiteFiles.bytes("\(archives)/\(name)"), file: name)
                var problems: [String] = []
                // Every tenth: an archive's records are alike.
                for (index, advisory) in batch.advisories.enumerated() where index.isMultiple(of: 10) {
                    problems += schema.problems(in: OSVWriter.value(of: advisory)).map { "\(advisory.id): \($0)" }
                    if problems.count > 3 { break }
                }
                return problems
            }
        }
    }

    // MARK: what reports are made of

    private static func inventories(beside directory: String) -> [(name: String, inventory: InventoryResult)] {
        var result: [(name: String, inventory: InventoryResult)] = []
        let locks = "\(directory)/../lockfiles/osv-scalibr"
        for test in SuiteFiles.json("\(locks)/expected.json")?.array ?? [] {
            guard let file = test["file"]?.string, let format = test["format"]?.string,
                let name = LockfilesSuite.names[format]
            else { continue }
            let bytes = SuiteFiles.bytes("\(locks)/\(file)")
            result.append(
                (
                    file,
                    InventoryScanner.scan(
                        FileTree([FileEntry(path: name, kind: .file, size: bytes.count, contents: bytes)]), mode: .all)
                ))
        }
        let boms = "\(directory)/../cyclonedx/1.6"
        for file in SuiteFiles.names(in: boms) where file.hasPrefix("valid-") {
            if let read = try? SBOM.inventory(from: SuiteFiles.bytes("\(boms)/\(file)"), file: file) {
                result.append((file, read))
            }
        }
        return result
    }

    /// A report in which every second package has a weakness, a secret lies in a file, and one finding is suppressed.
    private static func scan(_ inventory: InventoryResult) -> ScanReport {
        var matches: [Match] = []
        for (number, package) in inventory.packages.enumerated() where number.isMultiple(of: 2) {
            var advisory = Advisory(
                id: "GHSA-0000-0000-\(number)", aliases: ["CVE-2024-\(1000 + number)"],
                summary: "Text with <marks>, \"quotes\" and ümlauts", severity: .high, score: 7.2,
                published: number.isMultiple(of: 3) ? nil : "2021-05-06T16:05:51Z",
                modified: "2024-04-17T00:00:00.123Z",
                references: ["https://example.org/a b", "not a link", "https://example.org/1"])
            advisory.weaknesses = ["CWE-77", "not a number"]
            advisory.ratings = [
                .init(source: "GHSA", severity: .high),
                .init(
                    source: "CVSS_V3", severity: .high, score: 7.2,
                    vector: "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"),
                .init(
                    source: "CVSS_V4", severity: .critical, score: 9.3,
                    vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
                .init(source: "CVSS_V2", severity: .medium, score: 5, vector: "AV:N/AC:L/Au:N/C:P/I:N/A:N"),
            ]
            matches.append(
                Match(package: package, advisory: advisory, fixedVersion: number.isMultiple(of: 4) ? "9.9.9" : nil))
        }
        let secret = Finding(
            rule: "WB-SECRET-aws-access-key-id", kind: .secret, severity: .critical, message: "an AWS key",
            place: Place(location: SourceLocation(file: "app/a b.env", position: Position(line: 3, column: 1))),
            evidence: "AKIA… (20 characters)", remedy: "revoke it")
        var suppressed: [SuppressedFinding] = []
        if let first = matches.first {
            suppressed.append(
                SuppressedFinding(
                    finding: first.finding,
                    suppression: Suppression(
                        rules: [first.advisory.rule], reason: "not reachable", owner: "team@shop",
                        expires: "2030-01-01", source: ".trivyignore:1")))
        }
        return ScanReport(
            subject: .init(
                kind: .image, name: "shop/cart:1.4", digest: .sha256(of: [1]), references: ["shop/cart:1.4"],
                operatingSystem: .init(family: "alpine", version: "3.19.1")),
            packages: inventory.packages, matches: matches, findings: [secret], suppressed: suppressed,
            gaps: inventory.problems, data: .init(snapshot: "sha256:ab", imported: ["npm": 1_700_000_000_000]),
            filesExamined: 12, layersExamined: 2, moment: 1_700_600_000_000, programVersion: "1.0.0")
    }
}
