import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

/// The API on HTTP.
struct HTTPAdapter: Sendable {
    let api: APIServer
    let tokens: TokenTable

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
        var asked = APIRequest(method: request.method.rawValue, path: [])
        guard let path = APIRequest.components(of: request.uri.path) else {
            return Self.response(APIResponse(.badRequest("the path cannot be decoded")))
        }
        asked.path = path
        asked.query = APIRequest.query(request.uri.query ?? "")
        asked.accept = request.headers[.accept] ?? ""
        asked.contentType = request.headers[.contentType] ?? ""
        asked.userAgent = request.headers[.userAgent] ?? ""
        let isPublic = ["healthz", "livez", "readyz", "version"].contains(path.first ?? "")
        if let user = user(of: request) {
            asked.user = user
        } else if !isPublic {
            return Self.response(APIResponse(.unauthorized))
        }
        if request.headers.contains(where: { $0.name.canonicalName.hasPrefix("impersonate-") }) {
            return Self.response(APIResponse(.unsupported("impersonation")))
        }
        do {
            let body = try await request.body.collect(upTo: BodyReader.bytesMax)
            asked.body = Array(body.readableBytesView)
        } catch {
            return Self.response(
                APIResponse(
                    APIError(
                        code: 413, reason: "RequestEntityTooLarge",
                        message: "limit is \(BodyReader.bytesMax)", details: Object())))
        }
        return Self.response(await api.respond(to: asked))
    }

    private func user(of request: Request) -> Identity? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return tokens.identity(of: String(parts[1]))
    }

    private static func response(_ answer: APIResponse) -> Response {
        var headers: HTTPFields = [.contentType: answer.contentType]
        if let name = HTTPField.Name("Warning") {
            var seen: Set<String> = []
            for warning in answer.warnings where seen.insert(warning).inserted {
                headers.append(HTTPField(name: name, value: "299 - \(JSONWriter.string(.string(warning)))"))
            }
        }
        if answer.code == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"waybill\"" }
        let status = HTTPResponse.Status(code: answer.code)
        switch answer.body {
        case .document(let value):
            return Response(
                status: status, headers: headers,
                body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value) + [0x0A])))
        case .text(let text, let type):
            headers[.contentType] = type
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
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
            headers[.contentType] = "text/plain"
            return Response(
                status: status, headers: headers,
                body: .init { writer in
                    for await piece in pieces { try await writer.write(ByteBuffer(bytes: piece)) }
                    try await writer.finish(nil)
                })
        }
    }
}
