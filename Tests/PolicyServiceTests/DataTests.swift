import Documents
import NIOHTTP1
import OCI
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct PercentEncodingTests {
    @Test(
        arguments: [
            ("a%2Fb", "a/b"), ("%C3%A9", "é"), ("a+b", "a+b"), ("%FF", nil), ("%2", nil), ("%", nil), ("%zz", nil),
        ] as [(String, String?)])
    func `escapes are decoded once, and what is no text is refused`(_ text: String, _ decoded: String?) {
        #expect(PercentEncoding.decode(text) == decoded)
    }
}

@Suite struct DataTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method: String = "POST"
        var path: String
        var body: String?
        var status = 200
        var answer: Value?
        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    @Test(arguments: [
        Case(path: "/v1/data/shop/allow", body: #"{"input": {"user": "ann"}}"#, answer: ["result": true]),
        Case(path: "/v1/data/shop/allow", body: #"{"input": {"user": "eve"}}"#, answer: ["result": false]),
        Case(path: "/v1/data/shop/greeting", body: #"{"input": {}}"#, answer: [:]),
        Case(path: "/v1/data/shop/numbers", body: #"{"input": 1}"#, answer: ["result": [1, 2, 3]]),
        Case(
            path: "/v1/data/shop/allow", body: "{}",
            answer: [
                "warning": ["code": "api_usage_warning", "message": "'input' key missing from the request"],
                "result": false,
            ]),
        Case(method: "GET", path: "/v1/data/list/1", answer: ["result": 2]),
        Case(method: "GET", path: "/v1/data/a", answer: ["result": ["b": 1]]),
        Case(method: "GET", path: "/v1/data/missing", answer: [:]),
        Case(method: "GET", path: "/v1/data/shop/allow?input=%7B%22user%22:%22ann%22%7D", answer: ["result": true]),
        Case(method: "GET", path: "/v1/data/a%2Fb", answer: [:]),
        Case(path: "/v0/data/shop/allow", body: #"{"user": "ann"}"#, answer: true),
        Case(
            path: "/v1/query", body: #"{"query": "data.list[i] = x"}"#,
            answer: ["result": [["i": 0, "x": 1], ["i": 1, "x": 2]]]),
        Case(path: "/v1/query", body: #"{"query": "input.x = y", "input": {"x": 7}}"#, answer: ["result": [["y": 7]]]),
        Case(method: "GET", path: "/v1/query?q=data.list%5B_%5D+%3D%3D+1", answer: ["result": [[:]]]),
        Case(method: "GET", path: "/v1/query?q=false", answer: [:]),
        Case(method: "GET", path: "/v1/config", answer: ["result": [:]]),
        Case(method: "GET", path: "/health", answer: [:]),
    ])
    func `answers`(_ example: Case) async throws {
        try await RunningServer.with { server in
            let answer = try await server.ask(.init(rawValue: example.method), example.path, example.body)
            #expect(answer.status == example.status)
            #expect(answer.value == example.answer)
            #expect(answer.headers.first(name: "content-type") == "application/json")
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var method = "POST"
        var path: String
        var body: String?
        var status: Int
        var code: String
        var message: String
        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    @Test(arguments: [
        Refused(
            path: "/v1/data/shop", body: "{", status: 400, code: "invalid_parameter",
            message: "malformed input document"),
        Refused(
            path: "/v1/data/shop", body: "[]", status: 400, code: "invalid_parameter", message: "expected an object"),
        Refused(
            method: "GET", path: "/v1/data/shop?input=%7B", status: 400, code: "invalid_parameter",
            message: "parameter contains"),
        Refused(
            method: "GET", path: "/v1/data/a?explain=x", status: 400, code: "invalid_parameter", message: "expected off"
        ),
        Refused(path: "/v0/data/missing", body: "1", status: 404, code: "undefined_document", message: "data.missing"),
        Refused(path: "/", body: "{}", status: 404, code: "undefined_document", message: "data.system.main"),
        Refused(
            path: "/v1/query", body: "{}", status: 400, code: "invalid_parameter", message: "missing parameter 'q'"),
        Refused(
            path: "/v1/query", body: #"{"query": "x >"}"#, status: 400, code: "invalid_parameter", message: "compiling"),
        Refused(method: "GET", path: "/v1/query?q=x", status: 400, code: "invalid_parameter", message: "compiling"),
        Refused(method: "GET", path: "/v2/data", status: 404, code: "not_found", message: "page not found"),
        Refused(method: "DELETE", path: "/v1/query", status: 405, code: "method_not_allowed", message: "method"),
        Refused(method: "PUT", path: "/v1/data/a", body: "", status: 400, code: "invalid_parameter", message: "empty"),
        Refused(
            method: "PUT", path: "/v1/data", body: "1", status: 400, code: "invalid_parameter",
            message: "root must be object"),
        Refused(
            method: "PUT", path: "/v1/data/a/b/c", body: "1", status: 404, code: "resource_conflict",
            message: "storage_write_conflict_error: /a/b/c"),
        Refused(
            method: "DELETE", path: "/v1/data/missing/x", status: 404, code: "resource_not_found",
            message: "/missing/x: document does not exist"),
        Refused(
            method: "PATCH", path: "/v1/data/missing", body: "[]", status: 404, code: "resource_not_found",
            message: "does not exist"),
        Refused(method: "PATCH", path: "/v1/data/a", body: "{}", status: 400, code: "invalid_parameter", message: ""),
        Refused(
            method: "GET", path: "/v1/policies/none", status: 404, code: "resource_not_found",
            message: #"policy id "none""#),
        Refused(method: "DELETE", path: "/v1/policies/none", status: 404, code: "resource_not_found", message: "none"),
    ])
    func `what is wrong is told in the field's shape`(_ example: Refused) async throws {
        try await RunningServer.with { server in
            let answer = try await server.ask(.init(rawValue: example.method), example.path, example.body)
            #expect(answer.status == example.status)
            #expect(answer.value["code"]?.string == example.code)
            let message = answer.value["message"]?.string ?? ""
            #expect(example.message.isEmpty || message.contains(example.message), "\(message)")
        }
    }

    @Test func `documents are put, patched and deleted`() async throws {
        try await RunningServer.with { server in
            #expect(try await server.ask(.PUT, "/v1/data/staff", #"["eve"]"#).status == 204)
            #expect(
                try await server.ask(.POST, "/v1/data/shop/allow", #"{"input": {"user": "eve"}}"#).value["result"]
                    == true)
            #expect(try await server.ask(.PUT, "/v1/data/new/deep/x", "1").status == 204)
            #expect(try await server.ask(.GET, "/v1/data/new").value["result"] == ["deep": ["x": 1]])
            let kept = try await server.ask(.PUT, "/v1/data/new/deep/x", "2", headers: [("If-None-Match", "*")])
            #expect(kept.status == 304)
            let patch = #"[{"op": "add", "path": "-", "value": 3}, {"op": "remove", "path": "/0"}]"#
            _ = patch
            let answer = try await server.ask(
                .PATCH, "/v1/data/list", #"[{"op": "add", "path": "/-", "value": 3}, {"op": "remove", "path": "/0"}]"#)
            #expect(answer.status == 204)
            #expect(try await server.ask(.GET, "/v1/data/list").value["result"] == [2, 3])
            #expect(try await server.ask(.DELETE, "/v1/data/a/b").status == 204)
            #expect(try await server.ask(.GET, "/v1/data/a").value["result"] == [:])
        }
    }

    @Test func `a patch that fails half-way changes nothing`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.ask(
                .PATCH, "/v1/data/a", #"[{"op": "add", "path": "/c", "value": 1}, {"op": "remove", "path": "/x/y"}]"#)
            #expect(answer.status == 404)
            #expect(try await server.ask(.GET, "/v1/data/a").value["result"] == ["b": 1])
        }
    }

    @Test func `parameters add metrics, provenance and layout`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.ask(.GET, "/v1/data/a?metrics&provenance=true&pretty=true")
            #expect(answer.value["metrics"]?["timer_rego_query_eval_ns"]?.integer != nil)
            #expect(answer.value["provenance"] == ["version": "0.1.0"])
            #expect(answer.text.contains("\n  \"result\": {\n    \"b\": 1\n  }\n}"))
        }
    }

    @Test func `explain tells the steps, for programs and for people`() async throws {
        try await RunningServer.with { server in
            let body = #"{"input": {"user": "ann"}}"#
            let steps = try await server.ask(.POST, "/v1/data/shop/allow?explain=full", body)
            #expect(steps.value["explanation"]?.array?.contains { $0["op"] == "enter" } == true)
            #expect(steps.value["result"] == true)
            let lines = try await server.ask(.POST, "/v1/data/shop/allow?explain=full&pretty", body)
            #expect(lines.value["explanation"]?.array?.first?.string?.contains("shop.rego:") == true)
        }
    }

    @Test func `compile leaves what is not known`() async throws {
        try await RunningServer.with { server in
            let body = #"{"query": "data.shop.allow == true", "unknowns": ["input"]}"#
            let open = try await server.ask(.POST, "/v1/compile", body)
            #expect(open.status == 200)
            #expect(open.value["result"]?["queries"]?.array?.isEmpty == false)
            let always = try await server.ask(.POST, "/v1/compile", #"{"query": "1 == 1"}"#)
            #expect(always.value["result"] == ["queries": [[]]])
            let never = try await server.ask(.POST, "/v1/compile", #"{"query": "1 == 2"}"#)
            #expect(never.value["result"] == [:])
            for (body, status) in [
                ("{}", 400), (#"{"query": "x"}"#, 400), (#"{"query": "1", "unknowns": [1]}"#, 400),
                (#"{"query": "1", "options": {"disableInlining": [1]}}"#, 400),
            ] {
                let answer = try await server.ask(.POST, "/v1/compile", body)
                #expect(answer.status == status, "\(body)")
            }
        }
    }

    @Test func `a rule is given as a filter for databases`() async throws {
        try await RunningServer.with { server in
            let policy = """
                package filters

                # METADATA
                # custom:
                #   unknowns: [input.fruits]
                include if input.fruits.owner == input.user

                masks.fruits.price.replace.value := 0
                """
            #expect(try await server.ask(.PUT, "/v1/policies/filters", policy).status == 200)
            let body = #"{"input": {"user": "ann"}, "options": {"maskRule": "data.filters.masks"}}"#
            let type = "application/vnd.opa.sql.postgresql+json"
            let answer = try await server.ask(.POST, "/v1/compile/filters/include", body, headers: [("Accept", type)])
            #expect(answer.status == 200)
            #expect(answer.value["result"]?["query"] == "WHERE fruits.owner = E'ann'")
            #expect(answer.value["result"]?["masks"] == ["fruits": ["price": ["replace": ["value": 0]]]])
            let several = #"{"input": {"user": "a"}, "options": {"targetDialects": ["sql+mysql", "ucast+all"]}}"#
            let both = try await server.ask(
                .POST, "/v1/compile/filters/include", several,
                headers: [("Accept", "application/vnd.opa.multitarget+json")])
            #expect(both.value["result"]?["mysql"]?["query"] == "WHERE fruits.owner = 'a'")
            #expect(both.value["result"]?["ucast"]?["query"]?["operator"] == "eq")
            let never = try await server.ask(
                .POST, "/v1/compile/filters/nothing", "{}", headers: [("Accept", type)])
            #expect(never.value["result"] == [:])
            #expect(try await server.ask(.POST, "/v1/compile/filters/include", "{}").status == 400, "no target")
        }
    }

    @Test func `bodies may be YAML or packed`() async throws {
        try await RunningServer.with { server in
            let yaml = try await server.ask(
                .POST, "/v1/data/shop/allow", "input:\n  user: ann\n", headers: [("Content-Type", "application/x-yaml")]
            )
            #expect(yaml.value["result"] == true)
            let packed = try await server.ask(
                .POST, "/v1/data/shop/allow", bytes: try Gzip.compress(Array(#"{"input": {"user": "ann"}}"#.utf8)),
                headers: [("Content-Encoding", "gzip")])
            #expect(packed.value["result"] == true)
            let broken = try await server.ask(
                .POST, "/v1/data/shop/allow", "not packed", headers: [("Content-Encoding", "gzip")])
            #expect(broken.status != 200)
        }
    }

    @Test func `strict builtin errors end the evaluation`() async throws {
        let module = "package e\nimport rego.v1\np := to_number(\"x\")"
        try await RunningServer.with([("e.rego", module)]) { server in
            #expect(try await server.ask(.GET, "/v1/data/e/p").value == [:])
            let strict = try await server.ask(.GET, "/v1/data/e/p?strict-builtin-errors")
            #expect(strict.status == 500)
            #expect(strict.value["code"] == "internal_error")
            #expect(strict.value["errors"]?[0]?["code"] == "eval_builtin_error")
        }
    }

    @Test func `a webhook posts its input to the root`() async throws {
        let module = """
            package system
            import rego.v1
            main := {"response": {"uid": input.request.uid, "allowed": true}}
            """
        try await RunningServer.with([("main.rego", module)]) { server in
            let answer = try await server.ask(.POST, "/", #"{"request": {"uid": "7"}}"#)
            #expect(answer.value == ["response": ["uid": "7", "allowed": true]])
        }
    }

    @Test func `a decision that takes too long ends in an error`() async throws {
        let module = """
            package slow
            import rego.v1
            n := count([1 | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); a < b])
            """
        var settings = PolicyServer.Settings()
        settings.timeNanosecondsMax = 50_000_000
        try await RunningServer.with([("slow.rego", module)], settings: settings) { server in
            let answer = try await server.ask(.GET, "/v1/data/slow/n")
            #expect(answer.status == 500)
            #expect(answer.value["errors"]?[0]?["code"] == "eval_cancel_error")
        }
    }
}
