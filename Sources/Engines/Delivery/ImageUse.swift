import Documents
public import Kubernetes
public import WaybillCore

/// A container of a workload and the image that it names.
public struct ImageUse: Hashable, Sendable {
    public var workload: ObjectKey
    public var container: String
    /// As the manifest writes it.
    public var reference: String
    /// Nil where the reference names a tag only: what runs could change without a commit.
    public var digest: Digest?

    /// `Deployment/shop`, as the ledger names workloads.
    public var workloadName: String { "\(workload.kind.kind)/\(workload.name)" }

    /// The containers of all kinds of a resource, in their order.
    public static func all(in resource: Resource) -> [ImageUse] {
        guard let pods = resource.podSpecification?.value else { return [] }
        return ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            (pods[list]?.array ?? []).compactMap { container in
                guard let reference = container["image"]?.string else { return nil }
                let digest = reference.lastIndex(of: "@").flatMap { Digest(String(reference[$0...].dropFirst())) }
                return ImageUse(
                    workload: resource.key, container: container["name"]?.string ?? "", reference: reference,
                    digest: digest)
            }
        }
    }
}
