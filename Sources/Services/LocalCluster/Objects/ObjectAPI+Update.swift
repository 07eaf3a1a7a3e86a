import Documents
import Kubernetes
import WaybillCore

extension ObjectAPI {
    /// What a write wants to store in place of the old object.
    struct Proposal {
        var object: Value
        var managers: ManagedFields
        /// The caller named a version: a write in between is its conflict, not a reason to try again.
        var namesVersion = false
    }

    func replace(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        var warnings: [String] = []
        let document = try BodyReader.document(request)
        var object = try BodyReader.object(document, path.type, request, &warnings)
        try checkNamespace(&object, path)
        guard object[path: "metadata", "name"]?.string ?? name == name else {
            let named = object[path: "metadata", "name"]?.string ?? ""
            throw .badRequest("the name of the object (\(named)) does not match the name on the URL (\(name))")
        }
        object[Pointer(["metadata", "name"])] = .string(name)
        let complete = Defaults.apply(to: ObjectStrategy.convert(object, path.type), path.type)
        let clearsManagers = document[path: "metadata", "managedFields"]?.array?.isEmpty == true
        return try await change(path, name, request, warnings: warnings) { old throws(APIError) in
            try ownedUpdate(complete, old, path, request, clearsManagers: clearsManagers)
        }
    }

    /// The proposal of a write that is not an apply.
    func ownedUpdate(
        _ object: Value, _ old: Value, _ path: ResourcePath, _ request: APIRequest, clearsManagers: Bool = false,
        subresource: String? = nil
    ) throws(APIError) -> Proposal {
        let version = object[path: "metadata", "resourceVersion"]?.string ?? ""
        if !version.isEmpty, version != old[path: "metadata", "resourceVersion"]?.string {
            throw .conflict(path.type, old[path: "metadata", "name"]?.string ?? "")
        }
        let part = subresource ?? path.subresource
        let new = ObjectStrategy.prepareForUpdate(object, old: old, path.type, subresource: path.subresource)
        let managers = FieldOwnership(kind: path.type.kind).update(
            from: old, to: new, managers: clearsManagers ? ManagedFields() : try managers(of: old),
            as: manager(request, path.type, .update, part), time: APITime.now)
        return Proposal(
            object: object, managers: clearsManagers ? ManagedFields() : managers, namesVersion: !version.isEmpty)
    }

    /// Replaces an object by what `propose` makes of it, and tries again when somebody else was faster.
    func change(
        _ path: ResourcePath, _ name: String, _ request: APIRequest, warnings: [String] = [],
        _ propose: (Value) throws(APIError) -> Proposal
    ) async throws(APIError) -> APIResponse {
        for _ in 0..<Self.attemptsMax {
            let old = try await existing(path, name)
            let proposal = try propose(old)
            do {
                return try await store(proposal, old, path, name, request, warnings)
            } catch let error as APIError {
                throw error
            } catch ObjectStore.Failure.conflict {
                if proposal.namesVersion { throw .conflict(path.type, name) }
            } catch {
                throw .internalError("\(error)")
            }
        }
        throw .conflict(path.type, name)
    }

    private func store(
        _ proposal: Proposal, _ old: Value, _ path: ResourcePath, _ name: String, _ request: APIRequest,
        _ before: [String]
    ) async throws -> APIResponse {
        let type = path.type
        var warnings = before
        try checkIdentity(proposal.object, old, type, name)
        var object = ObjectStrategy.prepareForUpdate(proposal.object, old: old, type, subresource: path.subresource)
        object[Pointer(["metadata", "managedFields"])] =
            proposal.managers.entries.isEmpty ? Value?.none : proposal.managers.value
        object[Pointer(["metadata", "resourceVersion"])] = old[path: "metadata", "resourceVersion"]
        let review = Review(
            operation: .update, type: type, subresource: path.subresource, namespace: path.namespace ?? "", name: name,
            object: object, oldObject: old, isDryRun: request.isDryRun, user: request.user,
            options: updateOptions(request))
        let mutated = try await admission.mutate(review, &warnings)
        if mutated != object {
            let complete = Defaults.apply(to: SchemaChecker().pruned(mutated, kind: type.kind), type)
            object = ObjectStrategy.prepareForUpdate(complete, old: old, type, subresource: path.subresource)
        }
        try Validation.checkUpdate(object, old: old, type, subresource: path.subresource)
        try await admission.validate(review.with(object: object), &warnings)
        if object == old { return APIResponse(old, warnings: warnings) }
        if request.isDryRun { return APIResponse(object, warnings: warnings) }
        let isFinished =
            old[path: "metadata", "deletionTimestamp"] != nil
            && object[path: "metadata", "finalizers"]?.array?.isEmpty ?? true
            && type.qualifiedName != "pods" && (object[path: "spec", "finalizers"]?.array?.isEmpty ?? true)
        if isFinished {
            try await store.remove(key(path, name), expecting: old.revision)
            return APIResponse(object, warnings: warnings)
        }
        let stored = try await store.put(key(path, name), object, expecting: .revision(old.revision))
        return APIResponse(stored, warnings: warnings)
    }

    private func updateOptions(_ request: APIRequest) -> Value {
        var options: Value = [
            "kind": .string(request.contentType.contains("patch") ? "PatchOptions" : "UpdateOptions"),
            "apiVersion": "meta.k8s.io/v1",
        ]
        if let manager = request.parameter("fieldManager") { options["fieldManager"] = .string(manager) }
        if request.isDryRun { options["dryRun"] = ["All"] }
        return options
    }

    private func checkIdentity(_ new: Value, _ old: Value, _ type: ResourceType, _ name: String) throws(APIError) {
        if let uid = new[path: "metadata", "uid"]?.string, !uid.isEmpty, uid != old[path: "metadata", "uid"]?.string {
            throw .conflict(
                type, name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old[path: "metadata", "uid"]?.string ?? "")"
            )
        }
        guard new[path: "metadata", "name"]?.string ?? name == name else {
            throw .badRequest(
                "the name of the object (\(new[path: "metadata", "name"]?.string ?? "")) does not match the name on the URL (\(name))"
            )
        }
    }
}
