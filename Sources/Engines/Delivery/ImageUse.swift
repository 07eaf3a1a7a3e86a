import Documents
public import Kubernetes
public import WaybillCore

/// A container of a workload, or a volume of it, and the image that it names.
public struct ImageUse: Hashable, Sendable {
    public var workload: ObjectKey
    /// `volume/NAME` for a volume.
    public var container: String
    /// As the manifest writes it.
    public var reference: String
    /// Nil where the reference names a tag only: what runs could change without a commit.
    public var digest: Digest?

    /// `Deployment/shop`, as the ledger names workloads.
    public var workloadName: String { "\(workload.kind.kind)/\(workload.name)" }

    /// The images of a resource, those of volumes included, in their order.
    public static func all(in resource: Resource) -> [ImageUse] {
        resource.images.map { image in
            ImageUse(workload: resource.key, container: image.name, reference: image.reference, digest: image.digest)
        }
    }
}
