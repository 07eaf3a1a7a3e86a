import Documents
import Kubernetes

extension ObjectAPI {
    func create(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        var warnings: [String] = []
        let document = try BodyReader.document(request)
        var object = try BodyReader.object(document, path.type, request, &warnings)
        try checkNamespace(&object, path)
        object = try await prepared(object, path)
        let manager = manager(request, path.type, .update, nil)
        let owned = FieldOwnership(kind: path.type.kind)
            .update(from: [:], to: object, managers: ManagedFields(), as: manager, time: APITime.now)
        object[Pointer(["metadata", "managedFields"])] = owned.entries.isEmpty ? Value?.none : owned.value
        return try await insert(object, path, request, warnings: warnings)
    }

    /// An object that is to be created, with name and defaults.
    func prepared(_ object: Value, _ path: ResourcePath) async throws(APIError) -> Value {
        var object = object
        if object[path: "metadata", "name"]?.string?.isEmpty ?? true {
            guard let prefix = object[path: "metadata", "generateName"]?.string, !prefix.isEmpty else {
                throw .invalid(path.type.kind, "", [.required("metadata.name", "name or generateName is required")])
            }
            object[Pointer(["metadata", "name"])] = .string(String(prefix.prefix(58)) + ObjectStrategy.randomSuffix())
        }
        if object[path: "metadata", "resourceVersion"]?.string?.isEmpty == false {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        object = ObjectStrategy.convert(object, path.type)
        return Defaults.apply(to: object, path.type)
    }

    /// The object of an apply or a create is of the namespace in the URL.
    func checkNamespace(_ object: inout Value, _ path: ResourcePath) throws(APIError) {
        let named = object[path: "metadata", "namespace"]?.string ?? ""
        guard let namespace = path.namespace else {
            if path.type.isNamespaced { throw .methodNotAllowed }
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
        if ResourceTable.withoutController.contains(type.qualifiedName) {
            throw .unsupported("the controller of \(type.qualifiedName)")
        }
        var warnings = warnings
        var object = ObjectStrategy.prepareForCreate(proposed, type)
        try await checkNamespaceIsOpen(path, object)
        let name = object[path: "metadata", "name"]?.string ?? ""
        let review = Review(
            operation: .create, type: type, subresource: nil, namespace: path.namespace ?? "", name: name,
            object: object,
            oldObject: nil, isDryRun: request.isDryRun, user: request.user,
            options: ["kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"])
        object = try await admission.mutate(review, &warnings)
        if object != review.object {
            object = Defaults.apply(to: SchemaChecker().pruned(object, kind: type.kind), type)
        }
        object = try await allocated(object, type)
        try Validation.check(object, type)
        try await admission.validate(review.with(object: object), &warnings)
        object[Pointer(["metadata", "resourceVersion"])] = nil
        if request.isDryRun {
            guard await store.get(key(path, name)) == nil else { throw .alreadyExists(type, name) }
            return APIResponse(object, code: 201, warnings: warnings)
        }
        do {
            return APIResponse(
                try await store.put(key(path, name), object, expecting: .absent), code: 201, warnings: warnings)
        } catch ObjectStore.Failure.conflict {
            throw .alreadyExists(type, name)
        } catch {
            throw .internalError("\(error)")
        }
    }

    private func checkNamespaceIsOpen(_ path: ResourcePath, _ object: Value) async throws(APIError) {
        guard let namespace = path.namespace, path.type.isNamespaced else { return }
        let type = ResourceTable.type(group: "", version: "v1", plural: "namespaces")
        guard let found = await store.get(.init(resource: "namespaces", namespace: "", name: namespace)) else {
            if let type { throw .notFound(type, namespace) }
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

    /// A service's cluster address and node ports. The address is a name within the API only: pods of a local cluster
    /// are reached through the port of `waybill.dev/address`.
    private func allocated(_ object: Value, _ type: ResourceType) async throws(APIError) -> Value {
        guard type.qualifiedName == "services", object[path: "spec", "type"]?.string != "ExternalName" else {
            return object
        }
        var object = object
        let services: [Value]
        do {
            services = try await store.list("services")
        } catch {
            throw .internalError("\(error)")
        }
        let taken = Set(services.compactMap { $0[path: "spec", "clusterIP"]?.string })
        if object[path: "spec", "clusterIP"]?.string?.isEmpty ?? true {
            var address: String
            repeat {
                address = "10.96.\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
            } while taken.contains(address)
            object[Pointer(["spec", "clusterIP"])] = .string(address)
        }
        object.fill(["spec", "clusterIPs"], [object[path: "spec", "clusterIP"] ?? .null])
        object.fill(["spec", "ipFamilies"], ["IPv4"])
        object.fill(["spec", "ipFamilyPolicy"], "SingleStack")
        let kind = object[path: "spec", "type"]?.string
        if kind == "NodePort" || kind == "LoadBalancer" {
            var used = Set(
                services.flatMap { ($0[path: "spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer } })
            object.each(["spec", "ports"]) { port in
                guard port["nodePort"] == nil else { return }
                let free = (30000...32767).filter { !used.contains($0) }
                guard let choice = free.randomElement() else { return }
                used.insert(choice)
                port["nodePort"] = .integer(choice)
            }
        }
        return object
    }
}
