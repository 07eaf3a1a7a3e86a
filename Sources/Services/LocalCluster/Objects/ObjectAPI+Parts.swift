import Documents
import Kubernetes
import KubernetesAPI

extension ObjectAPI {
    /// The `scale` subresource: the replicas of a workload as an object of its own.
    func scale(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let paths = ScalePaths(path.type)
        let old = try await existing(path, name)
        if request.method == "GET" { return APIResponse(Self.scaleObject(old, paths)) }
        let kind = ObjectKind(group: "autoscaling", version: "v1", kind: "Scale")
        let type = ResourceType(kind: kind, plural: "scales", isNamespaced: true)
        let body = try BodyReader.body(request, kind: kind.kind)
        let media = BodyReader.mediaType(request)
        if request.method == "PUT" {
            var warnings: [String] = []
            _ = try BodyReader.object(body, type, request, &warnings)
        }
        let review: @Sendable (Value, Value) -> (object: Value, old: Value, kind: ObjectKind) = { new, old in
            (Self.scaleObject(new, paths), Self.scaleObject(old, paths), kind)
        }
        var main = path
        main.subresource = nil
        let response = try await change(path, name, request, review: review) { object throws(APIError) in
            if media == "application/apply-patch+yaml" {
                return try appliedScale(body.document, object, main, request, paths, kind)
            }
            let scale =
                request.method == "PUT"
                ? body.document
                : try Self.patched(Self.scaleObject(object, paths), by: body.document, media: media, type: type)
            _ = try BodyReader.decoded(scale, type)
            let replicas = try Self.replicas(of: scale, name, kind)
            let version = scale[path: "metadata", "resourceVersion"]?.string ?? ""
            if !version.isEmpty, version != object[path: "metadata", "resourceVersion"]?.string {
                throw .conflict(path.type, name)
            }
            var next = object
            next[Pointer(["metadata", "resourceVersion"])] = nil
            next[Pointer(paths.spec)] = .integer(replicas)
            return try ownedUpdate(next, object, main, request, subresource: "scale")
        }
        guard case .document(let object) = response.body else { return response }
        return APIResponse(Self.scaleObject(object, paths), warnings: response.warnings)
    }

    private static func replicas(of scale: Value, _ name: String, _ kind: ObjectKind) throws(APIError) -> Int {
        let replicas = scale[path: "spec", "replicas"]?.integer ?? 0
        guard replicas >= 0 else {
            throw .invalid(
                kind, name,
                [.invalid("spec.replicas", .integer(replicas), "must be greater than or equal to 0")])
        }
        return replicas
    }

    /// Server-side apply of a scale is an apply of the one field behind it.
    private func appliedScale(
        _ document: Value, _ old: Value, _ path: ResourcePath, _ request: APIRequest, _ paths: ScalePaths,
        _ kind: ObjectKind
    ) throws(APIError) -> Proposal {
        let named = ObjectKind(apiVersion: document["apiVersion"]?.string ?? "", kind: document["kind"]?.string ?? "")
        guard named == kind else {
            throw .badRequest("invalid object type: \(named.group)/\(named.version), Kind=\(named.kind)")
        }
        let replicas = try Self.replicas(of: document, old.name, kind)
        var applied: Value = [:]
        applied["apiVersion"] = old["apiVersion"]
        applied["kind"] = old["kind"]
        applied[Pointer(paths.spec)] = .integer(replicas)
        let manager = manager(request, path.type, .apply, "scale")
        var result = try owned(applied, old, managers(of: old), manager, request.flag("force"), path.type)
        result.managers.entries[manager]?.time = ""
        return Proposal(
            object: FieldOwnership.restoringIdentity(of: old, in: result.object), managers: result.managers)
    }

