public import Attestations
import Documents
public import Kubernetes
public import WaybillCore

/// What somebody wants to run, and where.
public struct DeployRequest: Sendable {
    /// An emergency, declared by somebody whom the API server knows. An annotation that anybody can write is none.
    public struct Breakglass: Hashable, Sendable {
        public var actor: String
        public var reason: String
        public var expires: Timestamp

        public init(actor: String, reason: String, expires: Timestamp) {
            self.actor = actor
            self.reason = reason
            self.expires = expires
        }
    }

    /// `LOCATION.CLUSTER`, as per-cluster rules name it.
    public var cluster: String
    public var namespace: String
    public var namespaceLabels: [String: String]
    public var serviceAccount: String
    public var resource: Resource
    public var images: [PodImage]
    public var breakglass: Breakglass?

    /// All images of the object: init, ordinary and ephemeral containers, and image volumes. An object that runs nothing
    /// has none. Throws where a container names no image.
    public init(
        _ resource: Resource, cluster: String = "", namespace: String, namespaceLabels: [String: String] = [:],
        breakglass: Breakglass? = nil
    ) throws(WaybillError) {
        self.cluster = cluster
        self.namespace = namespace
        self.namespaceLabels = namespaceLabels
        self.resource = resource
        self.breakglass = breakglass
        let specification = resource.podSpecification?.value
        serviceAccount = specification?["serviceAccountName"]?.string ?? "default"
        images = try resource.namedImages()
    }
}
