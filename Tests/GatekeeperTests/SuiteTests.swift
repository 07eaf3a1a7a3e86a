import Documents
import Testing
import WaybillCore

@testable import Gatekeeper

@Suite struct SuiteTests {
    static let suite = """
        kind: Suite
        apiVersion: test.gatekeeper.sh/v1alpha1
        metadata: {name: labels}
        tests:
        - name: owner
          template: template.yaml
          constraint: constraint.yaml
          cases:
          - name: good
            object: good.yaml
            assertions: [{violations: no}]
          - name: bad
            object: bad.yaml
            assertions: [{violations: 1, message: "missing [a-z]+"}, {message: owner}, {violations: no, message: other}]
        - name: refused
          template: template.yaml
          constraint: wrong.yaml
          invalid: true
        """

    static let files: [String: String] = [
        "s/suite.yaml": suite, "s/template.yaml": Sample.template, "s/constraint.yaml": Sample.constraint(),
        "s/wrong.yaml": Sample.constraint("parameters: {}"),
        "s/good.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {owner: me}}\n",
        "s/bad.yaml": "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    ]

    static func run(_ change: (part: String, other: String)? = nil, _ files: [String: String] = files) -> SuiteResult {
        var files = files
        if let change {
            files["s/suite.yaml"] = suite.split(separator: change.part, maxSplits: 1).joined(separator: change.other)
        }
        let all = files
        return SuiteRunner { (path) throws(WaybillError) in
            guard let text = all[path] else { throw WaybillError(.notFound, "is not there", subject: path) }
            return Array(text.utf8)
        }.run("s/suite.yaml")
    }

    @Test func `a suite that holds passes, refused constraints included`() {
        let result = Self.run()
        #expect(result.outcome == .passed, "\(SuiteText.string([result], .text))")
        #expect(result.tests.map(\.outcome) == [.passed, .passed])
        #expect(result.tests[0].cases.map(\.messages) == [[], ["missing owner"]])
    }

    @Test(arguments: [
        ("{violations: no}", "{violations: yes}", "expected at least one"),
        ("violations: 1", "violations: 2", "expected exactly 2"),
        ("message: owner", "message: nobody", "matching “nobody”"),
        ("invalid: true", "invalid: false", "labels: missing"),
        ("wrong.yaml", "constraint.yaml", "should have been refused"),
    ])
    func `an assertion that does not hold fails with the reason`(_ part: String, _ other: String, _ reason: String) {
        let result = Self.run((part, other))
        #expect(!result.outcome.isGood)
        #expect(SuiteText.string([result], .text).contains(reason), "\(SuiteText.string([result], .text))")
    }

    @Test(arguments: [
        ("object: bad.yaml", "object: none.yaml", "is not there"),
        ("assertions: [{violations: no}]", "assertions: []", "wants assertions"),
        ("violations: 1", "violations: -1", "not negative"), ("violations: 1", "violation: 1", "unknown key"),
        ("message: owner", "message: '('", "assertion.message"), ("v1alpha1", "v9", "unknown apiVersion"),
        ("template: template.yaml", "template: bad.yaml", "not a ConstraintTemplate"),
        ("object: bad.yaml", "object: suite.yaml\n    inventory: [bad.yaml, none.yaml]", "is not there"),
    ])
    func `a suite that cannot be run is broken, not failed`(_ part: String, _ other: String, _ reason: String) {
        let result = Self.run((part, other))
        guard case .broken = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(SuiteText.string([result], .text).contains(reason), "\(SuiteText.string([result], .text))")
    }

    @Test func `skipped cases are said to be`() {
        let result = Self.run(("object: bad.yaml", "object: bad.yaml\n    skip: true"))
        #expect(result.tests[0].cases.map(\.outcome) == [.passed, .skipped])
        #expect(SuiteText.string([result], .text, isVerbose: true).contains("    === SKIP  bad"))
    }

    @Test func `every output says the same`() throws {
        var result = Self.run(("violations: 1", "violations: 2"))
        result.seconds = 0.33
        let text = SuiteText.string([result], .text)
        #expect(text.hasSuffix("--- FAIL: owner\nFAIL\ts/suite.yaml\t0.330s\nFAIL\n"), "\(text)")
        let json = try JSONReader.value(from: SuiteText.string([result], .json))
        #expect(json[0]?["tests"]?[0]?["cases"]?[1]?["result"] == "fail")
        #expect(json[0]?["tests"]?[0]?["cases"]?[1]?["violations"] == ["missing owner"])
        let junit = SuiteText.string([result], .junit)
        #expect(junit.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.330\""), "\(junit)")
        #expect(SuiteText.string([result], .table).contains("s/suite.yaml  owner    bad   fail    found 1"))
    }

    @Test func `the inventory reaches the policy`() throws {
        var template = try Sample.value(Sample.template)
        template[Pointer(["spec", "targets", "0", "rego"])] = .string(
            """
            package unique
            violation[{"msg": msg}] {
              other := data.inventory.namespace[ns]["v1"]["Pod"][name]
              name == input.review.object.metadata.name
              ns != input.review.object.metadata.namespace
              msg := sprintf("%v is in %v", [name, ns])
            }
            """)
        let read = try ConstraintTemplate(template, file: "t.yaml")
        let policy = ConstraintPolicy(
            read, try Constraint(try Sample.value(Sample.constraint()), of: read, file: "c.yaml"))
        var inventory = Inventory()
        try inventory.insert(Sample.object(namespace: "other"), file: "i.yaml")
        let review = try Review(Sample.object(), file: "o.yaml")
        #expect(try policy.violations(of: review, inventory: inventory).map(\.message) == ["web is in other"])
        #expect(try policy.violations(of: review).isEmpty)
        #expect(throws: WaybillError.self) { try inventory.insert(["kind": "Pod"], file: "i.yaml") }
    }
}