    static func scaleObject(_ object: Value, _ paths: ScalePaths) -> Value {
        var status: Value = ["replicas": .integer(object[Pointer(paths.status)]?.integer ?? 0)]
        if let path = paths.selector {
            let found = object[Pointer(path)]
            let text = found?.string ?? found.flatMap { try? LabelSelector($0) }?.description ?? ""
            if !text.isEmpty { status["selector"] = .string(text) }
        }
        var spec: Value = [:]
        if let replicas = object[Pointer(paths.spec)]?.integer, replicas != 0 { spec["replicas"] = .integer(replicas) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": .object(
                Object(
                    ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"].compactMap { key in
                        object[path: "metadata", key].map { (key, $0) }
                    })),
            "spec": spec, "status": status,
        ]
    }

    /// The `finalize` subresource of a namespace: only `spec.finalizers` counts.
    func finalize(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let body = try BodyReader.document(request, kind: path.type.kind.kind)
        for _ in 0..<Self.attemptsMax {
            let old = try await existing(path, name)
            var next = old
            next[Pointer(["spec", "finalizers"])] = body[path: "spec", "finalizers"]?.array.flatMap {
                $0.isEmpty ? Value?.none : .array($0)
            }
            let isFinished =
                next[path: "metadata", "deletionTimestamp"] != nil && next[path: "spec", "finalizers"] == nil
                && next[path: "metadata", "finalizers"]?.array?.isEmpty ?? true
            do {
                if isFinished {
                    try await store.remove(key(path, name), expecting: old.revision)
                    return APIResponse(next)
                }
                return APIResponse(try await store.put(key(path, name), next, expecting: .revision(old.revision)))
            } catch ObjectStore.Failure.conflict {
                continue
            } catch {
                throw .internalError("\(error)")
            }
        }
        throw .conflict(path.type, name)
    }

    /// The `binding` subresource: assigns a pod to a node.
    func bind(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let body = try BodyReader.document(request, kind: path.type.kind.kind)
        guard let node = body[path: "target", "name"]?.string, !node.isEmpty else {
            throw .invalid(.init(group: "", version: "v1", kind: "Binding"), name, [.required("target.name")])
        }
        let pod = try await existing(path, name)
        if let bound = pod[path: "spec", "nodeName"]?.string, !bound.isEmpty {
            throw .conflict(
                path.type.binding, name, "pod \(name) is already assigned to node \"\(bound)\"")
        }
        var next = pod
        next[Pointer(["spec", "nodeName"])] = .string(node)
        next[Pointer(["status", "conditions"])] = .array(
            (pod[path: "status", "conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" } + [
                [
                    "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
                    "lastTransitionTime": .string(APITime.now),
                ]
            ])
        do {
            _ = try await store.put(key(path, name), next, expecting: .revision(pod.revision))
        } catch {
            throw .conflict(path.type, name)
        }
        return APIResponse(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }

    /// The `eviction` subresource: a deletion that pod disruption budgets may refuse.
    func evict(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let body = try BodyReader.document(request, kind: "Eviction")
        if let named = body[path: "metadata", "name"]?.string, !named.isEmpty, named != name {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        let pod = try await existing(path, name)
        let budgets = await store.list("poddisruptionbudgets.policy", namespace: path.namespace)
        let labels = (try? Resource(pod))?.labels ?? [:]
        let over = pod[path: "status", "phase"]?.string
        for budget in budgets where over != "Succeeded" && over != "Failed" && over != "Pending" {
            let selector = try? LabelSelector(budget[path: "spec", "selector"] ?? [:])
            guard selector?.matches(labels) ?? true else { continue }
            if (budget[path: "status", "disruptionsAllowed"]?.integer ?? 0) < 1 {
                let wanted = budget[path: "status", "desiredHealthy"]?.integer ?? 0
                let healthy = budget[path: "status", "currentHealthy"]?.integer ?? 0
                throw APIError(
                    code: 429, reason: "TooManyRequests",
                    message: "Cannot evict pod as it would violate the pod's disruption budget.",
                    details: [
                        "causes": [
                            [
                                "reason": "DisruptionBudget",
                                "message": .string(
                                    "The disruption budget \(budget.name) needs \(wanted) healthy pods and has \(healthy) currently"
                                ),
                            ]
                        ]
                    ])
            }
        }
        var deletion = request
        deletion.method = "DELETE"
        deletion.body = body["deleteOptions"].map { JSONWriter.bytes($0) } ?? []
        deletion.contentType = "application/json"
        var plain = path
        plain.subresource = nil
        _ = try await delete(plain, name, deletion)
        return APIResponse(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }
}

/// Where a workload keeps its replicas.
struct ScalePaths: Sendable {
    var spec = ["spec", "replicas"]
    var status = ["status", "replicas"]
    var selector: [String]? = ["spec", "selector"]

    init(_ type: ResourceType) {
        guard let scale = type.custom?.scale else { return }
        (spec, status, selector) = scale
    }
}

extension ResourceType {
    fileprivate var binding: ResourceType {
        var type = self
        type.plural = "pods/binding"
        return type
    }
}
