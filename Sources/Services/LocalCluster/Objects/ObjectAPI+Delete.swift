import Documents
import Kubernetes

/// What a deletion asks for.
struct DeleteOptions: Sendable {
    enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }
    var propagation = Propagation.background
    var graceSeconds: Int?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false

    init(_ request: APIRequest) throws(APIError) {
        let body = request.body.isEmpty ? Value.object([:]) : try BodyReader.document(request)
        let word = body["propagationPolicy"]?.string ?? request.parameter("propagationPolicy")
        if let word, !word.isEmpty {
            guard let known = Propagation(rawValue: word) else {
                throw .invalid(
                    .init(group: "meta.k8s.io", version: "v1", kind: "DeleteOptions"), "",
                    [.unsupported("propagationPolicy", .string(word), ["Foreground", "Background", "Orphan", "nil"])])
            }
            propagation = known
        } else if body["orphanDependents"]?.bool == true {
            propagation = .orphan
        }
        graceSeconds =
            body["gracePeriodSeconds"]?.integer ?? request.parameter("gracePeriodSeconds").flatMap { Int($0) }
        uid = body["preconditions"]?["uid"]?.string
        resourceVersion = body["preconditions"]?["resourceVersion"]?.string
        isDryRun = request.isDryRun || body["dryRun"]?.array?.contains("All") == true
    }
}

extension ObjectAPI {
    func delete(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let options = try DeleteOptions(request)
        if path.type.qualifiedName == "namespaces", ["default", "kube-system", "kube-public"].contains(name) {
            throw .forbidden(path.type, name, "this namespace may not be deleted")
        }
        for _ in 0..<Self.attemptsMax {
            let old = try await existing(path, name)
            if let uid = options.uid, uid != old[path: "metadata", "uid"]?.string {
                throw .conflict(
                    path.type, name,
                    "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old[path: "metadata", "uid"]?.string ?? "")"
                )
            }
            if let version = options.resourceVersion, version != old[path: "metadata", "resourceVersion"]?.string {
                throw .conflict(
                    path.type, name,
                    "Precondition failed: ResourceVersion in precondition: \(version), ResourceVersion in object meta: \(old[path: "metadata", "resourceVersion"]?.string ?? "")"
                )
            }
            do {
                return try await remove(old, path, name, request, options)
            } catch let error as APIError {
                throw error
            } catch ObjectStore.Failure.conflict {
                continue
            } catch {
                throw .internalError("\(error)")
            }
        }
        throw .conflict(path.type, name)
    }

    private func remove(
        _ old: Value, _ path: ResourcePath, _ name: String, _ request: APIRequest, _ options: DeleteOptions
    ) async throws -> APIResponse {
        let type = path.type
        var warnings: [String] = []
        let review = Review(
            operation: .delete, type: type, subresource: nil, namespace: path.namespace ?? "", name: name, object: nil,
            oldObject: old, isDryRun: options.isDryRun, user: request.user,
            options: ["kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"])
        _ = try await admission.mutate(review, &warnings)
        try await admission.validate(review, &warnings)
        let next = Self.marked(old, type, options)
        if options.isDryRun {
            return next.map { APIResponse($0, warnings: warnings) } ?? removedResponse(old, type, warnings)
        }
        if let next {
            if next == old { return APIResponse(old, warnings: warnings) }
            return APIResponse(
                try await store.put(key(path, name), next, expecting: .revision(old.revision)), warnings: warnings)
        }
        try await store.remove(key(path, name), expecting: old.revision)
        return removedResponse(old, type, warnings)
    }

    /// The object as it waits for its end; nil when it can go at once.
    static func marked(_ old: Value, _ type: ResourceType, _ options: DeleteOptions) -> Value? {
        var object = old
        var finalizers = old[path: "metadata", "finalizers"]?.array ?? []
        let hasOwned = !["pods", "events", "configmaps", "secrets"].contains(type.qualifiedName)
        finalizers.removeAll { $0 == "orphan" || $0 == "foregroundDeletion" }
        if options.propagation == .orphan, hasOwned { finalizers.append("orphan") }
        if options.propagation == .foreground, hasOwned { finalizers.append("foregroundDeletion") }
        var grace = 0
        if type.qualifiedName == "pods", old[path: "spec", "nodeName"]?.string?.isEmpty == false {
            let phase = old[path: "status", "phase"]?.string
            let isOver = phase == "Succeeded" || phase == "Failed"
            grace =
                isOver ? 0 : options.graceSeconds ?? old[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30
        }
        let waitsForNamespace =
            type.qualifiedName == "namespaces" && old[path: "spec", "finalizers"]?.array?.isEmpty == false
        guard !finalizers.isEmpty || grace > 0 || waitsForNamespace else { return nil }
        object[Pointer(["metadata", "finalizers"])] = finalizers.isEmpty ? Value?.none : .array(finalizers)
        if old[path: "metadata", "deletionTimestamp"] == nil {
            let now = APITime.seconds(APITime.now) ?? 0
            object[Pointer(["metadata", "deletionTimestamp"])] = .string(APITime.text(now + grace))
            if type.qualifiedName != "namespaces" {
                object[Pointer(["metadata", "deletionGracePeriodSeconds"])] = .integer(grace)
            }
            if let generation = old[path: "metadata", "generation"]?.integer {
                object[Pointer(["metadata", "generation"])] = .integer(generation + 1)
            }
        } else if type.qualifiedName == "pods",
            grace < old[path: "metadata", "deletionGracePeriodSeconds"]?.integer ?? 0
        {
            object[Pointer(["metadata", "deletionGracePeriodSeconds"])] = .integer(grace)
        }
        if type.qualifiedName == "namespaces" { object[Pointer(["status", "phase"])] = "Terminating" }
        return object
    }

    private func removedResponse(_ old: Value, _ type: ResourceType, _ warnings: [String]) -> APIResponse {
        // Kinds whose deletion answers with the object itself.
        if [
            "pods", "services", "serviceaccounts", "persistentvolumeclaims", "persistentvolumes", "podtemplates",
            "resourcequotas",
        ]
        .contains(type.qualifiedName) {
            return APIResponse(old, warnings: warnings)
        }
        var details: Value = ["name": old[path: "metadata", "name"] ?? .null]
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        details["kind"] = .string(type.plural)
        details["uid"] = old[path: "metadata", "uid"]
        return APIResponse(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details],
            warnings: warnings)
    }

    func deleteCollection(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let selection = try Selection(path, request)
        guard path.namespace != nil || !path.type.isNamespaced else { throw .methodNotAllowed }
        let objects: [Value]
        do {
            objects = try await store.list(path.type.qualifiedName, namespace: path.namespace)
        } catch {
            throw .internalError("\(error)")
        }
        let chosen = objects.filter(selection.matches)
        for object in chosen {
            guard let name = object[path: "metadata", "name"]?.string else { continue }
            do throws(APIError) {
                _ = try await delete(path, name, request)
            } catch  where error.reason == "NotFound" {
                continue
            }
        }
        return APIResponse([
            "kind": .string(path.type.listKind), "apiVersion": .string(path.type.kind.apiVersion),
            "metadata": ["resourceVersion": .string(String(await store.revision))], "items": .array(chosen),
        ])
    }
}
