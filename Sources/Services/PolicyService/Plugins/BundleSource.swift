import Files
import NIOHTTP1
import OCI
import PolicyTools
import Registries
import WaybillCore

/// Where a bundle comes from.
protocol BundleSource: Sendable {
    /// The bundle, unless it is still the one with the tag.
    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle
}

enum FetchedBundle: Sendable {
    case unchanged
    /// The archive's bytes, and a tag to ask with next time.
    case archive([UInt8], etag: String?)
}

/// A server that speaks HTTP: OPA's bundle API.
struct HTTPBundleSource: BundleSource {
    let endpoint: ServiceEndpoint
    let resource: String
    let bytesMax: Int

    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle {
        let answer = try await endpoint.send(
            .GET, resource, headers: etag.map { [("If-None-Match", $0)] } ?? [], bytesMax: bytesMax)
        switch answer.status {
        case 200: return .archive(answer.body, etag: answer.etag)
        case 304 where etag != nil: return .unchanged
        case 401, 403:
            throw WaybillError(.forbidden, "the server answered with status \(answer.status)", subject: resource)
        case 404: throw WaybillError(.notFound, "the server has no such bundle", subject: resource)
        default: throw WaybillError(.failed, "the server answered with status \(answer.status)", subject: resource)
        }
    }
}

/// A file of this machine; its content is the tag.
struct FileBundleSource: BundleSource {
    let path: String
    let bytesMax: Int

    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle {
        let bytes = try Files.read(path, bytesMax: bytesMax)
        let digest = Digest.sha256(of: bytes).description
        return digest == etag ? .unchanged : .archive(bytes, etag: digest)
    }
}

/// An OCI registry; the manifest's digest is the tag.
struct RegistryBundleSource: BundleSource {
    let registry: any Registry
    let repository: String
    let version: String

    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle {
        if let etag, try await registry.resolve(version, in: repository).digest.description == etag {
            return .unchanged
        }
        let pulled = try await PolicyArtifact.pull(version, from: repository, in: registry)
        return .archive(try BundleArchive.bytes(of: pulled.files), etag: pulled.digest.description)
    }
}
