/// What separates a build from the machine it runs on.
public struct IsolationReport: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Root began it: an own user namespace with users that own nothing on the host, limits by control group.
        case userNamespace
        /// An ordinary user began it: an own user namespace from the range in /etc/subuid.
        case rootless
        /// Root began it and user namespaces are refused: own namespaces but for users.
        case namespaces
        /// Steps share a root folder change and nothing better.
        case chroot
    }

    public enum MemoryLimit: String, Sendable {
        /// The kernel ends what takes more, all processes counted together.
        case controlGroup
        /// Each process for itself.
        case perProcess
    }

    public var kind: Kind
    public var userNamespace: Bool
    public var networkNamespace: Bool
    public var processNamespace: Bool
    public var memoryLimit: MemoryLimit
    /// The OCI runtime with its version: `runc 1.1.5`.
    public var runtime: String
    /// `buildah 1.28.2`.
    public var builder: String
    /// How layers are stored: `overlay` or `vfs`.
    public var storageDriver: String
    /// What was tried and refused, strongest first.
    public var refused: [String]

    /// All of it in one line, for people.
    public var description: String {
        var parts = [
            kind.rawValue,
            userNamespace ? "own users" : "the host's users",
            networkNamespace ? "no network" : "the host's network",
            processNamespace ? "own processes" : "the host's processes",
            memoryLimit == .controlGroup ? "memory limited for the build" : "memory limited for each process",
            builder, runtime, storageDriver,
        ]
        if !refused.isEmpty { parts.append("refused: " + refused.joined(separator: "; ")) }
        return parts.joined(separator: ", ")
    }
}
