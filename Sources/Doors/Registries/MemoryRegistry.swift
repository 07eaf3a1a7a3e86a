public import OCI
import Synchronization
public import WaybillCore

/// A registry that forgets everything at the end: for tests and trials. As strict as a real one.
public final class MemoryRegistry: Registry {
    private struct Repository: Sendable {
        var manifests: [Digest: ManifestDocument] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        var tags: [String: Digest] = [:]
    }

    private let state = Mutex<[String: Repository]>([:])
    private var repositories: [String: Repository] { state.withLock { $0 } }

    public init() {}

    public func resolve(_ version: String, in repository: String) throws(WaybillError) -> Descriptor {
        guard let digest = Digest(version) ?? repositories[repository]?.tags[version],
            let document = repositories[repository]?.manifests[digest]
        else { throw RegistryError.absent("manifest", "\(repository):\(version)") }
        return Descriptor(mediaType: document.mediaType, digest: digest, size: document.bytes.count)
    }

    public func manifest(_ digest: Digest, in repository: String) throws(WaybillError) -> ManifestDocument {
        guard let document = repositories[repository]?.manifests[digest] else {
            throw RegistryError.absent("manifest", "\(repository)@\(digest)")
        }
        return document
    }

    public func readBlob(
        _ descriptor: Descriptor, in repository: String,
        consume: ([UInt8]) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        guard let bytes = repositories[repository]?.blobs[descriptor.digest] else {
            throw RegistryError.absent("blob", "\(repository)@\(descriptor.digest)")
        }
        guard bytes.count == descriptor.size else { throw RegistryError.wrongSize(descriptor) }
        try consume(bytes)
    }

    public func hasBlob(_ digest: Digest, in repository: String) -> Bool {
        repositories[repository]?.blobs[digest] != nil
    }

    public func push(blob bytes: [UInt8], as digest: Digest, to repository: String) throws(WaybillError) {
        guard digest.matches(bytes) else {
            throw WaybillError(.corrupted, "the bytes do not have the digest", subject: digest.description)
        }
        state.withLock { $0[repository, default: Repository()].blobs[digest] = bytes }
    }

    public func push(_ document: ManifestDocument, tag: String?, to repository: String) throws(WaybillError) {
        let known = repositories[repository] ?? Repository()
        switch document {
        case .image(let manifest):
            for part in [manifest.configuration] + manifest.layers
            where !part.mediaType.isNonDistributable && known.blobs[part.digest] == nil {
                throw RegistryError.absent("blob", "\(repository)@\(part.digest)")
            }
        case .index(let index):
            for part in index.manifests where known.manifests[part.digest] == nil {
                throw RegistryError.absent("manifest", "\(repository)@\(part.digest)")
            }
        }
        state.withLock { repositories in
            repositories[repository, default: Repository()].manifests[document.digest] = document
            if let tag { repositories[repository]?.tags[tag] = document.digest }
        }
    }

    public func referrers(
        of digest: Digest, artifactType: String?, in repository: String
    ) throws(WaybillError) -> [Descriptor] {
        (repositories[repository]?.manifests.values.filter { $0.subject?.digest == digest }.map(\.descriptor) ?? [])
            .filter { artifactType == nil || $0.artifactType == artifactType }
            .sorted { $0.digest < $1.digest }
    }

    public func tags(in repository: String) throws(WaybillError) -> [String] {
        guard let known = repositories[repository] else { throw RegistryError.absent("repository", repository) }
        return known.tags.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

enum RegistryError {
    static func absent(_ what: String, _ subject: String) -> WaybillError {
        WaybillError(.notFound, "the registry has no such \(what)", subject: subject)
    }
    static func wrongSize(_ descriptor: Descriptor) -> WaybillError {
        WaybillError(
            .corrupted, "the blob is not of the \(descriptor.size) bytes that its descriptor says",
            subject: descriptor.digest.description)
    }
}
