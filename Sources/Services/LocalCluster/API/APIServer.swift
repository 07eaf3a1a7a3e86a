import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// The whole API: discovery, objects, reviews, logs, in the form the caller accepts.
struct APIServer: Sendable {
    let objects: ObjectAPI
    let reviews: Reviews
    let address: String
    let published: PublishedSchemas
    /// Reads what a pod's container has written.
    var logs: (@Sendable (LogRequest) async throws(APIError) -> APIResponse)?
    /// Finds what a session with a pod is tied to.
    var streams: (@Sendable (StreamRequest) async throws(APIError) -> StreamTarget)?

    private var registry: TypeRegistry { objects.registry }
    private var authorizer: Authorizer { objects.admission.authorizer }

    func respond(to request: APIRequest) async -> APIResponse {
        do throws(APIError) {
            return try await route(request)
        } catch {
            return APIResponse(error)
        }
    }

    private func route(_ request: APIRequest) async throws(APIError) -> APIResponse {
        if let first = request.path.first, ["api", "apis"].contains(first),
            request.path.count > 2 || first == "api" && request.path.count > 2,
            let path = ResourcePath(request.path, in: registry)
        {
            return try await resource(path, request)
        }
        try authorizer.check(
            AccessRequest(verb: request.method.lowercased(), path: "/" + request.path.joined(separator: "/")),
            request.user)
        return try await other(request)
    }

    private func resource(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        try authorizer.check(AccessRequest(path, request), request.user)
        if let answer = try await reviews.answer(path, request) {
            return try Presentation(request, isCollection: false).present(answer, path, published)
        }
        if path.subresource == "log", let logs, let name = path.name {
            guard request.method == "GET" else { throw .methodNotAllowed }
            let pod = try await objects.existing(path, name)
            return try await logs(try LogRequest(pod, request))
        }
        if let part = path.subresource, StreamRequest.Kind(rawValue: part) != nil {
            _ = try await stream(path, request)
            throw .badRequest("Upgrade request required")
        }
        if path.subresource == "proxy" {
            if let name = path.name { _ = try await objects.existing(path, name) }
            throw .unsupported("\(path.type.plural)/proxy")
        }
        let form = try Presentation(request, isCollection: path.name == nil && request.method == "GET")
        return form.present(try await objects.handle(path, request), path, published)
    }

