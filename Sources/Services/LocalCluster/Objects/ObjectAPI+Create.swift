import Documents
import Kubernetes
import KubernetesAPI

extension ObjectAPI {
    func create(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        guard path.type.verbs.contains("create") else { throw .methodNotAllowed }
        var warnings: [String] = []
        let body = try BodyReader.body(request, kind: path.type.kind.kind)
        var object = try BodyReader.object(body, path.type, request, &warnings)
        try checkNamespace(&object, path)
        object = try prepared(object, path)
        if !((object[path: "metadata", "managedFields"]?.array ?? []).isEmpty) {
            object[Pointer(["metadata", "managedFields"])] = nil
        }
        let manager = manager(request, path.type, .update, nil)
        // Status is not a client's to write at creation.
        let owned = path.type.ownership.update(
            from: path.type.custom == nil ? path.type.checker.skeleton(of: path.type.kind) : [:],
            to: ObjectStrategy.withoutStatus(object, path.type), managers: ManagedFields(), as: manager,
            time: APITime.now)
        object[Pointer(["metadata", "managedFields"])] = owned.entries.isEmpty ? Value?.none : owned.value
        return try await insert(object, path, request, warnings: warnings + body.warnings)
    }

    /// An object that is to be created, with defaults.
    func prepared(_ object: Value, _ path: ResourcePath) throws(APIError) -> Value {
        var object = object
        if object[path: "metadata", "resourceVersion"]?.string?.isEmpty == false {
            throw .plain("resourceVersion should not be set on objects to be created")
        }
        object = ObjectStrategy.convert(object, path.type)
        return Defaults.apply(to: object, path.type)
    }

    /// The object of an apply or a create is of the namespace in the URL.
    func checkNamespace(_ object: inout Value, _ path: ResourcePath) throws(APIError) {
        let named = object[path: "metadata", "namespace"]?.string ?? ""
        guard let namespace = path.namespace else {
            if path.type.isNamespaced {
                throw .badRequest("an empty namespace may not be set during creation")
            }
            object[Pointer(["metadata", "namespace"])] = nil
            return
        }
        guard named.isEmpty || named == namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        object[Pointer(["metadata", "namespace"])] = .string(namespace)
    }

    /// Takes a complete object through admission and checks into the store.
    func insert(
        _ proposed: Value, _ path: ResourcePath, _ request: APIRequest, warnings: [String]
    ) async throws(APIError) -> APIResponse {
        let type = path.type
        var warnings = warnings
        var object = proposed
        try await checkNamespaceIsOpen(path, object)
        var review = Review(
            operation: .create, type: type, subresource: nil, namespace: path.namespace ?? "",
            name: object[path: "metadata", "name"]?.string ?? "", object: object, oldObject: nil,
            isDryRun: request.isDryRun, user: request.user, options: options("CreateOptions", request))
        let mutated = try await admission.mutate(review, &warnings)
        if mutated != object {
            let (decoded, _) = try BodyReader.decoded(mutated, type)
            object = Defaults.apply(to: decoded, type)
        }
        if object[path: "metadata", "name"]?.string?.isEmpty ?? true {
            guard let prefix = object[path: "metadata", "generateName"]?.string, !prefix.isEmpty else {
                throw .invalid(type.kind, "", [.required("metadata.name", "name or generateName is required")])
            }
            object[Pointer(["metadata", "name"])] = .string(String(prefix.prefix(58)) + ObjectStrategy.randomSuffix())
        }
        object = ObjectStrategy.prepareForCreate(object, type)
        if type.qualifiedName == "certificatesigningrequests.certificates.k8s.io" {
            object = CertificateRules.requested(object, by: request.user)
        }
        let name = object[path: "metadata", "name"]?.string ?? ""
        let selected = try await allocated(object, type, isDryRun: request.isDryRun)
        try Validation.check(selected, type, old: nil, subresource: nil)
        object = selected
        try await escalation(object, path, request)
        warnings += ObjectWarnings.of(object, old: nil, type)
        review.name = name
        review.object = object
        try await admission.validate(review, &warnings)
        object[Pointer(["metadata", "resourceVersion"])] = nil
        if request.isDryRun {
            guard await store.get(key(path, name)) == nil else { throw .alreadyExists(type, name) }
            return APIResponse(object, code: 201, warnings: warnings)
        }
        do {
            let stored = try await store.put(key(path, name), Self.storable(object, type), expecting: .absent)
            return APIResponse(Self.presented(stored, type), code: 201, warnings: warnings)
        } catch ObjectStore.Failure.conflict {
            throw .alreadyExists(type, name)
        } catch {
            throw .internalError("\(error)")
        }
    }

    func options(_ kind: String, _ request: APIRequest) -> Value {
        var options: Value = ["kind": .string(kind), "apiVersion": "meta.k8s.io/v1"]
        if let manager = request.parameter("fieldManager") { options["fieldManager"] = .string(manager) }
        if let validation = request.parameter("fieldValidation") { options["fieldValidation"] = .string(validation) }
        if request.isDryRun { options["dryRun"] = ["All"] }
        return options
    }

    private func checkNamespaceIsOpen(_ path: ResourcePath, _ object: Value) async throws(APIError) {
        guard let namespace = path.namespace, path.type.isNamespaced else { return }
        guard let found = await store.get(.init(resource: "namespaces", namespace: "", name: namespace)) else {
            if let type = ResourceTable.type(named: "namespaces") { throw .notFound(type, namespace) }
            throw .noSuchPath
        }
        guard found[path: "metadata", "deletionTimestamp"] != nil else { return }
        let name = object[path: "metadata", "name"]?.string ?? ""
        var error = APIError.forbidden(
            path.type, name, "unable to create new content in namespace \(namespace) because it is being terminated")
        error.details?["causes"] = [
            [
                "reason": "NamespaceTerminating", "message": .string("namespace \(namespace) is being terminated"),
                "field": "metadata.namespace",
            ]
        ]
        throw error
    }

    /// Roles and bindings may grant only what their writer holds.
    func escalation(_ object: Value, _ path: ResourcePath, _ request: APIRequest) async throws(APIError) {
        guard path.type.group == "rbac.authorization.k8s.io", !request.user.isMaster else { return }
        try admission.authorizer.checkEscalation(object, path, request.user)
    }

    /// A service's cluster address and node ports.
    func allocated(
        _ object: Value, _ type: ResourceType, old: Value? = nil, isDryRun: Bool
    ) async throws(APIError) -> Value {
        guard type.qualifiedName == "services", Validation.specific(object, type, old: old).isEmpty,
            old.map({ Validation.changes(object, $0, type).isEmpty }) ?? true
        else { return object }
        let services = await store.list("services")
        var allocation = ServiceAllocation(others: services.filter { $0.uid != object.uid }, isDryRun: isDryRun)
        do throws(ServiceAllocation.Unfit) {
            return try allocation.complete(object, old: old).get()
        } catch {
            throw .invalid(type.kind, object.name, [error.cause])
        }
    }
}
