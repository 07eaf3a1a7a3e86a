import Documents
import Kubernetes

/// Where a service is reached on this machine.
enum ServiceAddress {
    /// `host:port` of the service's port, as its annotations say; nil where it is not reached.
    static func find(namespace: String, name: String, port: Int, in store: ObjectStore) async -> String? {
        guard let service = await store.get(.init(resource: "services", namespace: namespace, name: name)) else {
            return nil
        }
        let annotations = service[path: "metadata", "annotations"]
        if let own = annotations?["\(LocalCluster.addressAnnotation)-\(port)"]?.string { return own }
        return annotations?[LocalCluster.addressAnnotation]?.string
    }
}
