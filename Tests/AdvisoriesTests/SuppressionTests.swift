import Advisories
import Packages
import Testing
import WaybillCore

private func finding(_ rule: String, _ purl: String, file: String? = nil, kind: Finding.Kind = .vulnerability)
    -> Finding
{
    Finding(
        rule: rule, kind: kind, severity: .high, message: "m",
        place: Place(location: file.map { SourceLocation(file: $0, line: 1) }, package: purl), aliases: ["GHSA-\(rule)"]
    )
}

private func kept(
    _ suppressions: [Suppression], _ findings: [Finding], day: String = "2026-01-15", product: [String] = []
)
    -> [String]
{
    SuppressionList(suppressions).apply(to: findings, on: day, product: product).kept.map(\.rule)
}

struct SuppressionTests {
    private func ignore(_ text: String, _ file: String = ".trivyignore") throws -> [Suppression] {
        try IgnoreFiles.suppressions(from: Array(text.utf8), file: file)
    }

    @Test func `an ignore file names ids, days and reasons`() throws {
        let list = try ignore("# not reachable\nCVE-1\n\nCVE-2 exp:2026-01-14 # soon\nGHSA-CVE-3 exp:2026-01-15\n")
        #expect(list.map(\.reason) == ["not reachable", "soon", ""])
        let findings = ["CVE-1", "CVE-2", "CVE-3", "CVE-4"].map { finding($0, "pkg:npm/a@1") }
        // The second has expired: it counts as absent. The third counts on its last day, and by an alias.
        #expect(kept(list, findings) == ["CVE-2", "CVE-4"])
        #expect(SuppressionList(list).expired(on: "2026-01-15").map(\.rules) == [["CVE-2"]])
    }

