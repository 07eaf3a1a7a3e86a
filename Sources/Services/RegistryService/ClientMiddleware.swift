import HTTPServing
import HTTPTypes
import Hummingbird

/// Habits of clients that the service has to allow for.
struct ClientMiddleware: RouterMiddleware {
    /// Skopeo, buildah and podman send this, an empty name and password, where a user never logged in.
    private static let emptyCredentials = "Basic Og=="

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        if request.headers[.authorization] == Self.emptyCredentials {
            var head = request.head
            head.headerFields[.authorization] = nil
            request = Request(head: head, body: request.body)
        }
        let response = try await next(request, context)
        // An answer to HEAD has no body, also where it is a refusal: the client would take it for the next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }
}
