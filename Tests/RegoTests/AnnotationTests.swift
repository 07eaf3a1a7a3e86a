import Rego
import Testing

@Suite struct AnnotationTests {
    private func value(_ modules: String..., rule: String) throws -> String? {
        let read = try modules.enumerated().map { try PolicyModule(parsing: $1, file: "m\($0).rego") }
        return try CompiledPolicy(modules: read).evaluate(rule: rule, input: nil)?.description
    }

    @Test func `the chain goes from the blocks nearest to the rule outward`() throws {
        let text = """
            # METADATA
            # scope: subpackages
            # title: all
            package a

            # METADATA
            # title: far
            # METADATA
            # title: near
            p := rego.metadata.chain()
            """
        // A second `METADATA` directly below is text of the first block, as YAML a comment's line of its own.
        #expect(throws: RegoError.self) { try PolicyModule(parsing: text, file: "m.rego") }
        let apart = text.replacing("# METADATA\n# title: near", with: "\n# METADATA\n# title: near")
        #expect(
            try value(apart, rule: "data.a.p")
                == #"[{"annotations": {"scope": "rule", "title": "near"}, "path": ["a", "p"]}, "#
                + #"{"annotations": {"scope": "rule", "title": "far"}, "path": ["a", "p"]}, "#
                + #"{"annotations": {"scope": "subpackages", "title": "all"}, "path": ["a"]}]"#)
    }

    @Test func `document and package annotations hold in every module`() throws {
        let one = """
            # METADATA
            # title: whole
            package a

            # METADATA
            # entrypoint: true
            p.q := 1 if false
            """
        let other = "package a\np.q := rego.metadata.chain()"
        #expect(
            try value(one, other, rule: "data.a.p.q")
                == #"[{"path": ["a", "p", "q"]}, "#
                + #"{"annotations": {"entrypoint": true, "scope": "document"}, "path": ["a", "p", "q"]}, "#
                + #"{"annotations": {"scope": "package", "title": "whole"}, "path": ["a"]}]"#)
    }

    @Test func `fields have their types, and those that are empty or unknown are left out`() throws {
        let text = """
            package a

            # METADATA
            # title: 5
            # description: ""
            # entrypoint: false
            # unknown: 1
            # organizations: [x, 1]
            # authors:
            #   - Ann Lee <a@b.c>
            #   - {email: d@e.f}
            # related_resources:
            #   - https://x.y
            #   - {ref: " https://z ", description: about, more: 1}
            # schemas:
            #   - input.x: schema["y"]
            #   - input: {type: object}
            # custom: {k: [1]}
            p := rego.metadata.rule()
            """
        #expect(
            try value(text, rule: "data.a.p")
                == #"{"authors": [{"email": "a@b.c", "name": "Ann Lee"}, {"email": "d@e.f"}], "custom": {"k": [1]}, "#
                + #""organizations": ["x", "1"], "#
                + #""related_resources": [{"ref": "https://x.y"}, {"description": "about", "ref": "https://z"}], "#
                + #""schemas": [{"path": ["input", "x"], "schema": ["schema", "y"]}, "#
                + #"{"definition": {"type": "object"}, "path": ["input"]}], "scope": "rule", "title": "5"}"#)
    }

    @Test(arguments: [
        ("# scope: foo\np := 1", "invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or", 3),
        ("# scope: package\np := 1", "annotation scope 'package' must be applied to package (have rule)", 3),
        ("# title: x\nimport data.q\np := 1", "invalid annotation scope 'import'.", 3),
        ("# scope: rule\nimport data.q\np := 1", "annotation scope 'rule' must be applied to rule (have import)", 3),
        ("# scope: rule", "annotation scope 'rule' must be applied to rule", 3),
        ("# title: x", "invalid annotation scope ''.", 3),
        ("#\np := 1", "expected METADATA block, found whitespace", 3),
        (
            "# scope: rule\n# entrypoint: true\np := 1",
            "annotation entrypoint applied to non-document or package scope 'rule'", 3
        ),
        ("# title: [x]\np := 1", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string", 4),
        (
            "# title: x\n# entrypoint: perhaps\np := 1",
            "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!str `perhaps` into bool", 5
        ),
        ("# just a text\np := 1", "cannot unmarshal !!str `just a ...` into ast.rawAnnotation", 4),
        ("# authors: ['']\np := 1", "invalid author definition : author is an empty string", 3),
        ("# authors: [{}]\np := 1", "'name' and/or 'email' values required in object", 3),
        ("# authors: [1]\np := 1", "invalid value type, must be string or map", 3),
        ("# related_resources: ['']\np := 1", "ref URL may not be empty string", 3),
        (
            "# related_resources: [{description: d}]\np := 1",
            "invalid related-resource definition map[description:d]: 'ref' value required in object", 3
        ),
        ("# schemas: [{input: foo}]\np := 1", "invalid schema reference", 3),
        ("# schemas: [{input: 1}]\np := 1", "invalid schema declaration for path \"input\"", 3),
        ("# schemas: [{'1 +': schema}]\np := 1", "invalid document reference", 3),
        ("# title: x\n# scope:rule\np := 1", "symbol(s) ['r'] immediately following a key/value separator", 5),
    ])
    func `a block with something wrong is an error at its place`(
        _ lines: String, _ message: String, _ row: Int
    ) throws {
        let first = #expect(throws: RegoError.self) {
            try PolicyModule(parsing: "package a\n\n# METADATA\n\(lines)\n", file: "m.rego")
        }
        #expect(first?.message.contains(message) == true, "\(first?.message ?? "")")
        #expect(first?.row == row)
        #expect(first?.code == .parse)
    }

    @Test func `a document is described once`() throws {
        let text = "package a\n\n# METADATA\n# scope: document\np := 1\n\n# METADATA\n# scope: document\np := 1"
        let module = try PolicyModule(parsing: text, file: "m.rego")
        let errors = #expect(throws: RegoErrors.self) { try CompiledPolicy(modules: [module]) }
        #expect(errors?.errors.first?.message == "document annotation redeclared: m.rego:3")
        #expect(errors?.errors.first?.row == 7)
    }
}
