import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// The verbs of the API over the store: every write passes checks, ownership and admission.
struct ObjectAPI: Sendable {
    let store: ObjectStore
    let registry: TypeRegistry
    let admission: Admission

    /// How often a write that names no version is tried again when another one came first.
    static let attemptsMax = 8

    func handle(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        if let stored = KindConversion.stored(of: path.type) {
            return try await KindConversion(from: path.type, to: stored).handle(path, request, self)
        }
        try QueryChecks.check(request)
        var response = try await answer(path, request)
        if let deprecation = path.type.custom?.deprecation ?? Deprecations.warning(path.type) {
            response.warnings.insert(deprecation, at: 0)
        }
        return response
    }

    private func answer(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        switch (path.subresource, path.name, request.method) {
        case (nil, nil, "GET"), (nil, nil, "HEAD"):
            return try await Selection.isWatch(request) ? watch(path, request) : list(path, request)
        case (nil, nil, "POST"): return try await create(path, request)
        case (nil, nil, "DELETE") where path.type.verbs.contains("deletecollection"):
            return try await deleteCollection(path, request)
        case (nil, let name?, "GET"), (nil, let name?, "HEAD"):
            if Selection.isWatch(request) { return try await watch(path, request) }
            return try await get(path, name, request)
        case (nil, let name?, "DELETE"): return try await delete(path, name, request)
        case ("scale", let name?, "GET"), ("scale", let name?, "PUT"), ("scale", let name?, "PATCH"):
            return try await scale(path, name, request)
        case ("finalize", let name?, "PUT"): return try await finalize(path, name, request)
        case ("binding", let name?, "POST"): return try await bind(path, name, request)
        case ("eviction", let name?, "POST"): return try await evict(path, name, request)
        case (_, let name?, "GET")
        where ["status", "ephemeralcontainers", "resize", "approval"].contains(path.subresource):
            return try await get(path, name, request)
        case (nil, let name?, "PUT"), ("status", let name?, "PUT"), ("ephemeralcontainers", let name?, "PUT"),
            ("resize", let name?, "PUT"), ("approval", let name?, "PUT"):
            return try await replace(path, name, request)
        case (nil, let name?, "PATCH"), ("status", let name?, "PATCH"), ("ephemeralcontainers", let name?, "PATCH"),
            ("resize", let name?, "PATCH"), ("approval", let name?, "PATCH"):
            return try await patch(path, name, request)
        default: throw .methodNotAllowed
        }
    }

    func key(_ path: ResourcePath, _ name: String) -> ObjectStore.Key {
        .init(resource: path.type.qualifiedName, namespace: path.namespace ?? "", name: name)
    }

    func existing(_ path: ResourcePath, _ name: String) async throws(APIError) -> Value {
        guard let object = await store.get(key(path, name)) else { throw .notFound(path.type, name) }
        return Self.presented(object, path.type)
    }

    /// A stored object in the version that is asked for, with what its schema has learnt since.
    static func presented(_ object: Value, _ type: ResourceType) -> Value {
        guard let custom = type.custom else { return object }
        var result = custom.schema.defaulted(object)
        result["apiVersion"] = .string(type.kind.apiVersion)
        return result
    }

    /// An object as the store keeps it.
    static func storable(_ object: Value, _ type: ResourceType) -> Value {
        guard let custom = type.custom else { return object }
        var result = object
        result["apiVersion"] = .string("\(type.group)/\(custom.storageVersion)")
        return result
    }

    func get(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        if let version = request.parameter("resourceVersion"), !version.isEmpty, UInt64(version) == nil {
            throw .plain(
                "resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax"
            )
        }
        if let version = request.parameter("resourceVersion").flatMap({ Int($0) }) {
            let current = Int(await store.revision)
            if version > current { throw Self.tooLarge(version, current) }
        }
        return APIResponse(try await existing(path, name))
    }

    /// The managers that an object names; those that cannot be read count as none.
    func managers(of object: Value) -> ManagedFields {
        (try? ManagedFields(object[path: "metadata", "managedFields"])) ?? ManagedFields()
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

/// Kinds whose use is discouraged, with the real server's words.
enum Deprecations {
    static func warning(_ type: ResourceType) -> String? {
        switch type.qualifiedName {
        case "componentstatuses": "v1 ComponentStatus is deprecated in v1.19+"
        case "endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
        default: String?.none
        }
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
        let isApply = BodyReader.mediaType(request) == "application/apply-patch+yaml"
        if request.method == "PATCH" {
            if isApply, (request.parameter("fieldManager") ?? "").isEmpty {
                causes.append(.required("fieldManager", "is required for apply patch"))
            }
            if !isApply, request.parameter("force") != nil {
                causes.append(.forbidden("force", "may not be specified for non-apply patch"))
            }
        }
        let manager = request.parameter("fieldManager") ?? ""
        if manager.utf8.count > 128 { causes.append(.tooLong("fieldManager", bytesMax: 128)) }
        if manager.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            causes.append(.invalid("fieldManager", .string(manager), "should not contain non-printable characters"))
        }
        let dryRun = request.parameters("dryRun").filter { !$0.isEmpty }
        if dryRun.contains(where: { $0 != "All" }) {
            causes.append(.unsupported("dryRun", .array(dryRun.map(Value.string)), ["All"]))
        }
        if request.method != "DELETE", let validation = request.parameter("fieldValidation"),
            !["", "Ignore", "Warn", "Strict"].contains(validation)
        {
            causes.append(.unsupported("fieldValidation", .string(validation), ["", "Ignore", "Strict", "Warn"]))
        }
        if !causes.isEmpty { throw .invalidOptions(kind, causes) }
    }
}
