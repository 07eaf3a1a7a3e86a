public import Hummingbird
import WaybillCore

/// Finds out who asks: a bearer token, or the password of basic authentication (the user's name is not looked at).
///
/// A request without a token goes on without an identity; one with a wrong token is refused.
public struct TokenMiddleware: RouterMiddleware {
    private let tokens: TokenTable
    /// Sent with a refusal, so that clients know how to ask again.
    private let challenge: String

    public init(_ tokens: TokenTable, challenge: String = "Basic realm=\"waybill\"") {
        self.tokens = tokens
        self.challenge = challenge
    }

    public func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization] else { return try await next(request, context) }
        guard let token = Self.token(in: header), let identity = tokens.identity(of: token) else {
            var response = ErrorBody.response(
                for: WaybillError(.unauthenticated, "the token is not known", subject: "request"))
            response.headers[.wwwAuthenticate] = challenge
            return response
        }
        var context = context
        context.identity = identity
        return try await next(request, context)
    }

    /// The token in an `Authorization` header (RFC 6750, RFC 7617); nil for every other scheme.
    static func token(in header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer": return String(parts[1])
        case "basic":
            guard let bytes = Base64.decode(parts[1].utf8), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            return String(validating: bytes[(colon + 1)...], as: UTF8.self)
        default: return nil
        }
    }
}
