import Documents
import Rego
import Testing

/// Mistakes that are found before a policy runs.
@Suite struct CheckTests {
    private func first(_ text: String, strict: Bool = false, schemas: [String: Value] = [:]) -> String? {
        do throws(RegoErrors) {
            let module = try PolicyModule.read("package p\n\(text)", file: "p.rego")
            _ = try CompiledPolicy(modules: [module], checks: CheckOptions(isStrict: strict, schemas: schemas))
            return nil
        } catch {
            return error.errors.first.map { "\($0.row):\($0.column) \($0.message)" }
        }
    }

    @Test(arguments: [
        ("p if {\n\tx := y\n\ty == 1\n}", "3:2 var x is unsafe"), ("p := [x | x > 1]", "2:11 var x is unsafe"),
        ("p if {\n\tevery x in [1] { x == y }\n}", "3:19 var y is unsafe"),
        ("p if f(1)\nf(x) := y", "3:9 var y is unsafe"),
        ("p if {\n\tsome x\n\ttrue\n}", "3:2 declared var x unused"),
        ("p if {\n\tx == 1\n\tx := 2\n}", "4:2 var x referenced above"),
        ("f(x) if {\n\tx := 1\n}", "3:2 arg x redeclared"),
        ("p if {\n\tnot x := 1\n}", "3:2 cannot assign vars inside negated expression"),
        ("p if {\n\tcount := 1\n\tcount([1]) == count\n}", "4:2 called function count shadowed"),
        ("import data.a\nimport data.b.a\np := a", "3:1 import must not shadow import data.a"),
        (
            "p := 1 if input.x with data.p.q.r as 1\nq := 1",
            "2:24 with keyword cannot partially replace virtual document(s)"
        ),
        ("p := walk(1)[0] with walk as 1", "2:1 expressions using with keyword cannot be used for rule head"),
        (
            "p if walk(1, x) with walk as 1",
            "2:22 with keyword replacing built-in function: target must not be a relation"
        ),
        ("p := upper(1)", "2:6 upper: invalid argument(s)"), ("p if \"a\" == [1]", "2:6 match error"),
        ("p if {\n\tx := {\"a\": 1}\n\tx.b == 2\n}", "4:2 undefined ref: x.b"),
        ("f(x) := x\np := data.p.f", "3:6 undefined ref: data.p.f"),
        ("p := re_match(\"a\", \"b\")", "2:6 deprecated built-in function calls in expression: re_match"),
        ("default p := 1\ndefault p := 2", "1:1 multiple default rules data.p.p found at p.rego:2, p.rego:3"),
    ])
    func `the first mistake is told where it is`(_ text: String, _ expected: String) {
        #expect(first(text) == expected)
    }

    @Test(arguments: [
        "p if { x = y; y = 1 }", "p if { [x, y] = [1, x] }", "p[x] := y if some x, y in [1]",
        "p := sum([1, input.x])", "p if { x := input.a; x.b.c == 1 }", "f(x) := x.y\np := f({\"y\": 1})",
        "p := {x: y | some x, y in input}",
        "p := q.a\nq[x] := 1 if some x in [\"a\"]", "p := count(data.other.thing)",
        "p if { some i; input.a[i] == input.b[i] }",
    ])
    func `what may be right is let through`(_ text: String) {
        #expect(first(text) == nil)
    }

    @Test(
        arguments: [
            ("p if {\n\tx := 1\n\ttrue\n}", "3:2 assigned var x unused"),
            ("f(x) := 1", "2:1 unused argument x. (hint: use _ (wildcard variable) instead)"),
            ("import input.a as b\np := 1", "2:1 import input.a as b unused"), ("p if {\n\tx := 1\n\tx > 0\n}", nil),
            ("f(_) := 1", nil),
        ] as [(String, String?)])
    func `strict mode asks for more`(_ text: String, _ expected: String?) {
        #expect(first(text, strict: true) == expected)
        #expect(first(text) == nil)
    }

    @Test func `annotations name the schemas that rules are held against`() {
        let text =
            "# METADATA\n# schemas:\n#   - input: schema.pod\np if input.spec.name == \"a\"\nq if input.spec.nme == \"a\""
        let schema: Value = ["properties": ["spec": ["properties": ["name": ["type": "string"]]]]]
        #expect(first(text, schemas: ["pod": schema]) == nil, "the annotation is the first rule's alone")
        let wrong: Value = ["properties": ["spec": ["properties": ["title": ["type": "string"]]]]]
        #expect(first(text, schemas: ["pod": wrong]) == "5:6 undefined ref: input.spec.name")
        #expect(first(text, schemas: ["node": schema])?.hasSuffix("undefined schema: schema.pod") == true)
    }

    @Test(arguments: [
        (#"{"type": "string"}"#, "1", "Invalid type. Expected: string, given: integer"),
        (#"{"required": ["a"]}"#, "{}", "a is required"),
        (#"{"minimum": 2}"#, "1", "Must be greater than or equal to 2"),
        (#"{"enum": ["a", 1]}"#, #""b""#, #"must be one of the following: "a", 1"#),
        (#"{"items": {"type": "null"}}"#, "[null, 1]", "Expected: null"),
        (#"{"additionalProperties": false}"#, #"{"x": 1}"#, "Additional property x is not allowed"),
        (#"{"uniqueItems": true}"#, "[1, 1]", "must be unique"),
        (##"{"$ref": "#/properties/b", "properties": {"b": {"maxLength": 1}}}"##, #""ab""#, "less than or equal to 1"),
        (#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#, "1", "at least one schema (anyOf)"),
        (#"{"not": {}}"#, "1", "Must not validate the schema (not)"),
        (#"{"oneOf": [{"type": "integer"}, {"minimum": 0}]}"#, "1", "one and only one"),
        (#"{"if": {"type": "integer"}, "then": {"minimum": 5}}"#, "1", #""then""#),
        (#"{"format": "ipv4"}"#, #""1.2.3""#, "format 'ipv4'"), (#"{"multipleOf": 3}"#, "4", "multiple of 3"),
        (#"{"pattern": "^a"}"#, #""b""#, "pattern '^a'"), (#"{"const": 1}"#, "2", "does not match: 1"),
        (#"{"dependencies": {"a": ["b"]}}"#, #"{"a": 1}"#, "Has a dependency on b"),
    ])
    func `a schema's keyword is asked`(_ schema: String, _ document: String, _ expected: String) throws {
        // References lead from the whole document, so that the schema is not put into another one.
        let text = """
            package t
            import rego.v1
            p contains problem.desc if {
            \tsome problem in json.match_schema(input.document, input.schema)[1]
            }
            """
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "t.rego")])
        let input: Value = ["schema": .string(schema), "document": .string(document)]
        let found = try policy.evaluate(rule: "data.t.p", input: input)?.set?.elements.compactMap(\.string) ?? []
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }
}
