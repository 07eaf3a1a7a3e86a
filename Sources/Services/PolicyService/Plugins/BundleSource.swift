import Files
import NIOHTTP1
import OCI
import PolicyTools
import Registries
import Synchronization
import WaybillCore

/// Where a bundle comes from.
protocol BundleSource: Sendable {
    /// The bundle, unless it is still the one with the tag.
    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle
    /// Whether the source answers only when there is something new, so that nobody need wait before asking again.
    var letsWait: Bool { get }
}

extension BundleSource {
    var letsWait: Bool { false }
}

enum FetchedBundle: Sendable {
    case unchanged
    /// The archive's bytes, and a tag to ask with next time.
    case archive([UInt8], etag: String?)
}

/// Whether a server has said that it lets us wait for something new.
final class WaitConsent: Sendable {
    private let given = Mutex(false)

    var isGiven: Bool { given.withLock { $0 } }
    func set(_ value: Bool) { given.withLock { $0 = value } }
}

/// A server that speaks HTTP: OPA's bundle API.
struct HTTPBundleSource: BundleSource {
    let endpoint: ServiceEndpoint
    let resource: String
    let bytesMax: Int
    /// How long an answer may wait for something new; nil asks for one at once.
    var longPollingSeconds: Int?
    let consent = WaitConsent()
    var letsWait: Bool { consent.isGiven }

    /// What a server calls its bundles that lets callers wait.
    static let waitingType = "application/vnd.openpolicyagent.bundles"

    func fetch(etag: String?) async throws(WaybillError) -> FetchedBundle {
        var headers = etag.map { [("If-None-Match", $0)] } ?? []
        if let longPollingSeconds { headers.append(("Prefer", "modes=snapshot;wait=\(longPollingSeconds)")) }
        let answer = try await endpoint.send(
            .GET, resource, headers: headers, bytesMax: bytesMax, waitSeconds: longPollingSeconds ?? 0)
        if longPollingSeconds != nil { consent.set(answer.contentType == Self.waitingType) }
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
