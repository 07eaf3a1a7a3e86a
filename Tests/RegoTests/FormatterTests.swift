import Rego
import Testing

/// The layout of modules.
@Suite struct FormatterTests {
    @Test(arguments: [
        (
            "package a\nimport data.b\nimport data.a\np:=1\nq :=2",
            "package a\n\nimport data.a\nimport data.b\n\np := 1\nq := 2\n"
        ),
        ("package a\np if { x }\nx := 1", "package a\n\np if x\nx := 1\n"),
        ("package a\np if input.x\n# why\nq := 1 # here", "package a\n\np if input.x\n\n# why\nq := 1 # here\n"),
        ("package a\nf(x,y) := x+y*2", "package a\n\nf(x, y) := x + (y * 2)\n"),
        (
            "package a\np := 1 if input.a else := 2 if input.b",
            "package a\n\np := 1 if input.a\n\nelse := 2 if input.b\n"
        ),
        (
            "package a\np if {\n\tinput.a\n} else := 2 if {\n\tinput.b\n}",
            "package a\n\np if {\n\tinput.a\n} else := 2 if {\n\tinput.b\n}\n"
        ),
        ("package a\ndefault   p=false", "package a\n\ndefault p := false\n"),
        ("package a\np contains x if some x in [1,\n2]", "package a\n\np contains x if some x in [\n\t1,\n\t2,\n]\n"),
        ("package a\np.q.r := 1", "package a\n\np.q.r := 1\n"), ("package a\np.q := 1", "package a\n\np[\"q\"] := 1\n"),
        (
            "package a\np := x if x := {\"a\":1,\n\"b\":2}",
            "package a\n\np := x if x := {\n\t\"a\": 1,\n\t\"b\": 2,\n}\n"
        ),
        ("package a\np := {x|some x in input}", "package a\n\np := {x | some x in input}\n"),
        ("package a\np if every x in [1] {x>0}", "package a\n\np if every x in [1] { x > 0 }\n"),
        (
            "package a\np if input.x with input.x as 1\n\twith data.y as 2",
            "package a\n\np if input.x with input.x as 1\n\twith data.y as 2\n"
        ),
        ("package a\np := `raw\ntext`", "package a\n\np := `raw\ntext`\n"),
        ("package a\np := $\"{input.x} of \\{\"", "package a\n\np := $\"{input.x} of \\{\"\n"),
        ("package a\np := input[\"x\"].y[\"a-b\"]", "package a\n\np := input.x.y[\"a-b\"]\n"),
        ("package a\np := ({1}|{2})", "package a\n\np := {1} | {2}\n"),
        (
            "package a\np := [\n\t# first\n\t1,\n\t2, # second\n]",
            "package a\n\np := [\n\t# first\n\t1,\n\t2, # second\n]\n"
        ),
    ])
    func `a module is laid out`(_ text: String, _ expected: String) throws {
        let formatted = try RegoFormatter.format(text, file: "a.rego")
        #expect(formatted == expected)
        #expect(try RegoFormatter.format(formatted, file: "a.rego") == formatted, "formatting again changes nothing")
    }

    @Test(arguments: [
        ("package a\np[x]{x:=1}", "package a\n\np[x] {\n\tx := 1\n}\n"), ("package a\np=1", "package a\n\np = 1\n"),
        (
            "package a\nimport future.keywords\np contains 1 if true",
            "package a\n\nimport future.keywords\n\np contains 1\n"
        ),
    ])
    func `old Rego keeps its form`(_ text: String, _ expected: String) throws {
        #expect(try RegoFormatter.format(text, file: "a.rego", version: .v0) == expected)
    }

    @Test(arguments: ["package", "package a\np if {", "p := 1", "package a\np := \"", ""])
    func `what cannot be read is refused, not changed`(_ text: String) {
        #expect(throws: RegoErrors.self) { try RegoFormatter.format(text, file: "a.rego") }
    }

    @Test func `no prefix of a module traps the formatter`() {
        let text =
            "# c\npackage a\nimport data.x as y # d\np contains $\"{v} w\" if { # e\nsome k, v in input[_]; not v.a[\"b\"](1)\n} else := {1: [2 | x # f\n]}\n"
        for count in 0...text.utf8.count {
            _ = try? RegoFormatter.format(String(decoding: text.utf8.prefix(count), as: UTF8.self), file: "a.rego")
        }
    }
}
