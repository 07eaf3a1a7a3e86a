import Clusters
import Documents
import Kubernetes
import WaybillCore

/// A cluster by its name in the registry. It is opened when it is first asked, and anew when its kubeconfig was
/// replaced; while the name is not known every question says so.
struct NamedCluster: Cluster {
    let name: String
    private let keeper: Keeper
    private let impersonation: Impersonation?

    init(_ name: String, in registry: ClusterRegistry) {
        self.init(name, Keeper(name, registry), nil)
    }

    private init(_ name: String, _ keeper: Keeper, _ impersonation: Impersonation?) {
        self.name = name
        self.keeper = keeper
        self.impersonation = impersonation
    }

    /// The same cluster in another's name.
    func acting(as impersonation: Impersonation) -> NamedCluster { NamedCluster(name, keeper, impersonation) }

    func stop() async { await keeper.close() }

    private actor Keeper {
        private let name: String
        private let registry: ClusterRegistry
        private var open: (digest: Digest, client: KubernetesClient)?

        init(_ name: String, _ registry: ClusterRegistry) {
            self.name = name
            self.registry = registry
        }

        func client() throws(WaybillError) -> KubernetesClient {
            let digest = Digest.sha256(of: try registry.content(name))
            if let open, open.digest == digest { return open.client }
            let client = try KubernetesClient(registry.access(name))
            // Questions that are under way end with the client that they were asked of, which closes itself.
            open = (digest, client)
            return client
        }

        func close() async {
            let client = open?.client
            open = nil
            await client?.stop()
        }
    }

    private func client() async throws(WaybillError) -> KubernetesClient {
        let client = try await keeper.client()
        return impersonation.map(client.acting) ?? client
    }

    func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? { try await client().get(key) }

    func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource] {
        try await client().list(kind, namespace: namespace, labels: labels)
    }

    @discardableResult
    func apply(
        _ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool
    ) async throws(WaybillError) -> Resource {
        try await client().apply(resource, fieldManager: fieldManager, force: force, dryRun: dryRun)
    }

    @discardableResult
    func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource {
        try await client().create(resource, dryRun: dryRun)
    }

    @discardableResult
    func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource {
        try await client().patch(key, merge: merge, subresource: subresource)
    }

    func delete(_ key: ObjectKey) async throws(WaybillError) { try await client().delete(key) }

    func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    for try await event in try await client().watch(kind, namespace: namespace) {
                        continuation.yield(event)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
