public import Documents
public import HTTPServing
public import Hummingbird
import NIOCore
import PolicyTools
public import Rego
import WaybillCore

/// OPA's REST API over a `PolicyStore`: documents, policies, queries, health, status and metrics.
///
///     let server = PolicyServer(store: try PolicyStore(sources), host: .system())
///     let listening = try await HTTPServer.start(server.router(), name: "policy")
public struct PolicyServer: Sendable {
    public struct Settings: Sendable {
        /// Callers are asked for a bearer token, which `system.authz` sees as `input.identity`.
        public var readsTokens = false
        /// `system.authz.allow` decides who may ask for what.
        public var authorizes = false
        public var defaultDecision = ["system", "main"]
        public var authorizationDecision = ["system", "authz", "allow"]
        /// The Rego of policies that are put.
        public var version = RegoVersion.v1
        public var limits = EvaluationLimits.standard
        /// Of one request, unpacked.
        public var bodyBytesMax = 64 << 20
        /// Nanoseconds for one decision.
        public var timeNanosecondsMax = 30_000_000_000
        /// What `/v1/config` shows.
        public var configuration: Value = [:]

        public init() {}
    }

    public let store: PolicyStore
    public let settings: Settings
    public let host: PolicyHost
    let metrics = RequestMetrics()
    let plugins: PolicyPlugins?

    public init(
        store: PolicyStore, settings: Settings = Settings(), host: PolicyHost, plugins: PolicyPlugins? = nil
    ) {
        self.store = store
        self.settings = settings
        self.host = host
        self.plugins = plugins
    }

    public func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        for method in [HTTPRequest.Method.get, .head, .put, .post, .patch, .delete] {
            router.on("", method: method) { request, context in await respond(request, context) }
            router.on("**", method: method) { request, context in await respond(request, context) }
        }
        return router
    }

    func respond(_ request: Request, _ context: ServiceContext) async -> Response {
        let start = host.clock()
        var handler = "unknown"
        let response: Response
        do {
            let call = try await PolicyCall(request, context, bytesMax: settings.bodyBytesMax)
            handler = call.handlerName
            if let refusal = try refusal(of: call) {
                response = refusal
            } else {
                response = try await answer(call)
            }
        } catch {
            response = PolicyFailure(error).response
        }
        metrics.record(
            handler: handler, method: request.method.rawValue.lowercased(), status: response.status.code,
            nanoseconds: host.clock() - start)
        return response
    }

    private func answer(_ call: PolicyCall) async throws -> Response {
        let isRead = call.method == .get || call.method == .head
        switch (call.path.first, call.path.dropFirst().first) {
        case (nil, _) where call.method == .post: return try await webhook(call, settings.defaultDecision)
        case ("v1", "data"): return try await data(call, Array(call.path.dropFirst(2)))
        case ("v0", "data") where call.method == .post: return try await webhook(call, Array(call.path.dropFirst(2)))
        case ("v1", "policies"): return try policies(call, Array(call.path.dropFirst(2)))
        case ("v1", "query") where isRead || call.method == .post: return try await query(call)
        case ("v1", "compile") where call.method == .post: return try await compile(call)
        case ("v1", "config") where isRead && call.path.count == 2:
            return call.json(["result": settings.configuration])
        case ("v1", "status") where isRead && call.path.count == 2:
            return call.json(["result": plugins?.status() ?? ["plugins": [:]]])
        case ("health", _) where isRead: return try health(call)
        case ("metrics", nil) where isRead:
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.text + (plugins?.metricsText() ?? ""))))
        case ("v1", "data"?), ("v0", "data"?), ("v1", "query"?), ("v1", "compile"?), ("health", _), ("metrics", nil),
            ("v1", "config"?), ("v1", "status"?), (nil, _):
            throw PolicyFailure(.methodNotAllowed, "method_not_allowed", "method not allowed")
        default: throw PolicyFailure(.notFound, "not_found", "page not found")
        }
    }

    // MARK: Who may

    /// Nil lets the call go on. An error while finding out is a refusal too.
    private func refusal(of call: PolicyCall) throws -> Response? {
        // Liveness must not need a token: who asks is the machine itself.
        guard settings.authorizes, call.path.first != "health" else { return nil }
        let decision: RegoValue?
        do {
            decision = try store.snapshot.compiled.document(
                at: settings.authorizationDecision,
                input: RegoValue(call.authorizationInput(readsTokens: settings.readsTokens)), limits: limits(),
                surroundings: host.surroundings())
        } catch {
            throw PolicyFailure(.internalServerError, "internal_error", "authorization could not be decided", error)
        }
        switch decision {
        case .bool(true)?: return nil
        case .object(let object)? where object["allowed"] == .bool(true): return nil
        case .object(let object)?:
            throw PolicyFailure(
                .unauthorized, "unauthorized",
                object["reason"]?.string ?? "request rejected by administrative policy")
        default:
            throw PolicyFailure(.unauthorized, "unauthorized", "request rejected by administrative policy")
        }
    }

    func limits() -> EvaluationLimits {
        var limits = settings.limits
        let (clock, end) = (host.clock, host.clock() + settings.timeNanosecondsMax)
        limits.isOver = { clock() > end }
        return limits
    }
}
