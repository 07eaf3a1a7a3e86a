import Documents
import Rego
import Testing

/// What is wrong with a policy is told with its place.
@Suite struct RegoErrorTests {
    private func errors(_ text: String, version: RegoVersion = .v1) -> [RegoError] {
        do {
            _ = try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "p.rego", version: version)])
            return []
        } catch let errors as RegoErrors {
            return errors.errors
        } catch let error as RegoError {
            return [error]
        } catch {
            return [RegoError(.internal, "\(error)")]
        }
    }

    @Test(arguments: [
        ("allow := true", "1:1 rego_parse_error: package expected"),
        ("package p\n\nallow if {\n\tinput.x == 1\n}\n}", "6:1 rego_parse_error: unexpected } token"),
        ("package p\n\nx := \"abc", "3:6 rego_parse_error: non-terminated string"),
        ("package p\n\np := x if {\n\tinput.y\n}", "3:6 rego_unsafe_var_error: var x is unsafe"),
        ("package p\n\np if {\n\tnot input.a[x]\n}", "4:2 rego_unsafe_var_error: var x is unsafe"),
        ("package p\n\np if {\n\tfoo(1)\n}", "4:2 rego_type_error: undefined function foo"),
        ("package p\n\nf(x) := f(x - 1)", "3:1 rego_recursion_error: rule data.p.f is recursive: data.p.f -> data.p.f"),
        ("package p\n\nf(x) := x\n\nf := 1", "3:1 rego_type_error: conflicting rules data.p.f found"),
        (
            "package p\n\nf(x) := x\n\nf.g := 1",
            "3:1 rego_type_error: rule data.p.f conflicts with:\n  rule data.p.f.g at p.rego:5"
        ),
        ("package p\n\np := $\"{1 + \"a\"}\"", "3:9 rego_type_error: plus: invalid argument(s)"),
        ("package p\n\nx := [1]\n\np := $\"{count(x.y)}\"", "5:15 rego_type_error: undefined ref: data.p.x.y"),
        ("package p\n\np if {\n\tx := 1\n\tx := 2\n}", "5:2 rego_compile_error: var x assigned above"),
    ])
    func `the first error has its place`(_ text: String, _ expected: String) {
        let first = errors(text).first
        #expect(first.map { "\($0.row):\($0.column) \($0.code.rawValue): \($0.message)" } == expected)
    }

    @Test(
        arguments: [
            ("p := $\"{x}\"", ["3:6 rego_unsafe_var_error: var x is unsafe"]),
            ("p := $\"a {x.y}\"", ["3:11 rego_compile_error: var x is undeclared"]),
            ("p := $\"{x + 1}\"", ["3:9 rego_compile_error: var x is undeclared"]),
            ("p := $\"{[x]}\" if y > 1", ["3:9 rego_compile_error: var x is undeclared"]),
            ("p if print(x)", ["3:12 rego_compile_error: var x is undeclared"]),
            ("p if print(\"x\", y.z)", ["3:17 rego_compile_error: var y is undeclared"]),
            ("p if print(input.a[x])", ["3:12 rego_compile_error: var x is undeclared"]),
            ("p if { every v in [1] { print(v, w) } }", ["3:34 rego_compile_error: var w is undeclared"]),
            ("p := [1 | print(x)]", ["3:17 rego_compile_error: var x is undeclared"]),
            ("p := $\"{x.y}\" if x := input.x", []), ("p if { some x in input.x; print($\"{x.y}\", x) }", []),
        ] as [(String, [String])])
    func `what a text or a print lacks is undeclared`(_ rule: String, _ expected: [String]) {
        let found = errors("package p\n\n\(rule)")
        #expect(found.map { "\($0.row):\($0.column) \($0.code.rawValue): \($0.message)" } == expected)
    }

    @Test func `what is wrong inside a text is told once`() {
        #expect(errors("package p\n\nx := [1]\n\np := $\"{count(x.y)}\"").count == 1)
    }

    @Test(arguments: [
        ("p := $\"a{}\"", "3:10 rego_parse_error: unexpected } token"),
        ("p := $\"{x := 1}\"", "3:9 rego_parse_error: unexpected assignment (':=') in template-string expression"),
        ("p := $\"{x = 1}\"", "3:9 rego_parse_error: unexpected unification ('=') in template-string expression"),
        ("p := $\"{1 2}\"", "3:11 rego_parse_error: expected } to end template string expression"),
    ])
    func `what is wrong inside a text is told first`(_ rule: String, _ expected: String) {
        let first = errors("package p\n\n\(rule)").first
        #expect(first.map { "\($0.row):\($0.column) \($0.code.rawValue): \($0.message)" } == expected)
    }

    @Test(arguments: [
        ("p { every x in [1] { x } }", "`import future.keywords.every` for `every x in xs { ... }` expressions"),
        ("p { some x in [1] }", "`import future.keywords.in` for `some x in xs` expressions"),
    ])
    func `an old module is told which keyword to import`(_ rule: String, _ hint: String) {
        let first = errors("package p\n\n\(rule)", version: .v0).first
        #expect(first?.message.hasSuffix("expected \\n or ; or } (hint: \(hint))") == true, "\(first?.message ?? "")")
    }

    @Test(arguments: [
        ("p := 1 if true\np := 2 if true", RegoError.Code.conflict), ("p := f(1)\nf(x) := 1\nf(x) := 2", .conflict),
        ("p := {\"a\": x | some x in [1, 2]}", .conflict),
        ("p := http.send({\"method\": \"get\", \"url\": \"x\"})", .builtin),
    ])
    func `an evaluation that cannot be right ends in an error`(_ rule: String, _ code: RegoError.Code) throws {
        let module = try PolicyModule(parsing: "package t\n\(rule)", file: "t.rego")
        let policy = try CompiledPolicy(modules: [module])
        let error = #expect(throws: RegoError.self) { try policy.evaluate(rule: "data.t.p", input: nil) }
        #expect(error?.code == code)
    }

    @Test func `builtin errors end the evaluation only where that is asked for`() throws {
        let module = try PolicyModule(parsing: "package t\np := 1 / input.zero", file: "t.rego")
        let policy = try CompiledPolicy(modules: [module])
        #expect(try policy.evaluate(rule: "data.t.p", input: ["zero": 0]) == nil)
        #expect(throws: RegoError.self) {
            try policy.evaluate(rule: "data.t.p", input: ["zero": 0], surroundings: .init(hasStrictErrors: true))
        }
    }

    @Test func `limits end an evaluation`() throws {
        let text =
            "package t\np := count([1 | some a in numbers.range(1, 1000); some b in numbers.range(1, 1000); a < b])"
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "t.rego")])
        let error = #expect(throws: RegoError.self) {
            try policy.evaluate(rule: "data.t.p", input: nil, limits: .init(stepsMax: 10_000))
        }
        #expect(error?.code == .cancelled)
        #expect(throws: RegoError.self) {
            try policy.evaluate(rule: "data.t.p", input: nil, limits: .init(isOver: { true }))
        }
    }

    @Test func `a long chain of rules ends at the limit and not in a crash`() throws {
        let chain = (0..<2_000).map { "p\($0) := x if { x := [y | y := f\($0)(p\($0 + 1))][0] }\nf\($0)(x) := x" }
            .joined(separator: "\n")
        let module = try PolicyModule(parsing: "package t\n\(chain)\np2000 := 1", file: "t.rego")
        let policy = try CompiledPolicy(modules: [module])
        let error = #expect(throws: RegoError.self) { try policy.evaluate(rule: "data.t.p0", input: nil) }
        #expect(error?.code == .cancelled)
        #expect(try policy.evaluate(rule: "data.t.p1950", input: nil) == 1)
    }

    @Test(arguments: ["[", "{", "(", "[[x|", "{a:", "not {", "f(", "$\"{", "-", "x := {1|"])
    func `deep nesting is refused in reasonable time`(_ opening: String) {
        let text = "package p\nx := " + String(repeating: opening, count: 2_000)
        #expect(errors(text).first?.code == .parse)
    }

    @Test func `no prefix of a policy traps the parser`() {
        let text =
            "package p\nimport data.x as y\np contains $\"{v} w\" if { some k, v in input[_]; not v.a[\"b\"](1) } else := {1: [2 | x]}\n"
        for count in 0...text.utf8.count {
            let prefix = errors(String(decoding: text.utf8.prefix(count), as: UTF8.self))
            let rest = errors(String(decoding: text.utf8.dropFirst(count), as: UTF8.self), version: .v0)
            #expect((prefix + rest).allSatisfy { $0.row >= 1 || $0.message == "empty module" })
            // A policy is whole at its end only, and at the end of its import.
            #expect(count == text.utf8.count || count == 0 || !(prefix.isEmpty && rest.isEmpty))
        }
    }
}
