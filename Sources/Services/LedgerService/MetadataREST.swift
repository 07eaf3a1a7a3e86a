import Grafeas
public import HTTPServing
public import Hummingbird
import Ledger
import MetadataRules
import NIOCore
import SwiftProtobuf
import WaybillCore

/// The API over HTTP and JSON: `/v1/…` and `/v1beta1/…`.
public struct MetadataREST: Sendable {
    /// The largest body: a batch of occurrences.
    public static let bodyBytesMax = 16 << 20

    let service: MetadataService
    let identities: CallerIdentities

    public init(service: MetadataService, identities: CallerIdentities) {
        self.service = service
        self.identities = identities
    }

    public func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        router.get("healthz") { _, _ in "ok\n" }
        for method in [HTTPRequest.Method.get, .post, .patch, .delete] {
            for version in ["v1", "v1beta1"] {
                router.on("/\(version)/**", method: method) { request, context in
                    await answer(request, context)
                }
            }
        }
        return router
    }

    private func answer(_ request: Request, _ context: ServiceContext) async -> Response {
        do throws(LedgerFailure) {
            guard let route = RESTRoute(path: request.uri.path) else {
                throw LedgerFailure(.notFound, "there is no such path")
            }
            let query = try RESTQuery(request.uri.query ?? "")
            let identity = try await identities.identity(
                authorization: request.headers[.authorization], certificate: { await context.peerCertificate() })
            let caller = LedgerCaller(
                identity: identity, peer: context.remoteAddress ?? "", moment: query.moment)
            let call = RESTCall(
                service: service, request: request, route: route, query: query, caller: caller)
            return try await route.isBeta ? call.beta() : call.v1()
        } catch {
            return RESTResponses.failure(error)
        }
    }
}
