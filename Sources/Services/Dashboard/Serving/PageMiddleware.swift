import HTTPServing
import HTTPTypes
import Hummingbird
import Logging
import WaybillCore

/// Guards the pages: asks who reads, turns errors into pages, and tells browsers to run and embed nothing.
struct PageMiddleware: RouterMiddleware {
    /// Whether anybody may read.
    let isOpen: Bool

    /// Our own style sheet and icon, and nothing else: what slipped through escaping would still not run.
    static let contentPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            if !isOpen { _ = try context.requireIdentity() }
            response = try await next(request, context)
        } catch let error as WaybillError {
            response = try refusal(error, context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("a page could not be made", metadata: ["error": "\(error)"])
            response = try refusal(
                WaybillError(
                    .failed, "the page could not be made", subject: "dashboard", remedy: "try again in a moment"),
                context)
        }
        response.headers[.contentSecurityPolicy] = Self.contentPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in [("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer")] {
            if let field = HTTPField.Name(name) { response.headers[field] = value }
        }
        // Pages hold what only their reader may see.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private func refusal(_ error: WaybillError, _ context: ServiceContext) throws(WaybillError) -> Response {
        if ErrorBody.status(of: error.code).kind == .serverError {
            context.logger.error("a page could not be made", metadata: ["error": "\(error)"])
        }
        var response = try ErrorPage.screen(error).response(context)
        response.status = ErrorBody.status(of: error.code)
        if error.code == .unauthenticated {
            response.headers[.wwwAuthenticate] = "Basic realm=\"waybill\", charset=\"UTF-8\""
        }
        return response
    }
}
