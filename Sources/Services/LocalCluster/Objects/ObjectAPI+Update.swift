import Documents
import Kubernetes
import KubernetesAPI
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
        let body = try BodyReader.body(request, kind: path.type.kind.kind)
        var object = try BodyReader.object(body, path.type, request, &warnings)
        try checkNamespace(&object, path)
        let named = object[path: "metadata", "name"]?.string ?? ""
        guard named == name else {
            if named.isEmpty { throw .badRequest("name of the object is required") }
            throw .badRequest("the name of the object (\(named)) does not match the name on the URL (\(name))")
        }
        let complete = Defaults.apply(to: ObjectStrategy.convert(object, path.type), path.type)
        if path.subresource == nil, Self.createdByUpdate.contains(path.type.qualifiedName),
            complete[path: "metadata", "resourceVersion"]?.string?.isEmpty ?? true,
            await store.get(key(path, name)) == nil
        {
            var collection = path
            collection.name = nil
            let asked = AccessRequest(
                verb: "create", group: path.type.group, resource: path.type.plural, namespace: path.namespace ?? "",
                name: name)
            try admission.authorizer.check(asked, request.user)
            return try await create(collection, request)
        }
        return try await change(path, name, request, warnings: warnings + body.warnings) { old throws(APIError) in
            let version = complete[path: "metadata", "resourceVersion"]?.string ?? ""
            if path.type.custom != nil, version.isEmpty || version == "0" {
                throw Self.versionRequired(path.type, name)
            }
            if let uid = complete[path: "metadata", "uid"]?.string, !uid.isEmpty, uid != old.uid {
                throw .conflict(
                    path.type, name,
                    "StorageError: invalid object, Code: 4, Key: /registry/\(storageKey(path, name)), ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: \(uid), UID in object meta: \(old.uid)"
                )
            }
            return try ownedUpdate(complete, old, path, request)
        }
    }

    /// Kinds whose objects come to be when an update finds none.
    private static let createdByUpdate: Set<String> = [
        "endpoints", "events", "limitranges", "services", "leases.coordination.k8s.io",
        "endpointslices.discovery.k8s.io", "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
    ]

    /// Custom resources are not replaced blindly.
    private static func versionRequired(_ type: ResourceType, _ name: String) -> APIError {
        let kind = ObjectKind(group: type.group, version: type.kind.version, kind: type.plural)
        return .invalid(
            kind, name, [.invalid("metadata.resourceVersion", 0, "must be specified for an update")])
    }

    private func storageKey(_ path: ResourcePath, _ name: String) -> String {
        let resource = path.type.custom == nil ? path.type.plural : "\(path.type.group)/\(path.type.plural)"
        return [resource, path.namespace, name].compactMap { $0 }.joined(separator: "/")
    }

    /// The managers that a write other than an apply leaves behind, and whether it asks for all to be forgotten.
    private func managersAfter(_ object: Value, _ old: Value) -> (managers: ManagedFields, isReset: Bool) {
        let given = object[path: "metadata", "managedFields"]?.array ?? []
        if given.count == 1, given[0].object?.isEmpty == true { return (ManagedFields(), true) }
        if !given.isEmpty, let named = try? ManagedFields(.array(given)) { return (named, false) }
        return (managers(of: old), false)
    }

    /// The proposal of a write that is not an apply.
    func ownedUpdate(
        _ object: Value, _ old: Value, _ path: ResourcePath, _ request: APIRequest, subresource: String? = nil
    ) throws(APIError) -> Proposal {
        let version = object[path: "metadata", "resourceVersion"]?.string ?? ""
        if !version.isEmpty, version != "0", version != old[path: "metadata", "resourceVersion"]?.string {
            throw .conflict(path.type, old.name)
        }
        let part = subresource ?? path.subresource
        let (before, isReset) = managersAfter(object, old)
        let new = ObjectStrategy.prepareForUpdate(object, old: old, path.type, subresource: path.subresource)
        let managers =
            isReset
            ? before
            : path.type.ownership.update(
                from: old, to: new, managers: before, as: manager(request, path.type, .update, part), time: APITime.now)
        return Proposal(object: object, managers: managers, namesVersion: !version.isEmpty && version != "0")
    }

    /// Replaces an object by what `propose` makes of it, and tries again when somebody else was faster.
    func change(
        _ path: ResourcePath, _ name: String, _ request: APIRequest, warnings: [String] = [],
        review: (@Sendable (Value, Value) -> (object: Value, old: Value, kind: ObjectKind))? = nil,
        _ propose: (Value) throws(APIError) -> Proposal
    ) async throws(APIError) -> APIResponse {
        for _ in 0..<Self.attemptsMax {
            let old = try await existing(path, name)
            let proposal = try propose(old)
            do {
                return try await store(proposal, old, path, name, request, warnings, review)
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
        _ before: [String],
        _ reviewed: (@Sendable (Value, Value) -> (object: Value, old: Value, kind: ObjectKind))?
    ) async throws -> APIResponse {
        let type = path.type
        var warnings = before
        guard proposal.object.name.isEmpty || proposal.object.name == name else {
            throw APIError.badRequest(
                "the name of the object (\(proposal.object.name)) does not match the name on the URL (\(name))")
        }
        let namespace = proposal.object.namespace
        guard path.namespace == nil || namespace.isEmpty || namespace == path.namespace else {
            throw APIError.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        let identity = MetadataRules.changes(proposal.object, old, type)
        var object = ObjectStrategy.prepareForUpdate(proposal.object, old: old, type, subresource: path.subresource)
        object[Pointer(["metadata", "managedFields"])] =
            proposal.managers.entries.isEmpty ? Value?.none : proposal.managers.value
        object[Pointer(["metadata", "resourceVersion"])] = old[path: "metadata", "resourceVersion"]
        let seen = reviewed?(object, old)
        var review = Review(
            operation: .update, type: type, subresource: path.subresource, namespace: path.namespace ?? "", name: name,
            object: seen?.object ?? object, oldObject: seen?.old ?? old, isDryRun: request.isDryRun,
            user: request.user, options: options("UpdateOptions", request))
        review.objectKind = seen?.kind
        let mutated = try await admission.mutate(review, &warnings)
        if seen == nil, mutated != object {
            let (decoded, _) = try BodyReader.decoded(mutated, type)
            object = ObjectStrategy.prepareForUpdate(
                Defaults.apply(to: decoded, type), old: old, type, subresource: path.subresource)
            object[Pointer(["metadata", "resourceVersion"])] = old[path: "metadata", "resourceVersion"]
            review.object = object
        }
        if path.subresource == nil { object = try await allocated(object, type, old: old, isDryRun: request.isDryRun) }
        if !identity.isEmpty { throw APIError.invalid(type.kind, name, identity) }
        try Validation.check(object, type, old: old, subresource: path.subresource)
        try await escalation(object, path, request)
        if path.subresource == nil { warnings += ObjectWarnings.of(object, old: old, type) }
        try await admission.validate(review, &warnings)
        if Self.isSame(object, old) { return APIResponse(old, warnings: warnings) }
        if request.isDryRun { return APIResponse(object, warnings: warnings) }
        let isFinished =
            old.isBeingDeleted && object[path: "metadata", "finalizers"]?.array?.isEmpty ?? true
            && (type.qualifiedName != "pods" || old[path: "metadata", "deletionGracePeriodSeconds"]?.integer == 0)
            && (object[path: "spec", "finalizers"]?.array?.isEmpty ?? true)
        if isFinished {
            try await store.remove(key(path, name), expecting: old.revision)
            return APIResponse(object, warnings: warnings)
        }
        let stored = try await store.put(
            key(path, name), Self.storable(object, type), expecting: .revision(old.revision))
        return APIResponse(Self.presented(stored, type), warnings: warnings)
    }

    /// Nothing changed but, perhaps, the times of managers.
    private static func isSame(_ object: Value, _ old: Value) -> Bool {
        func timeless(_ value: Value) -> Value {
            var value = value
            value.each(["metadata", "managedFields"]) { $0["time"] = nil }
            if value[path: "metadata", "managedFields"]?.array?.isEmpty == true {
                value[Pointer(["metadata", "managedFields"])] = nil
            }
            return value
        }
        return object == old || timeless(object) == timeless(old)
    }
}

/// Identity cannot be changed.
enum MetadataRules {
    static func changes(_ new: Value, _ old: Value, _ type: ResourceType) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        for key in ["uid"] {
            guard let value = new[path: "metadata", key]?.string, !value.isEmpty,
                value != old[path: "metadata", key]?.string
            else { continue }
            let cause = APIError.Cause.invalid("metadata.\(key)", .string(value), "field is immutable")
            // The real server looks twice.
            causes += type.custom == nil ? [cause, cause] : [cause]
        }
        if old.isBeingDeleted {
            let before = old[path: "metadata", "finalizers"]?.array ?? []
            let added = (new[path: "metadata", "finalizers"]?.array ?? []).filter { !before.contains($0) }
            if !added.isEmpty {
                let names = added.compactMap(\.string).map { "\"\($0)\"" }.joined(separator: ", ")
                causes.append(
                    .forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(names)}"
                    ))
            }
        }
        return causes
    }
}
