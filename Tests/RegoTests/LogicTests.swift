import Documents
import Rego
import Testing

/// `and` and `or`, which a host must let in.
@Suite struct LogicTests {
    private static let imports = "import future.keywords.and\nimport future.keywords.or\nimport future.keywords.not\n"

    private func policy(_ body: String) throws -> CompiledPolicy {
        let text = "package t\n\n" + Self.imports + body + "\n"
        return try CompiledPolicy(modules: [
            try PolicyModule.read(text, file: "t.rego", extensions: .logicalKeywords)
        ])
    }

    private func value(_ body: String, input: Value = ["a": true, "b": false, "n": 3]) throws -> String? {
        try policy(body).evaluate(rule: "data.t.p", input: input)?.description
    }

    @Test(
        arguments: [
            ("p if input.a or input.b", true), ("p if input.b or input.missing", false),
            ("p if input.a and input.b", false), ("p if input.a and input.n == 3", true),
            // `and` binds tighter, `not` tighter still, parentheses go first.
            ("p if input.a or input.a and input.b", true), ("p if (input.a or input.a) and input.b", false),
            ("p if not input.b and input.a", true), ("p if not (input.a and input.b)", true),
            ("p if 1 + 1 == 2 and 3 in [input.n]", true), ("p if (1 + 1) * 2 == 4 and input.a", true),
            // A body in braces has variables of its own.
            ("p if { some x in [1, 5]; x > 4 } or input.b", true), ("p if { x := 1; x > 1 } or input.b", false),
            ("p if { y := 3; { x := y; x > 2 } and input.a }", true), ("p if {1, 2} == {2, 1} and input.a", true),
            ("p if { { input.b } or { input.a } }", true),
            ("p if input.b or input.b with input as {\"b\": true}", true),
            ("p if input.b or (input.c with input as {\"c\": true})", true),
            ("p if every x in [1, 2] { x < 2 or x == 2 }", true),
            ("p if { a := input.a; a or input.b }", true),
        ] as [(String, Bool)])
    func `operators say whether something holds`(_ body: String, _ holds: Bool) throws {
        #expect(try value(body) == (holds ? "true" : nil))
    }

    @Test func `nothing branches where both sides hold`() throws {
        #expect(try value("p := [x | some x in [1, 2]; x > 0 or x < 9]") == "[1, 2]")
    }

    @Test(
        arguments: [
            ("p if { x := 1 or input.b }", "cannot assign vars inside implicit or operand"),
            ("p if { x = 1 or input.b }", "var x is unsafe"),
            ("p if { {x := 1} and x == 1 }", "var x is unsafe"),
            ("p if input.a with input as {} or input.b", "unexpected or keyword"),
            ("p if input.a or", "unexpected"), ("p := input.a or input.b", "expression cannot be used for rule head"),
        ])
    func `an operand is told what it may not be`(_ body: String, _ message: String) throws {
        let error = #expect(throws: RegoErrors.self) { try policy(body) }
        #expect(error?.errors.first?.message.contains(message) == true, "\(error?.errors.first?.message ?? "")")
    }

    @Test func `the words are names where nobody imports them`() throws {
        let text = "package t\n\nor := 1\np := or + data.t.or\n"
        let module = try PolicyModule.read(text, file: "t.rego", extensions: .logicalKeywords)
        #expect(try CompiledPolicy(modules: [module]).evaluate(rule: "data.t.p", input: nil) == 2)
        let refused = #expect(throws: RegoErrors.self) {
            try PolicyModule.read("package t\n\nimport future.keywords.or\n", file: "t.rego")
        }
        #expect(refused?.errors.first?.message.contains("must be one of") == true)
    }

    @Test func `operands are laid out as they are read`() throws {
        let body = "p if {\n\tinput.a or input.b and not input.c\n\t(input.a or input.b) and input.c\n}"
        let text = "package t\n\n" + Self.imports + "\n" + body + "\n"
        let laidOut = try RegoFormatter.format(text, file: "t.rego", extensions: .logicalKeywords)
        #expect(laidOut.contains("\tinput.a or input.b and not input.c\n\t(input.a or input.b) and input.c\n"))
    }
}
