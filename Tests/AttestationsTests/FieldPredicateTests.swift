import Attestations
import Documents
import Testing
import WaybillCore

/// Predicates that other tools write too.
struct FieldPredicateTests {
    static let now = Timestamp(seconds: 1_795_262_400)

    @Test func `provenance of the older form survives writing, and its facts are found in the newer words`() throws {
        let old = Provenance02(
            builderID: "https://b.example", buildType: "make", invocation: ["parameters": ["a": 1]],
            buildConfig: ["steps": []], materials: [ResourceDescriptor(uri: "git+https://x", digest: ["sha1": "ab"])],
            invocationID: "7", started: Self.now, finished: Self.now, completeness: ["parameters": true],
            isReproducible: false)
        #expect(try Provenance02(old.value) == old)
        #expect(old.modern.commits == ["ab"])
        #expect(old.modern.builderID == "https://b.example")
    }

    @Test func `each predicate of the field survives writing`() throws {
        let scan = CosignVulnerabilityScan(
            invocationURI: "i", scannerURI: "s", scannerVersion: "1", databaseURI: "d", databaseVersion: "2",
            report: ["Results": []], started: Self.now, finished: Self.now)
        #expect(try CosignVulnerabilityScan(scan.value) == scan)
        let link = LinkReport(
            name: "build", command: ["make"], materials: [ResourceDescriptor(name: "a", digest: ["sha256": "0"])],
            byproducts: ["return-value": 0], environment: ["A": "b"])
        #expect(try LinkReport(link.value) == link)
        let release = ReleaseReport(purl: "pkg:npm/cart@1", releaseID: "9")
        #expect(try ReleaseReport(release.value) == release)
        let exception = ExceptionReport(
            rule: "WB-K8S-001", owner: "a@x", reason: "later", accepted: Self.now,
            expires: Timestamp(seconds: Self.now.seconds + 1))
        #expect(try ExceptionReport(exception.value) == exception)
        let part = ResourceDescriptor(name: "n", content: [1, 2], downloadLocation: "https://x")
        #expect(part.value["content"]?.string == "AQI=")
    }

    @Test(
        arguments: [
            ("release", ["purl": "npm/cart"] as Value), ("release", [:]),
            (
                "exception",
                [
                    "rule": "r", "owner": "o", "reason": "", "acceptedOn": "2026-01-01T00:00:00Z",
                    "expires": "2027-01-01T00:00:00Z",
                ]
            ),
            (
                "exception",
                [
                    "rule": "r", "owner": "o", "reason": "x", "acceptedOn": "2026-01-01T00:00:00Z",
                    "expires": "2026-01-01T00:00:00Z",
                ]
            ),
            ("link", ["name": 7]), ("provenance", ["builder": ["id": ""], "buildType": "b"]),
            ("scan", ["scanner": ["uri": "s"], "metadata": ["scanFinishedOn": "2026-01-01T00:00:00Z"]]),
        ] as [(String, Value)])
    func `a predicate that is not whole is refused`(_ kind: String, _ value: Value) {
        #expect(throws: WaybillError.self) {
            switch kind {
            case "release": _ = try ReleaseReport(value)
            case "exception": _ = try ExceptionReport(value)
            case "link": _ = try LinkReport(value)
            case "scan": _ = try CosignVulnerabilityScan(value)
            default: _ = try Provenance02(value)
            }
        }
    }

    @Test func `a bill of materials keeps its document, wrapped or not`() throws {
        let document: Value = ["bomFormat": "CycloneDX", "specVersion": "1.6", "strange": ["kept": true]]
        let plain = try BillOfMaterials(document, type: PredicateType.cycloneDX)
        #expect(plain.document == document)
        #expect(plain.version == "1.6")
        let wrapped = try BillOfMaterials(["Data": .string(JSONWriter.string(document))], type: PredicateType.cycloneDX)
        #expect(wrapped.document == document)
        let spdx = try BillOfMaterials(["spdxVersion": "SPDX-2.3"], type: "\(PredicateType.spdx)/v2.3")
        #expect(spdx.format == .spdx)
        #expect(throws: WaybillError.self) { try BillOfMaterials(document, type: PredicateType.spdx) }
        #expect(throws: WaybillError.self) { try BillOfMaterials(document, type: "https://example.org/other") }
    }

    @Test func `a source summary names one commit and one level`() throws {
        func summary(_ levels: [String]) -> VerificationSummary {
            VerificationSummary(
                verifierID: "v", time: Self.now, resourceURI: "git+https://x", policy: ResourceDescriptor(uri: "p"),
                outcome: .passed, levels: levels)
        }
        let whole = SourceVerificationSummary(
            summary: summary(["SLSA_SOURCE_LEVEL_3", "ORG_SOURCE_TESTED"]), references: ["refs/heads/main"],
            commit: "ab")
        let read = try SourceVerificationSummary(Statement(parsing: whole.statement.bytes))
        #expect(read == whole)
        #expect(read.level == 3)
        for levels in [[], ["SLSA_SOURCE_LEVEL_1", "SLSA_SOURCE_LEVEL_2"]] {
            let wrong = SourceVerificationSummary(summary: summary(levels), references: [], commit: "ab")
            #expect(throws: WaybillError.self) { try SourceVerificationSummary(wrong.statement) }
        }
    }

    @Test func `an unknown predicate passes untouched`() throws {
        let predicate: Value = ["z": [1, "ü", nil], "a": ["deep": [true]]]
        let statement = Statement(
            subjects: [.init(name: "n", digest: ["sha256": "00"])], predicateType: "https://example.org/new/v7",
            predicate: predicate)
        #expect(try Statement(parsing: statement.bytes).predicate == predicate)
    }
}
