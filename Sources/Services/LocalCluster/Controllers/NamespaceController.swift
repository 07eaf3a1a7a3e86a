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
        for type in client.objects.registry.all
        where type.isNamespaced && !type.isVirtual && KindConversion.stored(of: type) == nil {
            for object in await client.list(type.qualifiedName, namespace.name) {
                isEmpty = false
                if !object.isBeingDeleted {
                    try? await client.delete(type.qualifiedName, object, as: Self.manager)
                }
            }
        }
        let finalizers = namespace[path: "spec", "finalizers"]?.array ?? []
        guard isEmpty, !finalizers.isEmpty else { return }
        let rest = finalizers.filter { $0 != "kubernetes" }
        guard rest != finalizers else { return }
        if !rest.isEmpty { await report(namespace) }
        guard let path = try? client.path("namespaces", nil, namespace.name, "finalize") else { return }
        var next: Value = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace.name)]]
        next["spec"] = ["finalizers": .array(rest)]
        var request = APIRequest(method: "PUT", path: [])
        request.contentType = "application/json"
        request.body = JSONWriter.bytes(next)
        request.user = .administrator("system:namespace-controller")
        _ = try? await client.objects.handle(path, request)
    }

    /// Says that everything is gone, where somebody else's finalizer still holds the namespace.
    private func report(_ namespace: Value) async {
        guard namespace[path: "status", "conditions"] == nil else { return }
        let now = Value.string(APITime.now)
        let conditions: [(String, String, String)] = [
            ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
            (
                "NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions",
                "All legacy kube types successfully parsed"
            ),
            (
                "NamespaceDeletionContentFailure", "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
            ),
            ("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
            (
                "NamespaceFinalizersRemaining", "ContentHasNoFinalizers",
                "All content-preserving finalizers finished"
            ),
        ]
        let status: Value = [
            "phase": "Terminating",
            "conditions": .array(
                conditions.map { type, reason, message in
                    [
                        "type": .string(type), "status": "False", "reason": .string(reason),
                        "message": .string(message), "lastTransitionTime": now,
                    ]
                }),
        ]
        try? await client.setStatus("namespaces", namespace, status, as: Self.manager)
    }
}