    /// What a request for a session leads to; the caller has shown that he may ask.
    private func stream(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> (
        request: StreamRequest, target: StreamTarget
    ) {
        guard let kind = path.subresource.flatMap(StreamRequest.Kind.init(rawValue:)), let name = path.name else {
            throw .noSuchPath
        }
        guard ["GET", "POST"].contains(request.method) else { throw .methodNotAllowed }
        guard let streams else { throw .unsupported("\(path.type.plural)/\(kind.rawValue)") }
        let asked = StreamRequest(kind, try await objects.existing(path, name), request)
        return (asked, try await streams(asked))
    }

    /// The same for a request that has come with an upgrade. Nil where it must be answered in words.
    func session(for request: APIRequest) async -> (request: StreamRequest, target: StreamTarget)? {
        guard let path = ResourcePath(request.path, in: registry) else { return nil }
        do throws(APIError) {
            try authorizer.check(AccessRequest(path, request), request.user)
            return try await stream(path, request)
        } catch {
            // The same request without its upgrade gets the same error, and tells it.
            return nil
        }
    }

    private func other(_ request: APIRequest) async throws(APIError) -> APIResponse {
        let path = request.path
        switch (path.count, path.first) {
        case (0, _): return APIResponse(["paths": .array(rootPaths.map(Value.string))])
        case (1, "version"): return APIResponse(Discovery.versionDocument)
        case (_, "healthz"), (_, "livez"), (_, "readyz"): return try health(request)
        case (_, "openapi"): return try openAPI(request)
        case (1, "api"):
            return discovery(
                request, Discovery.aggregated(core: true, registry), Discovery.coreVersions(address: address))
        case (1, "apis"):
            return discovery(request, Discovery.aggregated(core: false, registry), Discovery.groupList(registry))
        case (2, "api"): return try found(Discovery.resources(group: "", version: path[1], registry))
        case (2, "apis"): return try found(Discovery.group(named: path[1], registry))
        case (3, "apis"): return try found(Discovery.resources(group: path[1], version: path[2], registry))
        default: throw unknown(request)
        }
    }

    private var rootPaths: [String] {
        var paths = ["/api", "/api/v1", "/apis", "/apis/"]
        for (group, versions) in Discovery.groups(registry) {
            paths.append("/apis/\(group)")
            paths += versions.map { "/apis/\(group)/\($0)" }
        }
        return
            (paths + [
                "/healthz", "/healthz/ping", "/livez", "/livez/ping", "/openapi/v2", "/openapi/v3", "/readyz",
                "/readyz/ping",
                "/version",
            ]).sorted()
    }

    /// A resource that a served group does not have is told of as a status; everything else is no page at all.
    private func unknown(_ request: APIRequest) -> APIError {
        let path = request.path
        let isServed: Bool
        switch path.first {
        case "api": isServed = path.count > 2 && path[1] == "v1"
        case "apis":
            isServed =
                path.count > 3
                && registry.all.contains { $0.group == path[1] && $0.kind.version == path[2] }
        default: isServed = false
        }
        guard isServed else { return .pageNotFound }
        if path.first == "apis" {
            let own = registry.customTypes.filter { $0.group == path[1] && $0.kind.version == path[2] }
            if !own.isEmpty {
                // An unknown part of a custom resource is told of as if the object were missing.
                let rest = path.dropFirst(3)
                let parts = rest.first == "namespaces" ? Array(rest.dropFirst(2)) : Array(rest)
                if parts.count >= 2, let type = own.first(where: { $0.plural == parts[0] }) {
                    return .notFound(type, parts[1])
                }
                return .pageNotFound
            }
        }
        return .noSuchPath
    }

    private static let checks = ["ping", "log", "etcd", "poststarthook"]

    private func health(_ request: APIRequest) throws(APIError) -> APIResponse {
        let path = request.path
        if path.count == 2, Self.checks.contains(path[1]) { return APIResponse(text: "ok") }
        guard path.count == 1 else { throw .pageNotFound }
        guard request.parameter("verbose") != nil else { return APIResponse(text: "ok") }
        return APIResponse(
            text: Self.checks.prefix(3).map { "[+]\($0) ok\n" }.joined() + "\(path[0]) check passed\n")
    }

    private func discovery(_ request: APIRequest, _ aggregated: Value, _ plain: Value) -> APIResponse {
        for alternative in request.accept.split(separator: ",") {
            let parts = Set(alternative.split(separator: ";").map { $0.filter { $0 != " " } })
            guard parts.contains("as=APIGroupDiscoveryList") else {
                if parts.contains("application/json") || parts.contains("*/*") { break }
                continue
            }
            guard parts.contains("v=v2") else { continue }
            var response = APIResponse(aggregated)
            response.contentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            return response
        }
        if !request.accept.isEmpty, !request.accept.contains("*/*"),
            request.accept.contains("as=APIGroupDiscoveryList"),
            !request.accept.split(separator: ",").contains(where: { !$0.contains("as=") })
        {
            return APIResponse(Presentation.notAcceptable)
        }
        return APIResponse(plain)
    }

    private func found(_ value: Value?) throws(APIError) -> APIResponse {
        guard let value else { throw .pageNotFound }
        return APIResponse(value)
    }

    private func openAPI(_ request: APIRequest) throws(APIError) -> APIResponse {
        let rest = Array(request.path.dropFirst())
        switch (rest.first, rest.count) {
        case ("v2", 1):
            let document = OpenAPIDocument.version2(registry)
            guard request.accept.contains("com.github.proto-openapi.spec.v2") else { return APIResponse(document) }
            return APIResponse(
                bytes: OpenAPIProtobuf.bytes(document),
                contentType: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
        case ("v3", 1):
            // The real server names this document plain text.
            var response = APIResponse(OpenAPIDocument.index(registry))
            response.contentType = "text/plain; charset=utf-8"
            return response
        case ("v3", _):
            let place = rest.dropFirst().joined(separator: "/")
            if let document = published.document(place) { return APIResponse(document) }
            let parts = Array(rest.dropFirst())
            let found =
                parts.count == 2 && parts[0] == "api"
                ? OpenAPIDocument.version3(group: "", version: parts[1], registry)
                : parts.count == 3 && parts[0] == "apis"
                    ? OpenAPIDocument.version3(group: parts[1], version: parts[2], registry) : nil
            guard let found else {
                var response = APIResponse(text: "", code: 404)
                response.contentType = ""
                return response
            }
            return APIResponse(found)
        default: throw .pageNotFound
        }
    }
}
