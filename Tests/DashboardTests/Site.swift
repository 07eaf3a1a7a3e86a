import Attestations
import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import NIOEmbedded
import Testing
import WaybillCore

@testable import Dashboard

/// The dashboard behind its router, asked without a network.
struct Site {
    struct Answer {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var text: String
    }

    private let responder: RouterResponder<ServiceContext>

    init(_ ledger: any Ledger, anonymousRead: Bool = true, changes: any ChangeSource = Sample.Changes()) throws {
        let router = Router(context: ServiceContext.self)
        router.add(middleware: TokenMiddleware(TokenTable([("s3cret-token", Identity("reader@shop.example"))])))
        Dashboard(ledger: ledger, changes: changes, anonymousRead: anonymousRead, now: { Sample.now }).addRoutes(
            to: router)
        responder = router.buildResponder()
    }

    func get(_ path: String, token: String? = nil) async throws -> Answer {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path)
        if let token { head.headerFields[.authorization] = "Basic \(Base64.encode(Array("any:\(token)".utf8)))" }
        let context = ServiceContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        do {
            let response = try await responder.respond(
                to: Request(head: head, body: .init(buffer: ByteBuffer())), context: context)
            let body = Collected()
            try await response.body.write(body)
            return Answer(status: response.status, headers: response.headers, text: String(buffer: body.box.buffer))
        } catch let error as any HTTPResponseError {
            return Answer(status: error.status, headers: [:], text: "")
        }
    }

    private final class Box { var buffer = ByteBuffer() }

    private struct Collected: ResponseBodyWriter {
        let box = Box()
        mutating func write(_ buffer: ByteBuffer) async throws { box.buffer.writeImmutableBuffer(buffer) }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
