import Documents
import Kubernetes
import WaybillCore

/// The whole API: discovery, objects, logs, in the form the caller accepts.
struct APIServer: Sendable {
    let objects: ObjectAPI
    let address: String
    /// Reads what a pod's container has written.
    var logs: (@Sendable (LogRequest) async throws(APIError) -> APIResponse)?

    func respond(to request: APIRequest) async -> APIResponse {
        do throws(APIError) {
            return try await route(request)
        } catch {
            return APIResponse(error)
        }
    }

    private func route(_ request: APIRequest) async throws(APIError) -> APIResponse {
        let isReading = request.method == "GET" || request.method == "HEAD"
        switch (request.path.count, request.path.first) {
        case (0, _):
            return APIResponse([
                "paths": [
                    "/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz",
                    "/version",
                ]
            ])
        case (1, "version"): return APIResponse(Discovery.versionDocument)
        case (1, "healthz"), (1, "livez"), (1, "readyz"): return APIResponse(text: "ok")
        case (_, "openapi"): return try openAPI(request)
        case (1, "api") where isReading:
            return discovery(request, Discovery.aggregated(core: true), Discovery.coreVersions(address: address))
        case (1, "apis") where isReading:
            return discovery(request, Discovery.aggregated(core: false), Discovery.groupList)
        case (2, "api") where isReading: return try found(Discovery.resources(group: "", version: request.path[1]))
        case (2, "apis") where isReading: return try found(Discovery.group(named: request.path[1]))
        case (3, "apis") where isReading:
            return try found(Discovery.resources(group: request.path[1], version: request.path[2]))
        case (_, "apis") where request.path.dropFirst().first == "authorization.k8s.io": return try review(request)
        default: break
        }
        guard let path = ResourcePath(request.path) else {
            if request.path.count == 7, request.path[4] == "pods",
                ["exec", "attach", "portforward"].contains(request.path[6])
            {
                throw .unsupported(request.path[6])
            }
            throw .noSuchPath
        }
        if path.subresource == "log", let logs, let name = path.name {
            let pod = try await objects.existing(path, name)
            return try await logs(LogRequest(pod, request))
        }
        return try Presentation(request).present(try await objects.handle(path, request), path)
    }

    private func discovery(_ request: APIRequest, _ aggregated: Value, _ plain: Value) -> APIResponse {
        guard request.accept.contains("as=APIGroupDiscoveryList"),
            request.accept.contains("v=v2;") || request.accept.contains("v=v2,")
        else { return APIResponse(plain) }
        var response = APIResponse(aggregated)
        response.contentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        return response
    }

    private func found(_ value: Value?) throws(APIError) -> APIResponse {
        guard let value else { throw .noSuchPath }
        return APIResponse(value)
    }

    private func openAPI(_ request: APIRequest) throws(APIError) -> APIResponse {
        let rest = Array(request.path.dropFirst())
        switch (rest.first, rest.count) {
        case ("v2", 1): return APIResponse(OpenAPIDocument.version2)
        case ("v3", 1): return APIResponse(OpenAPIDocument.index)
        case ("v3", 3) where rest[1] == "api": return try found(OpenAPIDocument.version3(group: "", version: rest[2]))
        case ("v3", 4) where rest[1] == "apis":
            return try found(OpenAPIDocument.version3(group: rest[2], version: rest[3]))
        default: throw .noSuchPath
        }
    }

    /// Every token of a local cluster is an administrator's; there is no other answer to `kubectl auth can-i`.
    private func review(_ request: APIRequest) throws(APIError) -> APIResponse {
        guard request.path.last == "selfsubjectaccessreviews", request.method == "POST" else { throw .noSuchPath }
        var body = try BodyReader.document(request)
        body["status"] = ["allowed": true, "reason": "every token of a local cluster is an administrator's"]
        return APIResponse(body, code: 201)
    }
}
