import Documents
import Kubernetes

extension ObjectAPI {
    /// The `scale` subresource: the replicas of a workload as an object of its own.
    func scale(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let old = try await existing(path, name)
        if request.method == "GET" { return APIResponse(Self.scaleObject(old)) }
        let body = try BodyReader.document(request)
        let media = String(request.contentType.prefix { $0 != ";" })
        let kind = ObjectKind(group: "autoscaling", version: "v1", kind: "Scale")
        if media == "application/apply-patch+yaml" { throw .unsupported("server-side apply of the scale subresource") }
        let response = try await change(path, name, request) { object throws(APIError) in
            let scale =
                request.method == "PUT"
                ? body : try Self.patched(Self.scaleObject(object), by: body, media: media, kind: kind)
            guard let replicas = scale[path: "spec", "replicas"]?.integer ?? (scale["spec"] != nil ? 0 : nil),
                replicas >= 0
            else {
                throw .invalid(
                    kind, name,
                    [
                        .invalid(
                            "spec.replicas", scale[path: "spec", "replicas"] ?? .null,
                            "must be greater than or equal to 0")
                    ])
            }
            let version = scale[path: "metadata", "resourceVersion"]?.string ?? ""
            if !version.isEmpty, version != object[path: "metadata", "resourceVersion"]?.string {
                throw .conflict(path.type, name)
            }
            var next = object
            next[Pointer(["metadata", "resourceVersion"])] = nil
            next[Pointer(["spec", "replicas"])] = .integer(replicas)
            var main = path
            main.subresource = nil
            return try ownedUpdate(next, object, main, request, subresource: "scale")
        }
        guard case .document(let object) = response.body else { return response }
        return APIResponse(Self.scaleObject(object), warnings: response.warnings)
    }

    static func scaleObject(_ object: Value) -> Value {
        let selector = (object[path: "spec", "selector"]).flatMap { try? LabelSelector($0) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": .object(
                Object(
                    ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"].compactMap { key in
                        object[path: "metadata", key].map { (key, $0) }
                    })),
            "spec": ["replicas": object[path: "spec", "replicas"] ?? 0],
            "status": [
                "replicas": object[path: "status", "replicas"] ?? 0, "selector": .string(selector?.description ?? ""),
            ],
        ]
    }

    /// The `finalize` subresource of a namespace: only `spec.finalizers` counts.
    func finalize(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let body = try BodyReader.document(request)
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
        let body = try BodyReader.document(request)
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
        do {
            _ = try await store.put(key(path, name), next, expecting: .revision(pod.revision))
        } catch {
            throw .conflict(path.type, name)
        }
        return APIResponse(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }

    /// The `eviction` subresource: a deletion that pod disruption budgets may refuse. Budgets have no controller here,
    /// so a pod that one covers is not evicted.
    func evict(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let pod = try await existing(path, name)
        let budgets: [Value]
        do {
            budgets = try await store.list("poddisruptionbudgets.policy", namespace: path.namespace)
        } catch {
            throw .internalError("\(error)")
        }
        let labels = (try? Resource(pod))?.labels ?? [:]
        for budget in budgets {
            let selector = try? LabelSelector(budget[path: "spec", "selector"] ?? [:])
            if selector?.matches(labels) ?? true {
                throw APIError(
                    code: 429, reason: "TooManyRequests",
                    message: "Cannot evict pod as it would violate the pod's disruption budget.", details: Object())
            }
        }
        var deletion = request
        deletion.body = []
        var plain = path
        plain.subresource = nil
        _ = try await delete(plain, name, deletion)
        return APIResponse(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }
}

extension ResourceType {
    fileprivate var binding: ResourceType {
        var type = self
        type.plural = "pods/binding"
        return type
    }
}
