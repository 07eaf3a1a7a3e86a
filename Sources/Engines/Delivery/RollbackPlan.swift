public import WaybillCore

/// What an environment named at a revision of its repository.
public struct EnvironmentRevision: Hashable, Sendable {
    public var revision: String
    /// Digests by image, as ``PromotionEdit/images(in:file:)`` reads them.
    public var images: [String: Digest]

    public init(revision: String, images: [String: Digest]) {
        self.revision = revision
        self.images = images
    }
}

/// The way back: a new promotion of what an environment ran before. History only moves forward.
public struct RollbackPlan: Hashable, Sendable {
    public var image: String
    public var from: Digest
    public var to: Digest
    /// The newest revision that named `to`.
    public var revision: String

    /// - Parameters:
    ///   - history: the environment's revisions, newest first.
    ///   - target: a digest to go back to; nil means the one before the present.
    ///   - accepts: whether an image may run there today: going back to what policy refuses is no way out.
    /// - Returns: nil when history names no other digest that is accepted.
    public init?(
        image: String, history: [EnvironmentRevision], target: Digest? = nil, accepts: (Digest) -> Bool = { _ in true }
    ) {
        guard let present = history.first?.images[image] else { return nil }
        for entry in history.dropFirst() {
            guard let digest = entry.images[image], digest != present, target == nil || digest == target,
                accepts(digest)
            else { continue }
            self.image = image
            from = present
            to = digest
            revision = entry.revision
            return
        }
        return nil
    }

    /// The change that brings it about.
    public var edit: PromotionEdit { PromotionEdit(image: image, digest: to) }
}
