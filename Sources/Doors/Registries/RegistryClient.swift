import AsyncHTTPClient
import Documents
import NIOCore
import NIOHTTP1
public import OCI
public import WaybillCore

/// A registry behind HTTP (OCI distribution spec 1.1). It works with registries that lack the referrers API.
public struct RegistryClient: Registry {
    /// A user's name with a password or token, for basic authentication and for fetching a bearer token.
    public struct Credentials: Sendable {
        public var user: String
        public var token: String

        public init(user: String, token: String) {
            self.user = user
            self.token = token
        }
    }

    let transport: RegistryTransport

    /// `base` is the registry's address without a path: `https://registry.example`, `http://127.0.0.1:5000`.
    public init(_ base: String, credentials: Credentials? = nil) throws(WaybillError) {
        transport = try RegistryTransport(base, credentials: credentials)
    }

    // MARK: Reading

    public func resolve(_ version: String, in repository: String) async throws(WaybillError) -> Descriptor {
        let path = try Self.path(repository, "manifests", version)
        let answer = try await transport.send(.HEAD, path, headers: Self.acceptingManifests)
        guard answer.status == 200 else {
            throw try await transport.failure(answer, "manifest", "\(repository):\(version)")
        }
        if let digest = Digest(version) ?? answer.header("Docker-Content-Digest").flatMap({ Digest($0) }),
            let type = answer.header("Content-Type"), let size = answer.header("Content-Length").flatMap({ Int($0) })
        {
            return Descriptor(mediaType: Self.mediaType(type), digest: digest, size: size)
        }
        // A registry that does not tell the digest must send the bytes, which tell it.
        let document = try await fetchManifest(version, in: repository)
        return Descriptor(mediaType: document.mediaType, digest: document.digest, size: document.bytes.count)
    }

    public func manifest(_ digest: Digest, in repository: String) async throws(WaybillError) -> ManifestDocument {
        try await fetchManifest(digest.description, in: repository)
    }

    func fetchManifest(_ version: String, in repository: String) async throws(WaybillError) -> ManifestDocument {
        let path = try Self.path(repository, "manifests", version)
        let answer = try await transport.send(.GET, path, headers: Self.acceptingManifests)
        guard answer.status == 200 else {
            throw try await transport.failure(answer, "manifest", "\(repository):\(version)")
        }
        let bytes = try await transport.body(answer, bytesMax: Manifest.bytesMax)
        if let digest = Digest(version), !digest.matches(bytes) {
            throw WaybillError(
                .corrupted, "the registry sent other bytes than the digest names", subject: "\(repository)@\(digest)")
        }
        return try ManifestDocument(parsing: bytes, mediaType: answer.header("Content-Type").map(Self.mediaType))
    }

    public func readBlob(
        _ descriptor: Descriptor, in repository: String,
        consume: ([UInt8]) throws(WaybillError) -> Void
    ) async throws(WaybillError) {
        let subject = "\(repository)@\(descriptor.digest)"
        let answer = try await transport.send(.GET, try Self.path(repository, "blobs", descriptor.digest.description))
        guard answer.status == 200 else { throw try await transport.failure(answer, "blob", subject) }
        var hasher = ContentHasher(descriptor.digest.algorithm)
        var size = 0
        do {
            for try await buffer in answer.response.body {
                size += buffer.readableBytes
                guard size <= descriptor.size else { throw RegistryError.wrongSize(descriptor) }
                let bytes = Array(buffer.readableBytesView)
                hasher.update(bytes)
                try consume(bytes)
            }
        } catch {
            throw error as? WaybillError
                ?? WaybillError(.unavailable, "the blob broke off after \(size) bytes", subject: subject, cause: error)
        }
        guard size == descriptor.size else { throw RegistryError.wrongSize(descriptor) }
        guard hasher.finish() == descriptor.digest else {
            throw WaybillError(.corrupted, "the registry sent other bytes than the digest names", subject: subject)
        }
    }

    public func hasBlob(_ digest: Digest, in repository: String) async throws(WaybillError) -> Bool {
        let answer = try await transport.send(.HEAD, try Self.path(repository, "blobs", digest.description))
        switch answer.status {
        case 200: return true
        case 404: return false
        default: throw try await transport.failure(answer, "blob", "\(repository)@\(digest)")
        }
    }

    public func tags(in repository: String) async throws(WaybillError) -> [String] {
        var tags: [String] = []
        var next: String? = try Self.path(repository, "tags/list") + "?n=1000"
        for _ in 0..<RegistryLimits.pagesMax {
            guard let path = next else { break }
            let answer = try await transport.send(.GET, path)
            guard answer.status == 200 else { throw try await transport.failure(answer, "repository", repository) }
            let page = try await transport.json(answer, repository)
            tags += page["tags"]?.array?.compactMap(\.string) ?? []
            guard tags.count <= RegistryLimits.entriesMax else {
                throw WaybillError(
                    .limitExceeded, "has more than \(RegistryLimits.entriesMax) tags", subject: repository)
            }
            next = try transport.nextPage(answer)
        }
        return tags.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Writing

    public func push(blob bytes: [UInt8], as digest: Digest, to repository: String) async throws(WaybillError) {
        let subject = "\(repository)@\(digest)"
        guard digest.matches(bytes) else {
            throw WaybillError(.corrupted, "the bytes do not have the digest", subject: subject)
        }
        if try await hasBlob(digest, in: repository) { return }
        let begun = try await transport.send(.POST, try Self.path(repository, "blobs/uploads/"))
        guard begun.status == 202, let location = begun.header("Location") else {
            throw try await transport.failure(begun, "repository", subject)
        }
        let path = try transport.path(of: location)
        let done = try await transport.send(
            .PUT, path + (path.contains("?") ? "&" : "?") + "digest=\(digest)",
            headers: [("Content-Type", "application/octet-stream")], body: bytes)
        guard done.status == 201 else { throw try await transport.failure(done, "upload", subject) }
    }

    public func push(_ document: ManifestDocument, tag: String?, to repository: String) async throws(WaybillError) {
        let version = tag ?? document.digest.description
        let answer = try await transport.send(
            .PUT, try Self.path(repository, "manifests", version),
            headers: [("Content-Type", document.mediaType.rawValue)], body: document.bytes)
        guard answer.status == 201 else {
            throw try await transport.failure(answer, "repository", "\(repository):\(version)")
        }
        // A registry that understood the subject says so; for others the client keeps the list of referrers itself.
        if let subject = document.subject, answer.header("OCI-Subject") == nil {
            try await addReferrer(document.descriptor, to: subject.digest, in: repository)
        }
    }

    // MARK: Paths

    static let acceptingManifests = [("Accept", MediaType.manifests.map(\.rawValue).joined(separator: ", "))]

    static func mediaType(_ header: String) -> MediaType {
        MediaType(String(header.prefix { $0 != ";" && $0 != " " }))
    }

    /// `/v2/<repository>/…`. Names are checked: one with `..` or `?` in it would ask for something else.
    static func path(_ repository: String, _ rest: String, _ version: String? = nil) throws(WaybillError) -> String {
        guard ImageReference.isRepository(repository) else {
            throw WaybillError(.invalidInput, "not a repository's name", subject: Redaction.excerpt(repository))
        }
        guard let version else { return "/v2/\(repository)/\(rest)" }
        guard ImageReference.isTag(version) || Digest(version) != nil else {
            throw WaybillError(.invalidInput, "neither a tag nor a digest", subject: Redaction.excerpt(version))
        }
        return "/v2/\(repository)/\(rest)/\(version)"
    }
}
