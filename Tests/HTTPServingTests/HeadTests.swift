import Foundation
import HTTPServing
import Hummingbird
import Testing
import WaybillCore

struct HeadTests {
    /// Sends bytes to a loopback port and returns everything until the server closes. On a thread of its own: the
    /// server needs those that tests run on.
    private func exchange(_ text: String, port: Int) async -> String {
        await withCheckedContinuation { answer in
            Thread.detachNewThread { answer.resume(returning: Self.blockingExchange(text, port: port)) }
        }
    }

    private static func blockingExchange(_ text: String, port: Int) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(descriptor, text, text.utf8.count, 0) == text.utf8.count else { return "" }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer[..<count]
        }
    }

    @Test func `a refusal of HEAD has no body, so that the next response on the connection is read as one`()
        async throws
    {
        let router = Router(context: ServiceContext.self)
        router.add(middleware: ErrorMiddleware())
        router.add(middleware: TokenMiddleware(TokenTable()))
        router.get("/fine") { _, _ in "fine" }
        router.head("/failing") { _, _ -> Response in throw WaybillError(.notFound, "is not there", subject: "it") }
        let server = try await HTTPServer.start(router, name: "test")
        let wrong = "HEAD /fine HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\n\r\n"
        let failing = "HEAD /failing HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let last = "GET /fine HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let answer = await exchange(wrong + failing + last, port: server.port)
        await server.stop(grace: .milliseconds(100))
        let lines = answer.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(
            lines.filter { $0.hasPrefix("HTTP/1.1 ") } == [
                "HTTP/1.1 401 Unauthorized", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK",
            ])
        #expect(!answer.contains("{"))
        #expect(lines.last == "fine")
    }
}
