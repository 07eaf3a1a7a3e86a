public import Attestations
import Documents
public import Kubernetes
public import WaybillCore

/// What somebody wants to run, and where.
public struct DeployRequest: Sendable {
    /// One container's image.
    public struct Image: Hashable, Sendable {
        /// `containers[0]`, `initContainers[1]`, `ephemeralContainers[0]`.
        public var place: String
        /// As it is written.
        public var reference: String

        public init(place: String, reference: String) {
            self.place = place
            self.reference = reference
        }

        public var digest: Digest? {
            reference.lastIndex(of: "@").flatMap { Digest(String(reference[reference.index(after: $0)...])) }
        }
    }

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
    public var images: [Image]
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
        var images: [Image] = []
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for (index, container) in (specification?[list]?.array ?? []).enumerated() {
                let place = "\(list)[\(index)]"
                guard let reference = container["image"]?.string, !reference.isEmpty else {
                    throw WaybillError(.invalidInput, "a container names no image", subject: place)
                }
                images.append(Image(place: place, reference: reference))
            }
        }
        for (index, volume) in (specification?["volumes"]?.array ?? []).enumerated() {
            guard let reference = volume["image"]?["reference"]?.string else { continue }
            images.append(Image(place: "volumes[\(index)]", reference: reference))
        }
        self.images = images
    }
}