    @Test func `entries in YAML are bound to kinds, paths and packages`() throws {
        let text = """
            vulnerabilities:
              - {id: CVE-1, purls: ["pkg:npm/a"], statement: known}
              - {id: CVE-2, paths: ["app/**/lock.json"]}
            secrets:
              - {id: WB-1, paths: ["*.env"]}
            exceptions:
              - {rule: CVE-9, owner: team@shop, reason: until the release, expires: 2026-03-31}
            """
        let list = try ignore(text, ".trivyignore.yaml")
        let findings = [
            finding("CVE-1", "pkg:npm/a@1"), finding("CVE-1", "pkg:npm/b@1"),
            finding("CVE-2", "pkg:npm/a@1", file: "app/x/y/lock.json"),
            finding("CVE-2", "pkg:npm/a@1", file: "app/lock.json"), finding("CVE-2", "pkg:npm/a@1", file: "lock.json"),
            finding("WB-1", "", file: "a.env", kind: .secret), finding("WB-1", "", file: "d/a.env", kind: .secret),
            finding("WB-1", "", file: "a.env"), finding("CVE-9", "pkg:npm/a@1"),
        ]
        let result = SuppressionList(list).apply(to: findings, on: "2026-01-15")
        #expect(
            result.kept.map { "\($0.rule) \($0.place.location?.file ?? $0.place.package ?? "")" }
                == ["CVE-1 pkg:npm/b@1", "CVE-2 lock.json", "WB-1 d/a.env", "WB-1 a.env"])
        #expect(result.suppressed.last?.suppression.owner == "team@shop")
    }

    @Test(arguments: [
        (".trivyignore", "CVE-1 expires tomorrow"), (".trivyignore", "CVE-1 exp:2026-13-01"),
        ("a.yaml", "vulnerabilities: [{id: CVE-1, until: 2026-01-01}]"), ("a.yaml", "exceptions: [{rule: CVE-1}]"),
        ("a.yaml", "weaknesses: []"), ("a.yaml", "vulnerabilities: [{id: CVE-1, purls: [banana]}]"),
    ])
    func `what is not understood is refused: it would suppress nothing, or too much`(_ file: String, _ text: String) {
        #expect(throws: WaybillError.self) { try ignore(text, file) }
    }

    @Test func `OpenVEX: the last word about a product counts, and only soundness takes a finding away`() throws {
        let text = """
            {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "maker", "timestamp": "2026-01-01T00:00:00Z",
             "version": 1, "statements": [
              {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:oci/cart", "subcomponents": [{"@id": "pkg:npm/a"}]}],
               "status": "not_affected", "justification": "vulnerable_code_not_present"},
              {"vulnerability": {"name": "CVE-2"}, "products": [{"@id": "pkg:npm/a@1"}], "status": "fixed"},
              {"vulnerability": {"name": "CVE-3"}, "products": [{"@id": "pkg:npm/a@1"}], "status": "under_investigation"},
              {"vulnerability": {"name": "CVE-4"}, "products": [{"@id": "pkg:npm/a@1"}], "status": "not_affected"},
              {"vulnerability": {"name": "CVE-4"}, "products": [{"@id": "pkg:npm/a@1"}], "status": "affected",
               "timestamp": "2026-01-02T00:00:00Z"}]}
            """
        let list = try VEXReader.suppressions(from: Array(text.utf8), file: "vex.json")
        let findings = ["CVE-1", "CVE-2", "CVE-3", "CVE-4"].map { finding($0, "pkg:npm/a@1") }
        #expect(kept(list, findings, product: ["pkg:oci/cart@sha256%3Aab"]) == ["CVE-3", "CVE-4"])
        #expect(kept(list, findings, product: ["pkg:oci/other"]) == ["CVE-1", "CVE-3", "CVE-4"])
        #expect(kept(list, [finding("CVE-2", "pkg:npm/a@2")]) == ["CVE-2"])
        #expect(list.first?.owner == "maker" && list.first?.reason == "vulnerable_code_not_present")
    }

    @Test func `CSAF: products are found through the tree and through relationships`() throws {
        let text = """
            {"document": {"category": "csaf_vex", "publisher": {"name": "Red Hat"}},
             "product_tree": {"branches": [{"category": "vendor", "name": "v", "branches": [
                {"category": "product_version", "name": "a", "product": {"name": "a", "product_id": "A",
                 "product_identification_helper": {"purl": "pkg:rpm/redhat/a@1"}}}]}],
               "relationships": [{"category": "default_component_of", "full_product_name": {"name": "x", "product_id": "R:A"},
                 "product_reference": "A", "relates_to_product_reference": "R"}]},
             "vulnerabilities": [{"cve": "CVE-1", "product_status": {"known_not_affected": ["R:A"], "known_affected": ["A"]},
               "flags": [{"label": "component_not_present", "product_ids": ["R:A"]}]}]}
            """
        let list = try VEXReader.suppressions(from: Array(text.utf8), file: "csaf.json")
        #expect(
            kept(list, [finding("CVE-1", "pkg:rpm/redhat/a@1"), finding("CVE-2", "pkg:rpm/redhat/a@1")]) == ["CVE-2"])
        #expect(list.first?.reason == "component_not_present")
    }

    @Test func `CycloneDX: an analysis is about components by their reference`() throws {
        let text = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "a", "bom-ref": "r", "purl": "pkg:npm/a@1"}],
             "vulnerabilities": [
              {"id": "CVE-1", "analysis": {"state": "not_affected", "justification": "code_not_reachable"}, "affects": [{"ref": "r"}]},
              {"id": "CVE-2", "analysis": {"state": "exploitable"}, "affects": [{"ref": "r"}]}]}
            """
        let list = try VEXReader.suppressions(from: Array(text.utf8), file: "vex.cdx.json")
        #expect(kept(list, ["CVE-1", "CVE-2"].map { finding($0, "pkg:npm/a@1") }) == ["CVE-2"])
    }

    @Test(arguments: ["{", "{}", "[]", #"{"@context": "https://openvex.dev/ns", "statements": [{}]}"#])
    func `another document is no VEX`(_ text: String) {
        #expect(throws: WaybillError.self) { try VEXReader.suppressions(from: Array(text.utf8), file: "f") }
    }
}
