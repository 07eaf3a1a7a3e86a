public import Blobs
import Documents
public import HTTPServing
public import Hummingbird
import OCI
public import WaybillCore

/// Asked before an image is served: nil or an allowing verdict lets it go, a denial is told to the client with all its
/// violations. Papers (artifacts with a subject) are always served: without them nobody could judge.
public typealias ServeGate = @Sendable (_ repository: String, _ digest: Digest) async -> Verdict?

/// A registry for images and artifacts: the OCI distribution API 1.1.
///
/// Pushing and deleting need a token; pulling needs one unless `anonymousPull` is set. An index is served as it is: the
/// gate is asked for each image that it leads to.
public struct RegistryService: Sendable {
    let blobs: any BlobStore
    let repositories: RepositoryStore
    let tokens: TokenTable
    let anonymousPull: Bool
    let gate: ServeGate?

    /// `folder` keeps tags and referrers. Identities in `ungated` read images that no gate has judged yet, as a scanner must.
    public init(
        blobs: any BlobStore, folder: String, tokens: TokenTable, anonymousPull: Bool = false,
        ungated: Set<Identity> = [], gate: ServeGate? = nil
    ) throws(WaybillError) {
        self.blobs = blobs
        repositories = try RepositoryStore(folder)
        self.tokens = tokens
        self.anonymousPull = anonymousPull
        self.ungated = ungated
        self.gate = gate
    }

    let ungated: Set<Identity>

    public func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        addRoutes(to: router)
        return router
    }

    /// Adds everything under `/v2/` and `/extensions/v2/`.
    public func addRoutes(to router: Router<ServiceContext>) {
        for start: RouterPath in ["v2", "extensions/v2"] {
            let group = router.group(start).add(middleware: ClientMiddleware()).add(middleware: TokenMiddleware(tokens))
            for method in [HTTPRequest.Method.get, .head, .put, .post, .patch, .delete] {
                group.on("", method: method) { request, context in await respond(request, context) }
                group.on("**", method: method) { request, context in await respond(request, context) }
            }
        }
    }

    func respond(_ request: Request, _ context: ServiceContext) async -> Response {
        guard let route = RegistryRoute(path: request.uri.path) else {
            return RegistryFailure.name(request.uri.path).response
        }
        var response = await respond(request, route, context)
        // Clients learn it from the base, also from its refusal.
        if route == .base { response.headers[.supportsSignatures] = "1" }
        return response
    }

    private func respond(_ request: Request, _ route: RegistryRoute, _ context: ServiceContext) async -> Response {
        do {
            try authorize(request.method, route, context)
            return try await answer(request, route, context)
        } catch let failure as RegistryFailure {
            return failure.response
        } catch let error as WaybillError {
            return RegistryFailure(error).response
        } catch {
            // The body broke off: most likely nobody is there to read this.
            return RegistryFailure(.unknown, .badRequest, "the request could not be read").response
        }
    }

    private func authorize(_ method: HTTPRequest.Method, _ route: RegistryRoute, _ context: ServiceContext)
        throws(RegistryFailure)
    {
        guard context.identity == nil else { return }
        // Clients learn from the base how to log in, and do so only where it asks them to.
        let isOpen = anonymousPull && (method == .get || method == .head) && route != .base && route != .catalog
        if case .upload = route { throw .unauthorized }
        guard isOpen else { throw .unauthorized }
    }

    private func answer(_ request: Request, _ route: RegistryRoute, _ context: ServiceContext) async throws -> Response
    {
        let isRead = request.method == .get || request.method == .head
        switch (route, request.method) {
        case (.base, _) where isRead: return JSONBody.response([:])
        case (.catalog, _) where isRead: return try catalog(request)
        case (.tags(let repository), _) where isRead: return try tags(request, repository)
        case (.referrers(let repository, let digest), _) where isRead: return try referrers(request, repository, digest)
        case (.signatures(let repository, let digest), _) where isRead: return try signatures(repository, digest)
        case (.signatures(let repository, let digest), .put): return try await addSignature(request, repository, digest)
        case (.blob(let repository, let digest), _) where isRead: return try await blob(request, repository, digest)
        case (.blob(let repository, let digest), .delete): return try deleteBlob(repository, digest)
        case (.manifest(let repository, let reference), _) where isRead:
            return try await manifest(repository, reference, context.identity)
        case (.manifest(let repository, let reference), .put):
            return try await putManifest(request, repository, reference)
        case (.manifest(let repository, let reference), .delete): return try await deleteManifest(repository, reference)
        case (.uploads(let repository), .post): return try await beginUpload(request, repository)
        case (.upload(let repository, let id), .patch): return try await continueUpload(request, repository, id)
        case (.upload(let repository, let id), .put): return try await finishUpload(request, repository, id)
        case (.upload(let repository, let id), .get): return try await uploadStatus(repository, id)
        case (.upload(_, let id), .delete): return try await cancelUpload(id)
        default:
            throw RegistryFailure(.unsupported, .methodNotAllowed, "\(request.method.rawValue) is not for this path")
        }
    }
}
