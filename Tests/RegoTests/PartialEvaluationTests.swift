import Documents
import Rego
import Testing

/// What is known is decided, what is unknown is left over.
@Suite struct PartialEvaluationTests {
    private func partial(
        _ text: String, _ query: String, data: Value = [:], input: Value? = nil, unknowns: [String] = ["input"],
        keeping: [String] = []
    ) throws -> PartialResult {
        let policy = try CompiledPolicy(
            modules: [try PolicyModule(parsing: "package t\n\n" + text, file: "t.rego")], data: data)
        return try policy.partiallyEvaluate(
            query: query, regoInput: input.map { RegoValue($0) }, unknowns: unknowns, keeping: keeping)
    }

    @Test(
        arguments: [
            // Nothing is unknown: it holds, or not.
            ("p if 1 < 2", "data.t.p == true", [""]), ("p if 1 > 2", "data.t.p == true", []),
            // Data is worked in, one query for each member.
            (
                "p if input.level >= data.reports[_].level", "data.t.p == true",
                ["input.level >= 4", "input.level >= 3"]
            ),
            // A default that is not asked for has no part in it.
            (
                "default p := false\np if input.x == 1\np if input.y == 2", "data.t.p == true",
                ["input.x = 1", "input.y = 2"]
            ),
            // Functions, sets and other rules are taken apart.
            (
                "owner(x) if x.owner == input.user\np if owner(input.pet)", "data.t.p", ["input.user = input.pet.owner"]
            ),
            (
                "roles contains r if r := data.roles[input.user]\np if \"admin\" in roles\n",
                "data.t.admin", []
            ),
            (
                "admins contains \"root\"\nadmins contains u if { u := input.owner; input.kind == \"x\" }\n"
                    + "p if admins[input.user]", "data.t.p",
                ["input.user = \"root\"", "input.kind = \"x\"; input.owner = input.user; input.owner"]
            ),
            ("p if not input.suspended", "data.t.p", ["not input.suspended"]),
            ("p if { some i; input.items[i].name == \"a\" }", "data.t.p", ["input.items[x1].name = \"a\""]),
            ("p if { every x in [1, 2] { input.n > x } }", "data.t.p", ["input.n > 1; input.n > 2"]),
            ("p if startswith(input.path, data.prefix)", "data.t.p", ["startswith(input.path, \"/api\")"]),
            ("p if { x := input.n + 1; x > 3 }", "data.t.p", ["plus(input.n, 1, x1); x1 > 3"]),
            ("p if input.a", "data.t.p", ["input.a"]),
            ("p if { _ := input.a; true }", "data.t.p", ["x2 = input.a"]),
            ("p if { input.names == [\"a\", data.prefix] }", "data.t.p", ["input.names = [\"a\", \"/api\"]"]),
            ("p if count([1 | input.x == 1]) > 0", "data.t.p", ["count([1 | input.x = 1], x1); x1 > 0"]),
        ] as [(String, String, [String])])
    func `what is unknown is left over`(_ text: String, _ query: String, _ expected: [String]) throws {
        let data: Value = ["reports": [["level": 4], ["level": 3]], "prefix": "/api", "roles": ["a": "admin"]]
        let result = try partial(text, query, data: data)
        #expect(result.queries.map { $0.map(\.text).joined(separator: "; ") } == expected)
        #expect(result.support.isEmpty)
    }

    @Test func `only what is named is unknown`() throws {
        let text = "p if { input.user == \"a\"; input.n == data.m }"
        let result = try partial(
            text, "data.t.p", data: ["m": 3], input: ["user": "a", "n": 9], unknowns: ["input.n"])
        #expect(result.queries.map { $0.map(\.text) } == [["input.n = 3"]])
        #expect(try partial(text, "data.t.p", input: ["user": "b"], unknowns: ["input.n"]).queries.isEmpty)
        let data = try partial(
            "p if data.users[input.user].admin", "data.t.p", input: ["user": "a"], unknowns: ["data.users"])
        #expect(data.queries.map { $0.map(\.text) } == [["data.users.a.admin"]])
    }

