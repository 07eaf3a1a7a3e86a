import Documents
import Rego
import Testing

@testable import PolicyTools

@Suite struct EvalToolTests {
    static let input: RegoValue = ["user": "ann", "method": "GET"]

    func run(
        _ query: String, _ format: EvalTool.Format = .json, input: RegoValue? = Self.input, fail: Bool = false,
        failDefined: Bool = false, package: String? = nil, imports: [String] = []
    ) throws -> ToolOutput {
        EvalTool(
            request: QueryRequest(query: query, input: input, package: package, imports: imports), format: format,
            failsUndefined: fail, failsDefined: failDefined
        ).run(try Shop.sources(), clock: { 0 })
    }

    @Test func `JSON has the value, text and place of each expression`() throws {
        #expect(
            try run("data.shop.authz.allow").output == """
                {
                  "result": [
                    {
                      "expressions": [
                        {
                          "value": true,
                          "text": "data.shop.authz.allow",
                          "location": {
                            "row": 1,
                            "col": 1
                          }
                        }
                      ]
                    }
                  ]
                }

                """)
    }

    @Test func `bindings stand beside the expressions`() throws {
        let output = try run("x := data.shop.roles[user]; count(x) == 1")
        let value = try JSONReader.value(from: output.output)
        let first = try #require(value["result"]?.array?.first)
        #expect(first["bindings"] == ["user": "ann", "x": ["admin"]])
        #expect(first["expressions"]?.array?.map { $0["text"] } == ["x := data.shop.roles[user]", "count(x) == 1"])
        #expect(first["expressions"]?.array?.map { $0["value"] } == [true, true])
        #expect(first["expressions"]?[1]?["location"] == ["row": 1, "col": 29])
        #expect(value["result"]?.array?.count == 2)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var query: String
        var format: EvalTool.Format
        var output: String
        var testDescription: String { "\(query) as \(format)" }
    }

    @Test(arguments: [
        Case(query: "data.shop.missing", format: .json, output: "{}\n"),
        Case(query: "data.shop.missing", format: .pretty, output: "undefined\n"),
        Case(query: "1 + 1", format: .pretty, output: "2\n"),
        Case(query: "false", format: .pretty, output: "false\n"),
        Case(query: "1 == 2", format: .raw, output: "false\n"),
        Case(query: "1 == 2; true", format: .raw, output: ""),
        Case(query: #""a" ; 2 ; [1, "x"]"#, format: .raw, output: "a 2 [1,\"x\"]\n"),
        Case(query: "1;2", format: .values, output: "[\n  1,\n  2\n]\n"),
        Case(query: "x := 1; y := {x}", format: .bindings, output: "{\n  \"x\": 1,\n  \"y\": [\n    1\n  ]\n}\n"),
        Case(query: "data.shop.readers[_] # who", format: .raw, output: "bob\n"),
        Case(query: "not data.shop.nothing", format: .raw, output: "true\n"),
        Case(query: "some r in data.shop.readers; r", format: .raw, output: "true bob\n"),
        Case(query: "input.user with input as {\"user\": \"eve\"}", format: .raw, output: "eve\n"),
        Case(query: "input.user\ninput.method", format: .raw, output: "ann GET\n"),
        Case(query: "data.shop.authz.roles", format: .raw, output: "[\"admin\"]\n"),
        Case(query: "1", format: .discard, output: "{\n  \"result\": \"discarded\"\n}\n"),
        Case(
            query: "data.shop.roles[user][_]", format: .pretty,
            output: """
                ┌──────┬──────────────────────────┐
                │ user │ data.shop.roles[user][_] │
                ├──────┼──────────────────────────┤
                │ ann  │ "admin"                  │
                │ bob  │ "buyer"                  │
                └──────┴──────────────────────────┘

                """.replacing("│ ann  │", with: "│ \"ann\" │").replacing("│ bob  │", with: "│ \"bob\" │")
                    .replacing("│ user │", with: "│ user  │").replacing("──────┬", with: "───────┬")
                    .replacing("──────┼", with: "───────┼").replacing("──────┴", with: "───────┴")),
    ])
    func `each form`(_ example: Case) throws {
        let output = try run(example.query, example.format)
        #expect(output.output == example.output)
        #expect(output.status == 0 && output.diagnostics == "")
    }

    @Test func `fail and fail-defined set the status`() throws {
        #expect(try run("data.shop.missing", fail: true).status == 1)
        #expect(try run("data.shop.readers", fail: true).status == 0)
        #expect(try run("data.shop.missing", failDefined: true).status == 0)
        #expect(try run("data.shop.readers", failDefined: true).status == 1)
    }

    @Test func `a query may be asked inside a package and with imports`() throws {
        #expect(try run("roles", .raw, package: "shop.authz").output == "[\"admin\"]\n")
        #expect(try run("x := roles[_]", .bindings, package: "shop.authz").output == "{\n  \"x\": \"admin\"\n}\n")
        #expect(try run("readers[0]", .raw, imports: ["data.shop.readers"]).output == "bob\n")
        #expect(try run("who.user", .raw, imports: ["input as who"]).output == "ann\n")
        #expect(try run("missing_name", package: "shop.authz").status == 2)
    }

    @Test func `errors have status 2, a code and the place in the query as it was asked`() throws {
        let parse = try run("1 +")
        #expect(parse.status == 2)
        let unsafe = try run("true; x > y")
        #expect(unsafe.status == 2)
        let error = try #require(try JSONReader.value(from: unsafe.output)["errors"]?.array?.first)
        #expect(error["code"] == "rego_unsafe_var_error")
        #expect(error["location"]?["row"] == 1)
        let text = try run("1 +", .pretty)
        #expect(text.output == "" && text.diagnostics.hasPrefix("1 error occurred: "))
    }

    // MARK: Observing

    func observe(_ query: String, _ observation: Observation, _ format: EvalTool.Format = .json) throws -> Value {
        let ticks = TestToolTests.Ticks()
        let output = EvalTool(
            request: QueryRequest(query: query, input: Self.input), format: format, observation: observation
        ).run(try Shop.sources(), clock: { ticks.next() })
        #expect(output.status == 0)
        return format == .json ? try JSONReader.value(from: output.output) : .string(output.output)
    }

    @Test func `coverage names the lines that were reached`() throws {
        let value = try observe("data.shop.authz.allow", Observation(hasCoverage: true))
        let file = value["coverage"]?["files"]?["shop/authz.rego"]
        #expect(file?["covered"]?.array?.isEmpty == false)
        #expect(value["coverage"]?["files"]?["shop/authz_test.rego"]?["covered"] == nil)
        #expect(value["result"]?[0]?["expressions"]?[0]?["value"] == true)
    }

    @Test func `profile counts statements`() throws {
        let value = try observe("data.shop.authz.allow", Observation(hasProfile: true))
        let entries = try #require(value["profile"]?.array)
        #expect(entries.contains { $0["location"]?["file"] == "shop/authz.rego" && $0["num_eval"]?.integer ?? 0 > 0 })
        let text = try observe("data.shop.authz.allow", Observation(hasProfile: true), .pretty).string ?? ""
        #expect(text.hasPrefix("true\n┌") && text.contains("LOCATION"))
    }

    @Test func `explain shows the way`() throws {
        let value = try observe("data.shop.authz.allow", Observation(explanation: .full))
        #expect(value["explanation"]?.array?.contains { $0["op"] == "enter" } == true)
        let text = try observe("data.shop.authz.allow", Observation(explanation: .full), .pretty).string ?? ""
        #expect(text.contains("shop/authz.rego:10:1") && text.hasSuffix("true\n"))
    }

    @Test func `partial evaluation leaves what is not known`() throws {
        func partial(_ query: String, _ format: EvalTool.Format) throws -> ToolOutput {
            EvalTool(request: QueryRequest(query: query), format: format, unknowns: ["input"])
                .run(try Shop.sources(tests: false), clock: { 0 })
        }
        let source = try partial("input.x == data.shop.readers[0]", .source)
        #expect(
            source.output.hasPrefix("# Query 1\n") && source.output.contains("bob") && source.output.contains("input.x")
        )
        #expect(try JSONReader.value(from: try partial("1 == 1", .json).output)["partial"] == ["queries": [[]]])
        #expect(try JSONReader.value(from: try partial("1 == 2", .json).output)["partial"] == [:])
        #expect(try partial("1 == 2", .pretty).output == "undefined\n")
    }
}
