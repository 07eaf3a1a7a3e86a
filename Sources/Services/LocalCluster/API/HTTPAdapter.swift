import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

/// The API on HTTP.
struct HTTPAdapter: Sendable {
    let api: APIServer
    let authenticator: Authenticator

    func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete] {
            for path in ["/", "**"] as [RouterPath] {
                router.on(path, method: method) { request, _ in await respond(to: request) }
            }
        }
        return router
    }

    private func respond(to request: Request) async -> Response {
        guard
            var asked = APIRequest(
                method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "")
        else { return Self.response(APIResponse(.badRequest("the path cannot be decoded"))) }
        asked.accept = request.headers[.accept] ?? ""
        asked.contentType = request.headers[.contentType] ?? ""
        asked.userAgent = request.headers[.userAgent] ?? ""
        do throws(APIError) {
            asked.user = try await authenticator.user(request.headers)
        } catch {
            return Self.response(APIResponse(error))
        }
        do {
            let body = try await request.body.collect(upTo: BodyReader.bytesMax)
            asked.body = Array(body.readableBytesView)
        } catch {
            return Self.response(
                APIResponse(
                    APIError(
                        code: 413, reason: "RequestEntityTooLarge",
                        message: "Request entity too large: limit is \(BodyReader.bytesMax)")))
        }
        return Self.response(await api.respond(to: asked))
    }

    private static func response(_ answer: APIResponse) -> Response {
        var headers = HTTPFields()
        if !answer.contentType.isEmpty { headers[.contentType] = answer.contentType }
        if let name = HTTPField.Name("Warning") {
            var seen: Set<String> = []
            for warning in answer.warnings where seen.insert(warning).inserted {
                headers.append(HTTPField(name: name, value: "299 - \(JSONWriter.string(.string(warning)))"))
            }
        }
        let status = HTTPResponse.Status(code: answer.code)
        switch answer.body {
        case .document(let value):
            let bytes =
                answer.isYAML ? Array(YAMLWriter.string(value).utf8) : JSONWriter.bytes(value) + [0x0A]
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .text(let text):
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        case .bytes(let bytes):
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .watch(let events):
            return Response(
                status: status, headers: headers,
                body: .init { writer in
                    for await event in events {
                        try await writer.write(ByteBuffer(bytes: JSONWriter.bytes(event) + [0x0A]))
                    }
                    try await writer.finish(nil)
                })
        case .lines(let pieces):
            return Response(
                status: status, headers: headers,
                body: .init { writer in
                    for await piece in pieces { try await writer.write(ByteBuffer(bytes: piece)) }
                    try await writer.finish(nil)
                })
        }
    }
}
