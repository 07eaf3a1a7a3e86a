import Documents
import Rego
import Testing

/// An index leaves out only rules that cannot hold.
@Suite struct RuleIndexTests {
    private func policy(_ text: String) throws -> CompiledPolicy {
        try CompiledPolicy(modules: [try PolicyModule(parsing: "package t\n\n" + text, file: "t.rego")])
    }

    private func members(_ policy: CompiledPolicy, _ input: Value) throws -> String? {
        try policy.evaluate(rule: "data.t.p", input: input)?.description
    }

    static let mixed = """
        p contains 1 if input.x == "a"
        p contains 2 if { input.x == "b"; input.y == 1 }
        p contains 3 if "a" == input.x
        p contains 4 if input.y == 1
        p contains 5 if { x := input.x; x == "a" }
        p contains 6 if input.x in {"a", "c"}
        p contains 7 if startswith(input.x, "ab")
        p contains 8 if glob.match("a*c", [], input.x)
        p contains 9
        p contains 10 if not input.x == "a"
        p contains 11 if { input.x == "zzz" } else := 12 if { input.x == "a" }
        """.split(separator: "\n").filter { !$0.contains("else") }.joined(separator: "\n")

    @Test(
        arguments: [
            (["x": "a"], "{1, 3, 5, 6, 9}"), (["x": "b", "y": 1], "{2, 4, 9, 10}"), (["x": "b"], "{9, 10}"),
            (["y": 1], "{4, 9, 10}"), ([:], "{9, 10}"), (["x": "abc"], "{7, 8, 9, 10}"), (["x": "c"], "{6, 9, 10}"),
            (["x": 5, "y": 1.0], "{4, 9, 10}"), (["x": "ac"], "{8, 9, 10}"),
        ] as [(Value, String)])
    func `the rules that hold are those that would hold without an index`(_ input: Value, _ expected: String) throws {
        #expect(try members(policy(Self.mixed), input) == expected)
    }

    @Test func `a function is chosen by its arguments`() throws {
        let text = """
            kind("a") := 1
            kind("b") := 2
            kind("c") := 3
            kind(x) := 4 if startswith(x, "long-")
            kind(x) := 5 if x == "e"
            p := [kind("a"), kind("c"), kind("long-name"), kind("e")]
            q if kind("none")
            """
        let policy = try policy(text)
        #expect(try members(policy, [:]) == "[1, 3, 4, 5]")
        #expect(try policy.evaluate(rule: "data.t.q", input: [:]) == nil)
    }

    @Test func `what stands behind else is tried where the first body does not hold`() throws {
        let text = """
            f(x) := "one" if { input.k == "1" } else := "other"
            f(x) := "two" if { input.k == "2"; x == "never" }
            f(x) := "three" if { input.k == "3"; x == "never" }
            f(x) := "four" if { input.k == "4"; x == "never" }
            p := f("x")
            """
        #expect(try members(policy(text), ["k": "2"]) == "\"other\"")
        #expect(try members(policy(text), ["k": "1"]) == "\"one\"")
    }

    @Test func `a replaced input is the one that is looked at`() throws {
        let text =
            (0..<10).map { "q contains \($0) if input.n == \($0)" }.joined(separator: "\n")
            + "\np := [a, b] if { a := q with input.n as 3; b := q with input as {\"n\": 7} }"
        #expect(try members(policy(text), ["n": 1]) == "[{3}, {7}]")
    }

    @Test func `a replaced builtin switches the index off`() throws {
        let text = """
            q contains 1 if startswith(input.x, "a")
            q contains 2 if startswith(input.x, "b")
            q contains 3 if startswith(input.x, "c")
            q contains 4 if startswith(input.x, "d")
            p := x if { x := q with startswith as true }
            """
        #expect(try members(policy(text), ["x": "a"]) == "{1, 2, 3, 4}")
    }

    @Test func `a thousand rules take hardly more steps than ten`() throws {
        func policy(_ count: Int) throws -> CompiledPolicy {
            try self.policy(
                (0..<count).map { "p if { input.path == \"/\($0)\"; input.method == \"GET\" }" }.joined(separator: "\n")
            )
        }
        let large = try policy(1_000)
        let input: Value = ["path": "/999", "method": "GET"]
        #expect(try large.evaluate(rule: "data.t.p", input: input, limits: EvaluationLimits(stepsMax: 5)) == true)
        #expect(
            try large.evaluate(rule: "data.t.p", input: ["path": "/x"], limits: EvaluationLimits(stepsMax: 5)) == nil)
    }
}
