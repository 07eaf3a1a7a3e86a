public import WaybillCore

/// What a container needs of its image.
public struct ContainerImage: Sendable, Hashable {
    /// The user of the machine that is root in every pod; the 65535 above it are the pod's other users.
    public static let firstUser = ContainerSpecification.hostUserFirst

    /// A folder with the unpacked root file system, its owners moved up by `firstUser`. It is shared and never written to.
    public var rootFolder: String
    /// The manifest's digest.
    public var digest: Digest
    public var environment: [String]
    public var entrypoint: [String]
    public var command: [String]
    /// `1000`, `1000:1000`, `name`; empty is root.
    public var user: String
    public var workingFolder: String

    public init(
        rootFolder: String, digest: Digest, environment: [String] = [], entrypoint: [String] = [],
        command: [String] = [],
        user: String = "", workingFolder: String = ""
    ) {
        self.rootFolder = rootFolder
        self.digest = digest
        self.environment = environment
        self.entrypoint = entrypoint
        self.command = command
        self.user = user
        self.workingFolder = workingFolder
    }
}

/// Brings images to the node.
public protocol ImagePuller: Sendable {
    /// The unpacked image of a reference as a pod names it. Throws `.notFound` where the registry does not have it.
    func image(_ reference: String) async throws(WaybillError) -> ContainerImage
}
