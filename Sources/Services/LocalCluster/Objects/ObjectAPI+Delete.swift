import Documents
import Kubernetes
import KubernetesAPI

/// What a deletion asks for.
struct DeleteOptions: Sendable {
    enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }
    /// Nil where the caller leaves it to the object's finalizers.
    var propagation: Propagation?
    var graceSeconds: Int?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false
    /// As the caller wrote them.
    private(set) var document: Value = [:]

    init(_ request: APIRequest) throws(APIError) {
        let body = request.body.isEmpty ? Value.object([:]) : try BodyReader.document(request)
        document = body
        let word = body["propagationPolicy"]?.string ?? request.parameter("propagationPolicy")
        let orphans = body["orphanDependents"]?.bool ?? request.parameter("orphanDependents").map { $0 == "true" }
        var causes: [FieldError] = []
        if let word, !word.isEmpty {
            if orphans != nil {
                causes.append(
                    .invalid(
                        "propagationPolicy", .string(word),
                        "orphanDependents and deletionPropagation cannot be both set"))
            }
            propagation = Propagation(rawValue: word)
            if propagation == nil {
                causes.append(
                    .unsupported("propagationPolicy", .string(word), ["Foreground", "Background", "Orphan", "nil"]))
            }
        } else if let orphans {
            propagation = orphans ? .orphan : .background
        }
        let dry = (body["dryRun"]?.array ?? []).compactMap(\.string)
        if dry.contains(where: { $0 != "All" }) {
            causes.append(.unsupported("dryRun", .array(dry.map(Value.string)), ["All"]))
        }
        guard causes.isEmpty else { throw .invalidOptions("DeleteOptions", causes) }
        let grace = try ObjectAPI.number("gracePeriodSeconds", request)
        graceSeconds = body["gracePeriodSeconds"]?.integer ?? grace
        uid = body["preconditions"]?["uid"]?.string
        resourceVersion = body["preconditions"]?["resourceVersion"]?.string
        isDryRun = request.isDryRun || dry.contains("All")
    }
}

extension ObjectAPI {
    func delete(
        _ path: ResourcePath, _ name: String, _ request: APIRequest, ofCollection: Bool = false
    ) async throws(APIError) -> APIResponse {
        let options = try DeleteOptions(request)
        if path.type.qualifiedName == "namespaces", ["default", "kube-system", "kube-public"].contains(name) {
            throw .forbidden(path.type, name, "this namespace may not be deleted")
        }
        for _ in 0..<Self.attemptsMax {
            let old = try await existing(path, name)
            // These complaints name the kind, not the resource.
            var named = path.type
            named.plural = path.type.kind.kind
            if let uid = options.uid, uid != old.uid {
                throw .conflict(
                    named, name,
                    "the UID in the precondition (\(uid)) does not match the UID in record (\(old.uid)). The object might have been deleted and then recreated"
                )
            }
            if let version = options.resourceVersion, version != old[path: "metadata", "resourceVersion"]?.string {
                throw .conflict(
                    named, name,
                    "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record (\(old[path: "metadata", "resourceVersion"]?.string ?? "")). The object might have been modified"
                )
            }
            do {
                return try await remove(old, path, name, request, options, ofCollection)
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
        _ old: Value, _ path: ResourcePath, _ name: String, _ request: APIRequest, _ options: DeleteOptions,
        _ ofCollection: Bool
    ) async throws -> APIResponse {
        let type = path.type
        var warnings: [String] = []
        let review = Review(
            operation: .delete, type: type, subresource: nil, namespace: path.namespace ?? "",
            name: ofCollection ? "" : name, object: nil, oldObject: old, isDryRun: options.isDryRun,
            user: request.user, options: reviewed(options, request))
        _ = try await admission.mutate(review, &warnings)
        try await admission.validate(review, &warnings)
        let next = Self.marked(old, type, options)
        if options.isDryRun {
            return next.map { APIResponse($0, warnings: warnings) } ?? removedResponse(old, type, warnings)
        }
        if let next {
            if next == old { return APIResponse(old, warnings: warnings) }
            let stored = try await store.put(
                key(path, name), Self.storable(next, type), expecting: .revision(old.revision))
            return APIResponse(Self.presented(stored, type), warnings: warnings)
        }
        try await store.remove(key(path, name), expecting: old.revision)
        return removedResponse(type.qualifiedName == "pods" ? Self.ended(old) : old, type, warnings)
    }

    private func reviewed(_ options: DeleteOptions, _ request: APIRequest) -> Value {
        var value: Value = ["kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"]
        for key in ["gracePeriodSeconds", "preconditions", "propagationPolicy", "orphanDependents"] {
            value[key] = options.document[key]
        }
        if let policy = request.parameter("propagationPolicy") { value["propagationPolicy"] = .string(policy) }
        if options.isDryRun { value["dryRun"] = ["All"] }
        return value
    }

    /// A pod as its deletion reports it when nothing has to be waited for.
    private static func ended(_ pod: Value) -> Value {
        var pod = pod
        pod.fill(["metadata", "deletionTimestamp"], .string(APITime.now))
        pod[Pointer(["metadata", "deletionGracePeriodSeconds"])] = 0
        pod[Pointer(["metadata", "generation"])] = .integer((pod[path: "metadata", "generation"]?.integer ?? 0) + 1)
        return pod
    }

    /// The object as it waits for its end; nil when it can go at once.
    static func marked(_ old: Value, _ type: ResourceType, _ options: DeleteOptions) -> Value? {
        var object = old
        var finalizers = old[path: "metadata", "finalizers"]?.array ?? []
        // Events own nothing. Where the caller does not choose, the finalizers that are there do.
        let hasOwned = !["events", "events.events.k8s.io"].contains(type.qualifiedName)
        let orphans = options.propagation.map { $0 == .orphan } ?? finalizers.contains("orphan")
        let waits = options.propagation.map { $0 == .foreground } ?? finalizers.contains("foregroundDeletion")
        finalizers.removeAll { $0 == "orphan" || $0 == "foregroundDeletion" }
        if type.qualifiedName == TypeRegistry.definitions, old.condition("Established")?["status"] == "True",
            !finalizers.contains(.string(CustomResourceController.finalizer))
        {
            finalizers.append(.string(CustomResourceController.finalizer))
        }
        if orphans, hasOwned { finalizers.append("orphan") }
        if waits, hasOwned { finalizers.append("foregroundDeletion") }
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
            "resourcequotas", TypeRegistry.definitions,
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
        let objects = await store.list(path.type.qualifiedName, namespace: path.namespace)
        var chosen = objects.map { Self.presented($0, path.type) }.filter(selection.matches)
        for object in chosen {
            guard let name = object[path: "metadata", "name"]?.string else { continue }
            do throws(APIError) {
                _ = try await delete(path, name, request, ofCollection: true)
            } catch  where error.reason == "NotFound" {
                continue
            }
        }
        if path.type.custom == nil {
            chosen = chosen.map { object in
                var object = object
                object["kind"] = nil
                object["apiVersion"] = nil
                return object
            }
        }
        return APIResponse([
            "kind": .string(path.type.listKind), "apiVersion": .string(path.type.kind.apiVersion),
            "metadata": ["resourceVersion": .string(String(await store.revision))], "items": .array(chosen),
        ])
    }
}