    @Test func `a default that may be the answer is kept as a rule`() throws {
        let result = try partial("default p := false\np if input.x == 1", "data.t.p = v")
        #expect(result.queries.map { $0.map(\.text) } == [["data.partial.t.p = v"]])
        #expect(
            result.supportTexts == [
                "package partial.t\n\np := true if {\n\tinput.x = 1\n}\n\ndefault p := false\n"
            ])
        #expect(result.document["support"]?[0]?["rules"]?[1]?["default"] == true)
    }

    @Test func `the negation of several conditions is kept as a rule`() throws {
        let result = try partial("bad if { input.a == 1; input.b == 2 }\np if not bad", "data.t.p")
        #expect(result.queries.map { $0.map(\.text) } == [["not data.partial.__not1__"]])
        #expect(result.supportTexts.first?.contains("input.a = 1\n\tinput.b = 2") == true)
    }

    @Test func `the answer has the shape of the syntax tree`() throws {
        let result = try partial("p if input.level >= 4", "data.t.p == true")
        #expect(
            result.document == [
                "queries": [
                    [
                        [
                            "index": 0,
                            "terms": [
                                ["type": "ref", "value": [["type": "var", "value": "gte"]]],
                                [
                                    "type": "ref",
                                    "value": [
                                        ["type": "var", "value": "input"], ["type": "string", "value": "level"],
                                    ],
                                ],
                                ["type": "number", "value": 4],
                            ],
                        ]
                    ]
                ]
            ])
        #expect(try partial("p if 1 == 1", "data.t.p").document == ["queries": [[]]])
        #expect(try partial("p if 1 == 2", "data.t.p").document == [:])
    }

    @Test(
        arguments: [
            ("p if { every x in input.xs { x > 1 } }", "data.t.p", ["every x1 in input.xs { x1 > 1 }"]),
            ("p := 1 if input.x else := 2", "data.t.p == 2", ["not input.x"]),
            ("p := 1 if input.x else := 2", "data.t.p == 1", ["input.x"]),
            ("default f(_) := 0\nf(x) := 1 if x.a\np if f(input) == 0", "data.t.p", ["not input.a"]),
            (
                "p := $\"a{input.a}\"", "data.t.p == \"ab\"",
                ["internal.template_string([\"a\", {x1 | x1 = input.a}], x2); x2 = \"ab\""]
            ),
            ("p := 7 if input.x", "data.t.p = v", ["input.x; v = 7"]),
        ] as [(String, String, [String])])
    func `what decides later is left over as it is`(_ text: String, _ query: String, _ expected: [String]) throws {
        let result = try partial(text, query)
        #expect(result.queries.map { $0.map(\.text).joined(separator: "; ") } == expected)
    }

    @Test func `with makes known what was unknown`() throws {
        let text = "q if input.n > 1\np if { q with input.n as 2; input.m == 3 }"
        let result = try partial(text, "data.t.p", unknowns: ["input.n", "input.m"])
        #expect(result.queries.map { $0.map(\.text) } == [["input.m = 3"]])
        #expect(throws: RegoError.self, "a part of what is unknown") { try partial(text, "data.t.p") }
    }

    @Test func `the branches of a set become a rule of its own`() throws {
        let text = "p if count({x | some x in [1, 2]; input.n > x}) > 1"
        let result = try partial(text, "data.t.p")
        #expect(result.queries.map { $0.map(\.text) } == [["count(data.partial.__members1__, x1)", "x1 > 1"]])
        #expect(
            result.supportTexts == [
                """
                package partial

                __members1__ contains 1 if {
                \tinput.n > 1
                }

                __members1__ contains 2 if {
                \tinput.n > 2
                }

                """
            ])
        #expect(throws: RegoError.self, "an array has an order") {
            try partial(text.replacingBraces, "data.t.p")
        }
    }

    @Test func `a rule that is kept stays a rule`() throws {
        let result = try partial("q if input.a == 1\np if q", "data.t.p", keeping: ["data.t.q"])
        #expect(result.queries.map { $0.map(\.text) } == [["data.partial.t.q"]])
        #expect(result.supportTexts == ["package partial.t\n\nq := true if {\n\tinput.a = 1\n}\n"])
    }

    @Test func `an unknown must be a part of input or data`() {
        #expect(throws: RegoError.self) { try partial("p if input.x", "data.t.p", unknowns: ["foo"]) }
    }
}

extension String {
    /// The same with an array comprehension.
    fileprivate var replacingBraces: String {
        split(separator: "{x |").joined(separator: "[x |").split(separator: "xs})").joined(separator: "xs])")
    }
}
