import Documents
import HTTPServing
import NIOHTTP1
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct PoliciesTests {
    @Test func `policies are put, listed, shown and deleted`() async throws {
        try await RunningServer.with { server in
            let text = "package more\n\nimport rego.v1\n\nx := data.shop.allow"
            #expect(try await server.ask(.PUT, "/v1/policies/team/more", text).status == 200)
            #expect(try await server.ask(.GET, "/v1/data/more/x").value["result"] == false)
            let one = try await server.ask(.GET, "/v1/policies/team/more").value["result"]
            #expect(one?["id"] == "team/more" && one?["raw"] == .string(text))
            #expect(one?["ast"]?["package"]?["path"]?[1]?["value"] == "more")
            let all = try await server.ask(.GET, "/v1/policies").value["result"]
            #expect(all?.array?.map { $0["id"] } == ["shop.rego", "team/more"])
            #expect(try await server.ask(.DELETE, "/v1/policies/team/more").status == 200)
            #expect(try await server.ask(.GET, "/v1/data/more").value == [:])
        }
    }

    @Test func `a policy that is wrong is refused and changes nothing`() async throws {
        try await RunningServer.with { server in
            for text in ["package", "package shop\nimport rego.v1\nallow if x", "package a\np { true }"] {
                let answer = try await server.ask(.PUT, "/v1/policies/shop.rego", text)
                #expect(answer.status == 400)
                #expect(answer.value["code"] == "invalid_parameter")
                #expect(answer.value["message"] == "error(s) occurred while compiling module(s)")
                #expect(answer.value["errors"]?[0]?["location"]?["file"] == "shop.rego")
            }
            #expect(
                try await server.ask(.POST, "/v1/data/shop/allow", #"{"input": {"user": "ann"}}"#).value["result"]
                    == true)
        }
    }

    // MARK: Authorization

    static let authorization = """
        package system.authz

        import rego.v1

        default allow := {"allowed": false, "reason": "only ann may"}

        allow := {"allowed": true} if {
        	input.identity == "ann-token"
        	input.method in {"GET", "POST"}
        	input.path[0] == "v1"
        }
        """

    @Test func `system.authz decides who may ask for what`() async throws {
        var settings = PolicyServer.Settings()
        settings.readsTokens = true
        settings.authorizes = true
        try await RunningServer.with([("authz.rego", Self.authorization)], settings: settings) { server in
            let nobody = try await server.ask(.GET, "/v1/data/a")
            #expect(nobody.status == 401)
            #expect(nobody.value == ["code": "unauthorized", "message": "only ann may"])
            let ann = [("Authorization", "Bearer ann-token")]
            #expect(try await server.ask(.GET, "/v1/data/a", headers: ann).status == 200)
            #expect(try await server.ask(.PUT, "/v1/data/a", "1", headers: ann).status == 401)
            #expect(try await server.ask(.GET, "/metrics", headers: ann).status == 401)
            #expect(try await server.ask(.GET, "/health").status == 200)
        }
    }

    @Test func `without a rule, or with one that fails, nobody may`() async throws {
        var settings = PolicyServer.Settings()
        settings.authorizes = true
        try await RunningServer.with(settings: settings) { server in
            let answer = try await server.ask(.GET, "/v1/data")
            #expect(answer.status == 401)
            #expect(answer.value["message"] == "request rejected by administrative policy")
        }
        let conflict =
            "package system.authz\nimport rego.v1\nallow := true if input.method\nallow := false if input.path"
        try await RunningServer.with([("authz.rego", conflict)], settings: settings) { server in
            let answer = try await server.ask(.GET, "/v1/data")
            #expect(answer.status == 500)
        }
    }

    // MARK: Health and metrics

    @Test func `health asks rules of system.health`() async throws {
        let module = "package system.health\nimport rego.v1\nlive := true\nready := data.never.there"
        try await RunningServer.with([("health.rego", module)]) { server in
            #expect(try await server.ask(.GET, "/health/live").status == 200)
            let ready = try await server.ask(.GET, "/health/ready")
            #expect(ready.status == 500)
            #expect(ready.value == ["error": "health check (data.system.health.ready) was undefined"])
        }
    }

    @Test func `metrics count requests by kind of path`() async throws {
        try await RunningServer.with { server in
            _ = try await server.ask(.GET, "/v1/data/a")
            _ = try await server.ask(.GET, "/v1/data/b")
            _ = try await server.ask(.GET, "/nothing")
            let text = try await server.ask(.GET, "/metrics").text
            #expect(text.contains(#"http_request_duration_seconds_count{code="200",handler="v1/data",method="get"} 2"#))
            #expect(text.contains(#"http_request_duration_seconds_count{code="404",handler="unknown",method="get"} 1"#))
            #expect(text.contains(#"le="+Inf"} 2"#))
        }
    }
}
