import Documents
import Kubernetes
import WaybillCore

/// The verbs of the API over the store: every write passes checks, ownership and admission.
struct ObjectAPI: Sendable {
    let store: ObjectStore
    let admission: WebhookAdmission

    /// How often a write that names no version is tried again when another one came first.
    static let attemptsMax = 8

    func handle(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        try QueryChecks.check(request)
        switch (path.subresource, path.name, request.method) {
        case (nil, nil, "GET"), (nil, nil, "HEAD"):
            return try await request.flag("watch") ? watch(path, request) : list(path, request)
        case (nil, nil, "POST"): return try await create(path, request)
        case (nil, nil, "DELETE") where path.type.verbs.contains("deletecollection"):
            return try await deleteCollection(path, request)
        case (nil, let name?, "GET"): return try await get(path, name, request)
        case (nil, let name?, "PUT"), ("status", let name?, "PUT"): return try await replace(path, name, request)
        case (nil, let name?, "PATCH"), ("status", let name?, "PATCH"): return try await patch(path, name, request)
        case (nil, let name?, "DELETE"): return try await delete(path, name, request)
        case ("status", let name?, "GET"): return try await get(path, name, request)
        case ("scale", let name?, "GET"), ("scale", let name?, "PUT"), ("scale", let name?, "PATCH"):
            return try await scale(path, name, request)
        case ("finalize", let name?, "PUT"): return try await finalize(path, name, request)
        case ("binding", let name?, "POST"): return try await bind(path, name, request)
        case ("eviction", let name?, "POST"): return try await evict(path, name, request)
        default: throw .methodNotAllowed
        }
    }

    func key(_ path: ResourcePath, _ name: String) -> ObjectStore.Key {
        .init(resource: path.type.qualifiedName, namespace: path.namespace ?? "", name: name)
    }

    func existing(_ path: ResourcePath, _ name: String) async throws(APIError) -> Value {
        guard let object = await store.get(key(path, name)) else { throw .notFound(path.type, name) }
        return object
    }

    func get(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        APIResponse(try await existing(path, name))
    }

    func managers(of object: Value) throws(APIError) -> ManagedFields {
        do {
            return try ManagedFields(object[path: "metadata", "managedFields"])
        } catch {
            throw .internalError("\(error)")
        }
    }

    func manager(
        _ request: APIRequest, _ type: ResourceType, _ operation: ManagedFields.Manager.Operation,
        _ subresource: String?
    )
        -> ManagedFields.Manager
    {
        .init(request.fieldManager, operation, apiVersion: type.kind.apiVersion, subresource: subresource ?? "")
    }
}

/// Query parameters that every verb takes.
enum QueryChecks {
    static func check(_ request: APIRequest) throws(APIError) {
        let kind: String? =
            switch request.method {
            case "POST": "CreateOptions"
            case "PUT": "UpdateOptions"
            case "PATCH": "PatchOptions"
            case "DELETE": "DeleteOptions"
            default: nil
            }
        guard let kind else { return }
        var causes: [APIError.Cause] = []
        let dryRun = request.parameters("dryRun").filter { !$0.isEmpty }
        if dryRun.contains(where: { $0 != "All" }) {
            causes.append(.unsupported("dryRun", .array(dryRun.map(Value.string)), ["All"]))
        }
        if request.method == "PATCH" { causes += patchCauses(request) }
        if (request.parameter("fieldManager") ?? "").utf8.count > 128 {
            causes.append(
                .init(
                    reason: "FieldValueTooLong", message: "Too long: may not be more than 128 bytes",
                    field: "fieldManager"))
        }
        if request.method != "DELETE", let validation = request.parameter("fieldValidation"),
            !["", "Ignore", "Warn", "Strict"].contains(validation)
        {
            causes.append(.unsupported("fieldValidation", .string(validation), ["", "Ignore", "Strict", "Warn"]))
        }
        if !causes.isEmpty {
            throw .invalid(.init(group: "meta.k8s.io", version: "v1", kind: kind), "", causes)
        }
    }

    private static func patchCauses(_ request: APIRequest) -> [APIError.Cause] {
        if request.contentType.hasPrefix("application/apply-patch+yaml") {
            return (request.parameter("fieldManager") ?? "").isEmpty
                ? [.required("fieldManager", "is required for apply patch")] : []
        }
        return request.parameter("force") == nil
            ? [] : [.forbidden("force", "may not be specified for non-apply patch")]
    }
}
