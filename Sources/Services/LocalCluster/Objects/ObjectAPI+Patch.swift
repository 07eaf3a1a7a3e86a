import Documents
import Kubernetes
import WaybillCore

extension ObjectAPI {
    func patch(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let patch = try BodyReader.document(request)
        let media = request.contentType.prefix { $0 != ";" }
        if media == "application/apply-patch+yaml" { return try await apply(patch, path, name, request) }
        var warnings: [String] = []
        let response = try await change(path, name, request) { old throws(APIError) in
            let patched = try Self.patched(old, by: patch, media: String(media), kind: path.type.kind)
            var notes: [String] = []
            let object = try BodyReader.checked(patched, path.type, request, &notes)
            warnings = notes
            return try ownedUpdate(
                Defaults.apply(to: ObjectStrategy.convert(object, path.type), path.type), old, path, request)
        }
        var result = response
        result.warnings = warnings + response.warnings
        return result
    }

    static func patched(_ object: Value, by patch: Value, media: String, kind: ObjectKind) throws(APIError) -> Value {
        do {
            switch media {
            case "application/json-patch+json":
                var result = try JSONPatch(patch).apply(to: object)
                // A patch of a version is about the version that it was made for.
                if result[path: "metadata", "resourceVersion"] == nil {
                    result[Pointer(["metadata", "resourceVersion"])] = ""
                }
                return unversioned(result, object)
            case "application/merge-patch+json": return unversioned(MergePatch.apply(patch, to: object), object)
            case "application/strategic-merge-patch+json":
                return unversioned(try StrategicMergePatch(kind: kind).apply(patch, to: object), object)
            default:
                throw APIError(
                    code: 415, reason: "UnsupportedMediaType",
                    message:
                        "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/strategic-merge-patch+json",
                    details: Object())
            }
        } catch let error as APIError {
            throw error
        } catch let error as WaybillError {
            if media == "application/json-patch+json" {
                throw APIError(
                    code: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request", details: Object(),
                    warnings: [error.message])
            }
            throw .badRequest(error.message)
        } catch {
            throw .internalError("\(error)")
        }
    }

    /// Without the version that the patch did not touch, so that a write in between is no conflict.
    private static func unversioned(_ patched: Value, _ old: Value) -> Value {
        guard patched[path: "metadata", "resourceVersion"] == old[path: "metadata", "resourceVersion"] else {
            return patched
        }
        var result = patched
        result[Pointer(["metadata", "resourceVersion"])] = nil
        return result
    }

    /// Server-side apply: creates what is not there.
    private func apply(
        _ document: Value, _ path: ResourcePath, _ name: String, _ request: APIRequest
    ) async throws(APIError) -> APIResponse {
        let applied = try applicable(document, path, name, request)
        let manager = manager(request, path.type, .apply, path.subresource)
        let ownership = FieldOwnership(kind: path.type.kind)
        let force = request.flag("force")
        for _ in 0..<Self.attemptsMax {
            if await store.get(key(path, name)) == nil {
                guard path.subresource == nil else { throw .notFound(path.type, name) }
                let result = try owned(ownership, applied, [:], ManagedFields(), manager, force, path.type)
                var object = try await prepared(identified(result.object, path, name, applied), path)
                object[Pointer(["metadata", "managedFields"])] = result.managers.value
                do throws(APIError) {
                    return try await insert(object, path, request, warnings: [])
                } catch  where error.reason == "AlreadyExists" {
                    continue
                }
            }
            return try await change(path, name, request) { old throws(APIError) in
                let version = applied[path: "metadata", "resourceVersion"]?.string ?? ""
                if !version.isEmpty, version != old[path: "metadata", "resourceVersion"]?.string {
                    throw .conflict(path.type, name)
                }
                let result = try owned(ownership, applied, old, try managers(of: old), manager, force, path.type)
                var object = FieldOwnership.restoringIdentity(of: old, in: result.object)
                object[Pointer(["metadata", "managedFields"])] = nil
                object = Defaults.apply(
                    to: SchemaChecker().pruned(ObjectStrategy.convert(object, path.type), kind: path.type.kind),
                    path.type)
                return Proposal(object: object, managers: result.managers, namesVersion: !version.isEmpty)
            }
        }
        throw .conflict(path.type, name)
    }

    /// The applied document, checked: its kind, name and namespace, and that its type knows all fields.
    private func applicable(
        _ document: Value, _ path: ResourcePath, _ name: String, _ request: APIRequest
    ) throws(APIError) -> Value {
        let kind = ObjectKind(apiVersion: document["apiVersion"]?.string ?? "", kind: document["kind"]?.string ?? "")
        guard kind == path.type.kind else {
            throw .badRequest("invalid object type: \(kind.group)/\(kind.version), Kind=\(kind.kind)")
        }
        guard document[path: "metadata", "managedFields"]?.array?.isEmpty ?? true else {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let named = document[path: "metadata", "name"]?.string ?? name
        guard named == name else {
            throw .badRequest("the name of the object (\(named)) does not match the name on the URL (\(name))")
        }
        let namespace = path.namespace ?? ""
        for problem in SchemaChecker().problems(in: document, kind: kind) {
            let prefix =
                "failed to create typed patch object (\(namespace)/\(name); \(kind.group)/\(kind.version), Kind=\(kind.kind)): "
            switch problem {
            case .unknownField(let field):
                throw APIError(code: 500, reason: "", message: "\(prefix).\(field): field not declared in schema")
            case .wrongType(let field, let expected, let found):
                throw APIError(
                    code: 500, reason: "",
                    message:
                        "\(prefix).\(field): expected \(Self.word(expected)), got &value.valueUnstructured{Value:\(JSONWriter.string(found))}"
                )
            }
        }
        var object = document
        try checkNamespace(&object, path)
        // Each part is written through its own door.
        if path.subresource == "status" { object["spec"] = nil } else if path.type.hasStatus { object["status"] = nil }
        return object
    }

    private static func word(_ type: SchemaType) -> String {
        switch type {
        case .scalar(.bool): "boolean"
        case .scalar(.int32), .scalar(.int64): "numeric (int or float)"
        case .scalar: "string"
        case .list: "list"
        default: "map"
        }
    }

    private func owned(
        _ ownership: FieldOwnership, _ applied: Value, _ live: Value, _ managers: ManagedFields,
        _ manager: ManagedFields.Manager,
        _ force: Bool, _ type: ResourceType
    ) throws(APIError) -> FieldOwnership.Result {
        do throws(ApplyConflict) {
            return try ownership.apply(
                applied, to: live, managers: managers, as: manager, force: force, time: APITime.now)
        } catch {
            throw ApplyConflictStatus.error(for: error)
        }
    }

    private func identified(_ object: Value, _ path: ResourcePath, _ name: String, _ applied: Value) -> Value {
        var object = FieldOwnership.restoringIdentity(of: applied, in: object)
        object[Pointer(["metadata", "name"])] = .string(name)
        object[Pointer(["metadata", "resourceVersion"])] = nil
        object[Pointer(["metadata", "uid"])] = nil
        return SchemaChecker().pruned(object, kind: path.type.kind)
    }
}
