import Documents
import Kubernetes
import WaybillCore

/// The API as the cluster's own parts use it, under their own names. They are trusted: webhooks see what they write.
struct ClusterClient: Sendable {
    let objects: ObjectAPI

    var store: ObjectStore { objects.store }

    func path(_ resource: String, _ namespace: String?, _ name: String? = nil, _ subresource: String? = nil)
        throws(APIError) -> ResourcePath
    {
        guard let type = objects.registry.type(named: resource) else { throw .noSuchPath }
        return ResourcePath(
            type: type, namespace: type.isNamespaced ? namespace : nil, name: name, subresource: subresource)
    }

    func get(_ resource: String, _ namespace: String, _ name: String) async -> Value? {
        await store.get(.init(resource: resource, namespace: namespace, name: name))
    }

    func list(_ resource: String, _ namespace: String? = nil) async -> [Value] {
        await store.list(resource, namespace: namespace)
    }

    @discardableResult
    func create(_ resource: String, _ object: Value, as manager: String) async throws(APIError) -> Value {
        let path = try path(resource, object[path: "metadata", "namespace"]?.string)
        return try document(await objects.handle(path, request("POST", object, manager)))
    }

    /// A merge patch.
    @discardableResult
    func patch(
        _ resource: String, _ object: Value, _ patch: Value, subresource: String? = nil, as manager: String
    ) async throws(APIError) -> Value {
        let name = object[path: "metadata", "name"]?.string ?? ""
        let path = try path(resource, object[path: "metadata", "namespace"]?.string, name, subresource)
        var request = request("PATCH", patch, manager)
        request.contentType = "application/merge-patch+json"
        return try document(await objects.handle(path, request))
    }

    func delete(_ resource: String, _ object: Value, graceSeconds: Int? = nil, as manager: String)
        async throws(APIError)
    {
        let name = object[path: "metadata", "name"]?.string ?? ""
        let path = try path(resource, object[path: "metadata", "namespace"]?.string, name)
        var options: Value = [
            "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
            "preconditions": ["uid": object[path: "metadata", "uid"] ?? .null],
        ]
        if let graceSeconds { options["gracePeriodSeconds"] = .integer(graceSeconds) }
        _ = try await objects.handle(path, request("DELETE", options, manager))
    }

    /// How often a write is tried anew when somebody else was quicker.
    private static let attemptsMax = 5

    /// Replaces `status` as a whole, where it changes anything. Nothing else of what a controller has read a while ago
    /// is written back: it may be somebody's work by now.
    func setStatus(_ resource: String, _ object: Value, _ status: Value, as manager: String) async throws(APIError) {
        guard object["status"] != status else { return }
        let name = object[path: "metadata", "name"]?.string ?? ""
        let namespace = object[path: "metadata", "namespace"]?.string
        let path = try path(resource, namespace, name, "status")
        for attempt in 1...Self.attemptsMax {
            guard var current = await get(resource, namespace ?? "", name), current.uid == object.uid else { return }
            current["status"] = status
            do throws(APIError) {
                _ = try await objects.handle(path, request("PUT", current, manager))
                return
            } catch  where error.reason == "Conflict" && attempt < Self.attemptsMax {
                continue
            }
        }
    }

    /// Controllers are one program to the real server, except the one that applies from the server's side.
    private static func fieldManager(of name: String) -> String {
        name.hasSuffix("-controller") && name != RoleController.manager ? "kube-controller-manager" : name
    }

    private func request(_ method: String, _ body: Value, _ manager: String) -> APIRequest {
        var request = APIRequest(method: method, path: [])
        request.query = [("fieldManager", Self.fieldManager(of: manager))]
        request.contentType = "application/json"
        request.body = JSONWriter.bytes(body)
        request.user = APIUser.administrator("system:\(manager)")
        return request
    }

    private func document(_ response: APIResponse) throws(APIError) -> Value {
        guard case .document(let value) = response.body else { throw .internalError("an object was expected") }
        return value
    }

    /// Records what happened to an object, as `kubectl describe` and `kubectl get events` show it.
    func event(_ object: Value, type: String, reason: String, message: String, as component: String) async {
        let metadata = object["metadata"]
        let namespace = metadata?["namespace"]?.string ?? "default"
        let name = metadata?["name"]?.string ?? ""
        var involved: Value = [:]
        involved["apiVersion"] = object["apiVersion"]
        involved["kind"] = object["kind"]
        for key in ["name", "namespace", "uid", "resourceVersion"] { involved[key] = metadata?[key] }
        // The same thing again counts up instead of filling the list.
        let known = await list("events", namespace).first { event in
            event["involvedObject"]?["uid"] == involved["uid"] && event["reason"]?.string == reason
                && event["message"]?.string == message
        }
        do throws(APIError) {
            if let known {
                let count = (known["count"]?.integer ?? 1) + 1
                try await patch(
                    "events", known, ["count": .integer(count), "lastTimestamp": .string(APITime.now)], as: component)
                return
            }
            try await create(
                "events",
                [
                    "apiVersion": "v1", "kind": "Event",
                    "metadata": [
                        "name": .string(
                            "\(name.prefix(200)).\(ObjectStrategy.randomSuffix())\(ObjectStrategy.randomSuffix())"),
                        "namespace": .string(namespace),
                    ],
                    "involvedObject": involved, "reason": .string(reason), "message": .string(message),
                    "type": .string(type),
                    "source": ["component": .string(component)], "reportingComponent": .string(component),
                    "reportingInstance": "",
                    "firstTimestamp": .string(APITime.now), "lastTimestamp": .string(APITime.now), "count": 1,
                ], as: component)
        } catch {
            // Events are told, not promised: a namespace that is ending takes none.
        }
    }
}
