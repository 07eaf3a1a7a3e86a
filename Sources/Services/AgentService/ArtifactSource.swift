public import Attestations
public import Delivery
public import WaybillCore

/// Where signed artifacts are kept: a registry, seen as the two questions that an agent has.
public protocol ArtifactSource: Sendable {
    /// The digest that the settings stand for now.
    func resolve(_ settings: ArtifactSettings) async throws(WaybillError) -> Digest
    /// The artifact, once its signature by the key was verified. Throws `.forbidden` where nothing good was signed.
    func read(_ digest: Digest, of settings: ArtifactSettings, key: [UInt8]) async throws(WaybillError) -> Artifact
}

/// The content of a signed artifact.
public struct Artifact: Sendable {
    public var digest: Digest
    /// When it was made, as its manifest says: what a newer one is told by.
    public var created: Timestamp?
    /// Bytes by path; regular files only.
    public var files: [String: [UInt8]]

    public init(digest: Digest, created: Timestamp?, files: [String: [UInt8]]) {
        self.digest = digest
        self.created = created
        self.files = files
    }
}
