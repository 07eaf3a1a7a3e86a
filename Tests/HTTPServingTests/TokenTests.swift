import HTTPServing
import Hummingbird
import Testing
import WaybillCore

@testable import HTTPServing

struct TokenTests {
    @Test func `a token names its identity and no other text does`() {
        let table = TokenTable([("one", Identity("author@shop")), ("two", Identity("agent"))])
        #expect(table.identity(of: "one") == Identity("author@shop"))
        #expect(table.identity(of: "two") == Identity("agent"))
        #expect(table.identity(of: "On") == nil)
        #expect(table.identity(of: "") == nil)
    }

    @Test(arguments: [
        ("Bearer abc", "abc"), ("bearer abc", "abc"), ("Basic dXNlcjpzZWNyZXQ=", "secret"),
        ("Basic dXNlcjphOmI=", "a:b"), ("Basic !!", nil), ("Basic dXNlcg==", nil), ("Digest x", nil), ("", nil),
    ])
    func `tokens are read from bearer and basic headers`(header: String, token: String?) {
        #expect(TokenMiddleware.token(in: header) == token)
    }

    @Test func `new tokens differ`() {
        #expect(TokenTable.newToken() != TokenTable.newToken())
    }

    @Test func `a server answers on a free port and stops`() async throws {
        let router = Router(context: ServiceContext.self)
        router.get("/hello") { _, _ in "hello" }
        let server = try await HTTPServer.start(
            router, name: "test", tls: try .selfSigned(hosts: ["127.0.0.1", "localhost"]))
        #expect(server.port > 0)
        await #expect(throws: WaybillError.self) {
            _ = try await HTTPServer.start(Router(context: ServiceContext.self), name: "second", port: server.port)
        }
        await server.stop()
    }
}
