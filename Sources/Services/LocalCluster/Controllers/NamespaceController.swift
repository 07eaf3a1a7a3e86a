import Documents

/// Gives each namespace its default service account, and empties those that are to go.
struct NamespaceController: Sendable {
    let client: ClusterClient
    private static let manager = "namespace-controller"

    func pass() async {
        for namespace in await client.list("namespaces") {
            if namespace.isBeingDeleted {
                await empty(namespace)
            } else if await client.get("serviceaccounts", namespace.name, "default") == nil {
                _ = try? await client.create(
                    "serviceaccounts",
                    [
                        "apiVersion": "v1", "kind": "ServiceAccount",
                        "metadata": ["name": "default", "namespace": .string(namespace.name)],
                    ], as: Self.manager)
            }
        }
    }

    private func empty(_ namespace: Value) async {
        var isEmpty = true
        for type in ResourceTable.all where type.isNamespaced {
            for object in await client.list(type.qualifiedName, namespace.name) {
                isEmpty = false
                if !object.isBeingDeleted {
                    try? await client.delete(type.qualifiedName, object, as: Self.manager)
                }
            }
        }
        guard isEmpty, namespace[path: "spec", "finalizers"]?.array?.isEmpty == false else { return }
        guard let path = try? client.path("namespaces", nil, namespace.name, "finalize") else { return }
        var next = namespace
        next[Pointer(["spec", "finalizers"])] = []
        var request = APIRequest(method: "PUT", path: [])
        request.contentType = "application/json"
        request.body = JSONWriter.bytes(next)
        _ = try? await client.objects.handle(path, request)
    }
}
