import Documents
import Rego
import Testing

/// Ordinary policies, as the gates evaluate them.
@Suite struct PolicyTests {
    private func policy(_ text: String, data: Value = [:]) throws -> CompiledPolicy {
        try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "policy.rego")], data: data)
    }

    private func value(_ text: String, _ rule: String = "data.t.p", input: Value? = nil, data: Value = [:]) throws
        -> String?
    {
        try policy(text, data: data).evaluate(rule: rule, input: input)?.description
    }

    @Test func `a deny rule gives a message for each offending container`() throws {
        let text = """
            package waybill

            allowed := {"registry.local", "quay.local"}

            registry(image) := split(image, "/")[0]

            deny contains message if {
            \tsome container in input.spec.containers
            \tnot registry(container.image) in allowed
            \tmessage := sprintf("container %v: registry %v is not allowed", [container.name, registry(container.image)])
            }

            deny contains $"{container.name} runs as root" if {
            \tsome container in input.spec.containers
            \tobject.get(container, ["securityContext", "runAsUser"], 0) == 0
            }
            """
        let input: Value = [
            "spec": [
                "containers": [
                    ["name": "app", "image": "registry.local/app:1", "securityContext": ["runAsUser": 1000]],
                    ["name": "spy", "image": "evil.example/spy:1"],
                ]
            ]
        ]
        let denials = try policy(text).evaluate(rule: "data.waybill.deny", input: input)
        #expect(denials?.set?.elements == ["container spy: registry evil.example is not allowed", "spy runs as root"])
        #expect(try policy(text).evaluate(rule: "data.waybill.deny", input: [:])?.set?.isEmpty == true)
    }

    @Test(arguments: [
        ("p := 1 + 2 * 3", "7"), ("p := 0.1 + 0.2", "0.3"), ("p := 10 / 4", "2.5"), ("p := -7 % 3", "-1"),
        ("p := 9223372036854775807 + 1", "9223372036854775808"), ("p := {3, 1, 2, 1}", "{1, 2, 3}"),
        (#"p := {"b": 1, "a": [true, null]}"#, #"{"a": [true, null], "b": 1}"#), ("p := set()", "set()"),
        ("p := [x | some x in {3, 1}; x > 1]", "[3]"), (#"p := {k: v | some k, v in ["a"]}"#, #"{0: "a"}"#),
        ("p := {1, 2} | {3}", "{1, 2, 3}"), ("p := {1, 2} & {2}", "{2}"), ("p := {1, 2} - {2}", "{1}"),
        ("p if { every x in [1, 2] { x > 0 } }", "true"), ("p := x if { [x, 1] = [2, 1] }", "2"),
        (#"p := x if { {"a": x} = {"a": 5} }"#, "5"), ("p := x if { x = y; y = 3 }", "3"),
        ("p := 1 if { false } else := 2 if { true }", "2"), ("default p := 0\np := 1 if input.x", "0"),
        ("p := f(2)\nf(x) := x * 10 if x > 1\nf(x) := x if x <= 1", "20"), ("p.a.b := 1", #"{"a": {"b": 1}}"#),
        ("p[x] := y if some y, x in [\"k\"]", #"{"k": 0}"#),
        (#"p := $"{1} and {input.missing}""#, #""1 and <undefined>""#),
        (#"p := input.x with input.x as "y""#, "error"), ("p := q if q\nq := 1 with input as 2", "error"),
    ])
    func `an expression has its value`(_ rule: String, _ expected: String) throws {
        guard expected != "error" else {
            #expect(throws: (any Error).self) { try value("package t\n\(rule)") }
            return
        }
        #expect(try value("package t\n\(rule)") == expected)
    }

    @Test(
        arguments: [
            ("p if input.absent.field", nil), ("p if not input.absent", "true"), ("p if not input.x == 1", "true"),
            (#"p if not startswith(input.x, "a")"#, nil), ("p := 1 if input.a[1000]", nil),
            (#"p := sum(json.unmarshal("\"text\""))"#, nil),
        ] as [(String, String?)])
    func `undefined is neither true nor false`(_ rule: String, _ expected: String?) throws {
        #expect(try value("package t\n\(rule)", input: [:]) == expected)
    }

    @Test func `replacements reach into other packages and end with their statement`() throws {
        let text = """
            package t
            who := input.user
            p := [a, b, c] if {
                a := who with input.user as "one"
                b := who with input as {"user": "two"}
                c := count([1]) with count as 7
            }
            """
        #expect(try value(text) == #"["one", "two", 7]"#)
    }

    @Test func `rules and data of one package are one document`() throws {
        let result = try value("package t.q\nx := 1", "data.t", data: ["t": ["q": ["y": 2], "z": 3]])
        #expect(result == #"{"q": {"x": 1, "y": 2}, "z": 3}"#)
    }

    @Test func `a query binds its variables`() throws {
        let solutions = try policy("package t\nq contains 1\nq contains 2").evaluate(
            query: "data.t.q[x]; y := x * 2", input: nil)
        #expect(solutions.map { $0["y"] } == [2, 4])
    }

    @Test func `old Rego is read where it is asked for`() throws {
        let module = try PolicyModule(
            parsing: "package t\ndeny[msg] { input.bad; msg := \"no\" }\nallow { not deny[\"no\"] }", file: "old.rego",
            version: .v0)
        let policy = try CompiledPolicy(modules: [module])
        #expect(try policy.evaluate(rule: "data.t.deny", input: ["bad": true])?.description == #"{"no"}"#)
        #expect(try policy.evaluate(rule: "data.t.allow", input: [:]) == true)
    }

    @Test func `one policy is evaluated by many tasks`() async throws {
        let policy = try policy("package t\np := input.n * 2")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try policy.evaluate(rule: "data.t.p", input: ["n": .integer(number)]) == .int(number * 2)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
