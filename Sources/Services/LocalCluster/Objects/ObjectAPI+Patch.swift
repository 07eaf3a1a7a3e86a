import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

extension ObjectAPI {
    func patch(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let media = BodyReader.mediaType(request)
        var accepted = ["application/json-patch+json", "application/merge-patch+json"]
        if path.type.custom == nil { accepted.append("application/strategic-merge-patch+json") }
        accepted.append("application/apply-patch+yaml")
        guard accepted.contains(media) else {
            let shown =
                path.type.custom == nil
                ? [accepted[0], accepted[1], accepted[2], accepted[3], "application/apply-patch+cbor"]
                : [accepted[0], accepted[1], accepted[2], "application/apply-patch+cbor"]
            throw BodyReader.unsupportedMediaType(shown.joined(separator: ", "))
        }
        let body = try BodyReader.body(request, kind: path.type.kind.kind)
        if media == "application/apply-patch+yaml" { return try await apply(body, path, name, request) }
        if media != "application/json-patch+json", body.document.object == nil {
            if await store.get(key(path, name)) == nil { throw .notFound(path.type, name) }
            throw .badRequest(
                "json: cannot unmarshal \(BodyReader.goType(body.document)) into Go value of type map[string]interface {}"
            )
        }
        var warnings: [String] = []
        let response = try await change(path, name, request) { old throws(APIError) in
            let patched = try Self.patched(old, by: body.document, media: media, type: path.type)
            var notes: [String] = []
            let object = try Self.checkedPatch(patched, body, path.type, request, media, old, &notes)
            warnings = notes
            return try ownedUpdate(
                Defaults.apply(to: ObjectStrategy.convert(object, path.type), path.type), old, path, request)
        }
        var result = response
        result.warnings = warnings + response.warnings
        return result
    }

    /// The patched object as its type stores it. A strict client's unknown field is a fault of the patch.
    private static func checkedPatch(
        _ patched: Value, _ body: RequestBody, _ type: ResourceType, _ request: APIRequest, _ media: String,
        _ old: Value, _ warnings: inout [String]
    ) throws(APIError) -> Value {
        let object: Value
        let unknown: [String]
        do throws(APIError) {
            (object, unknown) = try BodyReader.decoded(patched, type)
        } catch {
            // The decoder's complaint without the frame that a body gets.
            let text = error.message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? error.message
            if type.custom != nil || media == "application/strategic-merge-patch+json" { throw .badRequest(text) }
            throw .badRequest(error.message)
        }
        let problems = body.duplicates.map { "duplicate field \"\($0)\"" } + unknown.map { "unknown field \"\($0)\"" }
        guard !problems.isEmpty else { return object }
        switch request.parameter("fieldValidation") ?? "Warn" {
        case "Ignore": break
        case "Strict":
            let shown =
                media == "application/strategic-merge-patch+json"
                ? GoText.map(body.document) : GoText.object(patched, type, resourceVersion: old)
            throw .invalid(
                .init(group: "", version: "", kind: ""), "",
                [
                    .init(
                        reason: "FieldValueInvalid",
                        message:
                            "Invalid value: \(JSONWriter.string(.string(shown))): strict decoding error: \(problems.joined(separator: ", "))",
                        field: "patch")
                ])
        default: warnings += problems
        }
        return object
    }

