import Hummingbird

/// Answers HEAD without a body, whatever the handlers and middleware made: bytes after the head would be taken for the
/// next response on a kept-alive connection (RFC 9110, section 9.3.2). The length that GET would have is kept.
struct HeadResponder<Inner: HTTPResponder>: HTTPResponder {
    let inner: Inner

    func respond(to request: Request, context: Inner.Context) async throws -> Response {
        guard request.method == .head else { return try await inner.respond(to: request, context: context) }
        return try await inner.respond(to: request, context: context).createHeadResponse()
    }
}
