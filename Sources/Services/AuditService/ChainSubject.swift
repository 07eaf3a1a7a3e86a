public import WaybillCore

/// What somebody asks about: who let this run, or who let this be built?
public enum ChainSubject: Hashable, Sendable {
    /// `deployment/shop`, any case, in a namespace.
    case workload(String, namespace: String)
    case image(Digest)
    /// A commit of a repository by its whole name.
    case commit(String, repository: String)

    /// As people read it.
    public var description: String {
        switch self {
        case .workload(let name, let namespace): "\(name) in \(namespace)"
        case .image(let digest): digest.description
        case .commit(let hex, let repository): "\(repository) at \(hex)"
        }
    }
}
