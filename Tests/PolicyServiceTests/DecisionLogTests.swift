import Documents
import NIOHTTP1
import Synchronization
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct DecisionLogTests {
    static let mask = """
        package system.log

        import rego.v1

        mask contains "/input/password"

        mask contains {"op": "upsert", "path": "/result/secret", "value": "**"} if input.result.secret

        drop if input.path == "a"
        """

    func with(
        _ modules: [(String, String)] = [("mask.rego", mask)], reporting: String = "",
        _ body: (RunningServer, PolicyPlugins, BundleServer) async throws -> Void
    ) async throws {
        try await BundleServer.with { logs, url in
            let lines = Lines()
            nonisolated(unsafe) var found: PolicyPlugins?
            try await RunningServer.with(
                modules,
                plugins: { store in
                    found = try PolicyPlugins(
                        try PolicyServerConfiguration(
                            parsing: Array(
                                """
                                services: {acme: {url: "\(url)"}}
                                labels: {app: shop}
                                decision_logs: {service: acme, console: true\(reporting)}
                                """.utf8), environment: [:], subject: "test"), store: store,
                        host: .system(version: "0.1.0"), console: { lines.add($0) })
                    return found
                }
            ) { server in
                try await body(server, try #require(found), logs)
            }
        }
    }

    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func `decisions are sent masked, some are dropped`() async throws {
        try await with { server, plugins, logs in
            let answer = try await server.ask(
                .POST, "/v1/data/shop/allow", #"{"input": {"user": "ann", "password": "secret"}}"#)
            let identifier = try #require(answer.value["decision_id"]?.string)
            _ = try await server.ask(.GET, "/v1/data/a")
            _ = try await server.ask(.POST, "/v1/query", #"{"query": "x = 1"}"#)
            await plugins.upload()
            let sent = logs.state.withLock { $0.logs }
            #expect(sent.count == 2)
            let first = try #require(sent.first)
            #expect(first["decision_id"] == .string(identifier))
            #expect(first["path"] == "shop/allow")
            #expect(first["input"] == ["user": "ann"])
            #expect(first["erased"] == ["/input/password"])
            #expect(first["result"] == true)
            #expect(first["labels"]?["app"] == "shop" && first["labels"]?["id"]?.string != nil)
            #expect(first["requested_by"]?.string?.hasPrefix("127.0.0.1:") == true)
            #expect(first["timestamp"]?.string?.hasSuffix("Z") == true)
            #expect(sent.last?["query"] == "x = 1")
        }
    }

    @Test func `what cannot be sent waits`() async throws {
        try await with { server, plugins, logs in
            logs.state.withLock { $0.logStatus = 500 }
            _ = try await server.ask(.GET, "/v1/data/shop")
            await plugins.upload()
            let status = try await server.ask(.GET, "/v1/status").value["result"]
            #expect(status?["decision_logs"]?["message"]?.string?.contains("HTTP 500") == true)
            logs.state.withLock { $0.logStatus = 200 }
            await plugins.upload()
            #expect(logs.state.withLock { $0.logs.count } == 1)
        }
    }

    @Test func `a mask that fails or is not understood lets nothing out`() async throws {
        for module in [
            "package system.log\nimport rego.v1\nmask := \"/input\"",
            "package system.log\nimport rego.v1\nmask contains \"input\"",
            "package system.log\nimport rego.v1\nmask := {\"/input\"} if input.path\nmask := {\"/result\"} if input.labels",
        ] {
            try await with([("mask.rego", module)]) { server, plugins, logs in
                _ = try await server.ask(.POST, "/v1/data/shop/allow", #"{"input": {"user": "ann"}}"#)
                await plugins.upload()
                let sent = try #require(logs.state.withLock { $0.logs.first })
                #expect(sent["input"] == nil && sent["result"] == nil)
                #expect(sent["erased"] == ["/input", "/result"])
                #expect(sent["error"]?["message"]?.string?.hasPrefix("the mask could not be decided") == true)
            }
        }
    }

    @Test func `too many decisions are dropped and counted`() async throws {
        try await with(reporting: ", reporting: {buffer_size_limit_bytes: 1500}") { server, plugins, logs in
            for _ in 0..<20 { _ = try await server.ask(.GET, "/v1/data/list") }
            let text = try await server.ask(.GET, "/metrics").text
            let line = text.split(separator: "\n").first { $0.hasPrefix("decision_logs_dropped ") }
            let dropped = line.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
            await plugins.upload()
            #expect(dropped > 0)
            #expect(logs.state.withLock { $0.logs.count } + dropped == 20)
        }
    }
}
