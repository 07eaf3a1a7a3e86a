public import Documents
import Kubernetes
public import WaybillCore

/// An image that a container of a pod names.
public struct PodImage: Hashable, Sendable {
    /// As it is written.
    public var reference: String
    /// The digest that the reference is pinned to; nil where it is not.
    public var digest: Digest?
    /// The field that names it: `spec.containers[0].image`.
    public var field: String

    /// All images of a pod or of a workload's pod template: init, ordinary and ephemeral containers, image volumes.
    /// Throws where a container names none: an image that nobody can name cannot be judged.
    public static func images(of object: Value) throws(WaybillError) -> [PodImage] {
        let resource = try Resource(object)
        guard let (pointer, specification) = resource.podSpecification else { return [] }
        var images: [PodImage] = []
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for (index, container) in (specification[list]?.array ?? []).enumerated() {
                let field = pointer.appending(list).appending(index).appending("image").fieldPath
                guard let reference = container["image"]?.string, !reference.isEmpty else {
                    throw WaybillError(.invalidInput, "a container names no image", subject: field)
                }
                images.append(PodImage(reference: reference, field: field))
            }
        }
        for (index, volume) in (specification["volumes"]?.array ?? []).enumerated() {
            guard let reference = volume["image"]?["reference"]?.string else { continue }
            let field = pointer.appending("volumes").appending(index).appending("image").appending("reference")
                .fieldPath
            images.append(PodImage(reference: reference, field: field))
        }
        return images
    }

    init(reference: String, field: String) {
        self.reference = reference
        self.field = field
        digest = reference.lastIndex(of: "@").flatMap { Digest(String(reference[reference.index(after: $0)...])) }
    }
}
