import Documents
public import WaybillCore

/// An image that a pod, or the pods of a workload, would run or mount.
public struct PodImage: Hashable, Sendable {
    /// `containers[0]`, `initContainers[1]`, `ephemeralContainers[0]`, `volumes[2]`.
    public var place: String
    /// The container's name; `volume/NAME` where a volume holds the image, which no container can be called.
    public var name: String
    /// As it is written; empty where a container names none.
    public var reference: String
    /// The field that names it: `spec.containers[0].image`.
    public var field: String

    public init(place: String, name: String, reference: String, field: String) {
        self.place = place
        self.name = name
        self.reference = reference
        self.field = field
    }

    /// The digest that the reference is pinned to; nil where it is not.
    public var digest: Digest? {
        reference.lastIndex(of: "@").flatMap { Digest(String(reference[reference.index(after: $0)...])) }
    }
}

extension Resource {
    /// All images of a pod or of a workload's pod template: init, ordinary and ephemeral containers, then volumes. None
    /// where the object runs no pods.
    public var images: [PodImage] {
        guard let (pointer, specification) = podSpecification else { return [] }
        let containers = ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            (specification[list]?.array ?? []).enumerated().map { index, container in
                PodImage(
                    place: "\(list)[\(index)]", name: container["name"]?.string ?? "",
                    reference: container["image"]?.string ?? "",
                    field: pointer.appending(list).appending(index).appending("image").fieldPath)
            }
        }
        let volumes = (specification["volumes"]?.array ?? []).enumerated().compactMap { index, volume -> PodImage? in
            guard let reference = volume["image"]?["reference"]?.string else { return nil }
            return PodImage(
                place: "volumes[\(index)]", name: "volume/\(volume["name"]?.string ?? "")", reference: reference,
                field: pointer.appending("volumes").appending(index).appending("image").appending("reference").fieldPath
            )
        }
        return containers + volumes
    }

    /// The same. Throws where a container names no image: what nobody can name cannot be judged.
    public func namedImages() throws(WaybillError) -> [PodImage] {
        let images = images
        if let unnamed = images.first(where: { $0.reference.isEmpty }) {
            throw WaybillError(.invalidInput, "a container names no image", subject: unnamed.field)
        }
        return images
    }
}