    static func patched(_ object: Value, by patch: Value, media: String, type: ResourceType) throws(APIError) -> Value {
        if media == "application/json-patch+json", patch.array == nil {
            let found = patch.object != nil ? "object" : patch.string != nil ? "string" : "number"
            throw .badRequest("json: cannot unmarshal \(found) into Go value of type jsonpatch.Patch")
        }
        do throws(WaybillError) {
            switch media {
            case "application/json-patch+json":
                return unversioned(try JSONPatch(patch).apply(to: object), object)
            case "application/merge-patch+json": return unversioned(MergePatch.apply(patch, to: object), object)
            default:
                return unversioned(
                    try StrategicMergePatch(catalog: type.catalog, kind: type.kind).apply(patch, to: object), object)
            }
        } catch {
            if media == "application/json-patch+json" {
                throw APIError(
                    code: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request", details: Object())
            }
            throw .plain(error.message)
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
        _ body: RequestBody, _ path: ResourcePath, _ name: String, _ request: APIRequest
    ) async throws(APIError) -> APIResponse {
        let applied = try applicable(body.document, path, name)
        let manager = manager(request, path.type, .apply, path.subresource)
        let force = request.flag("force")
        for _ in 0..<Self.attemptsMax {
            if await store.get(key(path, name)) == nil {
                guard path.subresource == nil else { throw .notFound(path.type, name) }
                if let uid = applied[path: "metadata", "uid"]?.string, !uid.isEmpty {
                    throw .conflict(
                        path.type, name,
                        "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
                }
                let result = try owned(applied, [:], ManagedFields(), manager, force, path.type)
                let identified = identified(result.object, path, name, applied)
                let (decoded, _) = try BodyReader.decoded(identified, path.type)
                var object = try prepared(decoded, path)
                object[Pointer(["metadata", "managedFields"])] = result.managers.value
                do throws(APIError) {
                    return try await insert(object, path, request, warnings: body.warnings)
                } catch  where error.reason == "AlreadyExists" {
                    continue
                }
            }
            return try await change(path, name, request, warnings: body.warnings) { old throws(APIError) in
                let version = applied[path: "metadata", "resourceVersion"]?.string ?? ""
                if !version.isEmpty, version != old[path: "metadata", "resourceVersion"]?.string {
                    throw .conflict(path.type, name)
                }
                let result = try owned(applied, old, earlier(old, path.type, manager), manager, force, path.type)
                var object = FieldOwnership.restoringIdentity(of: old, in: result.object)
                object[Pointer(["metadata", "managedFields"])] = nil
                if let uid = applied[path: "metadata", "uid"] { object[Pointer(["metadata", "uid"])] = uid }
                let (decoded, _) = try BodyReader.decoded(object, path.type)
                return Proposal(
                    object: Defaults.apply(to: ObjectStrategy.convert(decoded, path.type), path.type),
                    managers: result.managers, namesVersion: !version.isEmpty)
            }
        }
        throw .conflict(path.type, name)
    }

    /// The managers before an apply. Fields of an object that nobody has kept books of belong to whoever wrote them.
    private func earlier(_ old: Value, _ type: ResourceType, _ manager: ManagedFields.Manager) -> ManagedFields {
        let known = managers(of: old)
        guard known.entries.isEmpty else { return known }
        let skeleton: Value = type.custom == nil ? type.checker.skeleton(of: type.kind) : [:]
        return type.ownership.update(
            from: skeleton, to: ObjectStrategy.withoutStatus(old, type), managers: ManagedFields(),
            as: .init("before-first-apply", .update, apiVersion: type.kind.apiVersion), time: APITime.now)
    }

    /// The applied document, checked: its kind, name and namespace, and that its type knows all fields.
    private func applicable(_ document: Value, _ path: ResourcePath, _ name: String) throws(APIError) -> Value {
        guard document.object != nil else {
            throw .badRequest(
                "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(BodyReader.goType(document)) into Go value of type map[string]interface {}"
            )
        }
        let kind = ObjectKind(apiVersion: document["apiVersion"]?.string ?? "", kind: document["kind"]?.string ?? "")
        guard kind == path.type.kind else {
            throw .badRequest("invalid object type: \(kind.group)/\(kind.version), Kind=\(kind.kind)")
        }
        guard document[path: "metadata", "managedFields"]?.array?.isEmpty ?? true else {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let shown = document[path: "metadata", "namespace"]?.string ?? ""
        let shownName = document[path: "metadata", "name"]?.string ?? ""
        for problem in path.type.checker.problems(in: document, kind: kind) {
            let prefix =
                "failed to create typed patch object (\(shown)/\(shownName); \(kind.group)/\(kind.version), Kind=\(kind.kind)): "
            switch problem {
            case .unknownField(let field):
                throw .plain("\(prefix).\(field): field not declared in schema")
            case .wrongType(let field, let expected, let found):
                // Texts that only a decoder refuses are told by the decoder.
                if case .scalar(let scalar) = expected, found.string != nil,
                    [.quantity, .time, .microTime, .bytes].contains(scalar)
                {
                    continue
                }
                throw .plain(
                    "\(prefix).\(field): expected \(Self.word(expected)), got &value.valueUnstructured{Value:\(GoText.map(found))}"
                )
            }
        }
        let named = document[path: "metadata", "name"]?.string ?? name
        guard named == name else {
            throw .badRequest("the name of the object (\(named)) does not match the name on the URL (\(name))")
        }
        var object = document
        try checkNamespace(&object, path)
        // Each part is written through its own door.
        if path.subresource == "status" {
            for member in object.object ?? Object()
            where !["apiVersion", "kind", "metadata", "status"].contains(member.key) {
                object[member.key] = nil
            }
        } else if path.type.hasStatus {
            object["status"] = nil
        }
        return object
    }

    private static func word(_ type: SchemaType) -> String {
        switch type {
        case .scalar(.bool): "boolean"
        case .scalar(.int32), .scalar(.int64), .scalar(.number), .scalar(.double): "numeric (int or float)"
        case .scalar: "string"
        case .list: "list"
        default: "map"
        }
    }

    private static let lastApplied = ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]

    func owned(
        _ applied: Value, _ live: Value, _ managers: ManagedFields, _ manager: ManagedFields.Manager,
        _ force: Bool, _ type: ResourceType
    ) throws(APIError) -> FieldOwnership.Result {
        var free = FieldSet()
        var annotation: String?
        // What kubectl wrote as a client it may take over as a field manager.
        if manager.name == "kubectl", let text = live[Pointer(Self.lastApplied)]?.string {
            annotation = text
            if let document = try? JSONReader.value(from: Array(text.utf8)) {
                free = type.ownership.fields(of: document, agreeingWith: live)
            }
        }
        do throws(ApplyConflict) {
            var result = try type.ownership.apply(
                applied, to: live, managers: managers, as: manager, force: force, free: free, time: APITime.now)
            if annotation != nil {
                result.object[Pointer(Self.lastApplied)] = .string(JSONWriter.string(applied) + "\n")
            }
            return result
        } catch {
            throw ApplyConflictStatus.error(for: error)
        }
    }

    private func identified(_ object: Value, _ path: ResourcePath, _ name: String, _ applied: Value) -> Value {
        var object = FieldOwnership.restoringIdentity(of: applied, in: object)
        object[Pointer(["metadata", "name"])] = .string(name)
        object[Pointer(["metadata", "resourceVersion"])] = nil
        object[Pointer(["metadata", "uid"])] = nil
        return object
    }
}

/// Values as Go prints them in messages.
enum GoText {
    /// `map[a:1 b:[x y]]`.
    static func map(_ value: Value) -> String {
        switch value {
        case .null: "<nil>"
        case .string(let text): text
        case .object(let object):
            "map[\(object.sorted().map { "\($0.key):\(map($0.value))" }.joined(separator: " "))]"
        case .array(let list): "[\(list.map(map).joined(separator: " "))]"
        default: JSONWriter.string(value)
        }
    }

    private static let metadataOrder = [
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
        "managedFields",
    ]
    private static let managerOrder = [
        "manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource",
    ]

    /// A patched object as its encoder leaves it: members by name, metadata in the order of its type.
    static func object(_ value: Value, _ type: ResourceType, resourceVersion old: Value) -> String {
        var value = value
        if value[path: "metadata", "resourceVersion"] == nil {
            value[Pointer(["metadata", "resourceVersion"])] = old[path: "metadata", "resourceVersion"]
        }
        var result = (value.object ?? Object()).sorted()
        if type.custom == nil, let metadata = result["metadata"]?.object {
            var ordered = ordered(metadata, metadataOrder)
            if let managers = ordered["managedFields"]?.array {
                ordered["managedFields"] = .array(
                    managers.map { .object(self.ordered($0.object ?? Object(), managerOrder)) })
            }
            result["metadata"] = .object(ordered)
        }
        return JSONWriter.string(.object(result))
    }

    private static func ordered(_ object: Object, _ order: [String]) -> Object {
        var result = Object()
        for key in order { result[key] = object[key] }
        for member in object where result[member.key] == nil { result[member.key] = member.value }
        return result
    }
}
