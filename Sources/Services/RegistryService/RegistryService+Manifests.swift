import Blobs
import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import WaybillCore

extension RegistryService {
    func manifest(_ repository: String, _ reference: String, _ identity: Identity?) async throws -> Response {
        let digest = try find(reference, repository)
        guard let type = try repositories.mediaType(digest, in: repository) else {
            throw RegistryFailure.manifest(reference)
        }
        let bytes = try await blobs.read(digest, bytesMax: Manifest.bytesMax)
        let document = try ManifestDocument(parsing: bytes, mediaType: type)
        if document.needsVerdict, identity.map({ !ungated.contains($0) }) ?? true, let gate,
            let verdict = await gate(repository, digest), !verdict.isAllowed
        {
            throw RegistryFailure.denied(verdict)
        }
        return Response(
            status: .ok,
            headers: [.contentType: type.rawValue, .contentDigest: digest.description, .eTag: "\"\(digest)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The digest that a tag or a digest stands for.
    private func find(_ reference: String, _ repository: String) throws -> Digest {
        if let digest = Digest(reference) { return digest }
        guard ImageReference.isTag(reference), let digest = try repositories.digest(ofTag: reference, in: repository)
        else {
            throw RegistryFailure.manifest(reference)
        }
        return digest
    }

    func putManifest(_ request: Request, _ repository: String, _ reference: String) async throws -> Response {
        let named = Digest(reference)
        guard named != nil || ImageReference.isTag(reference) else {
            throw RegistryFailure(
                .manifestInvalid, .badRequest, "neither a tag nor a digest: \(Redaction.excerpt(reference))")
        }
        let bytes = try await manifestBytes(request)
        let digest = named ?? .sha256(of: bytes)
        guard digest.matches(bytes) else {
            throw RegistryFailure(.digestInvalid, .badRequest, "the manifest does not have the digest \(digest)")
        }
        let document: ManifestDocument
        do {
            let stated = request.headers[.contentType].map { MediaType(String($0.prefix { $0 != ";" })) }
            document = try ManifestDocument(parsing: bytes, mediaType: stated)
        } catch {
            throw RegistryFailure(.manifestInvalid, .badRequest, error.message)
        }
        try await checkParts(of: document, repository)
        try await blobs.write(bytes, as: digest)
        try repositories.addManifest(digest, document, to: repository)
        if named == nil { try repositories.setTag(reference, to: digest, in: repository) }
        var headers: HTTPFields = [
            .location: "/v2/\(repository)/manifests/\(digest)", .contentDigest: digest.description,
        ]
        if let subject = document.subject { headers[.subject] = subject.digest.description }
        return Response(status: .created, headers: headers)
    }

    private func manifestBytes(_ request: Request) async throws -> [UInt8] {
        let tooLarge = RegistryFailure(
            .sizeInvalid, .contentTooLarge, "a manifest has at most \(Manifest.bytesMax) bytes")
        if let length = request.headers[.contentLength].flatMap({ Self.number($0) }), length > Manifest.bytesMax {
            throw tooLarge
        }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            bytes.append(contentsOf: buffer.readableBytesView)
            guard bytes.count <= Manifest.bytesMax else { throw tooLarge }
        }
        return bytes
    }

    /// A manifest may only name what the repository has; its subject may come later.
    private func checkParts(of document: ManifestDocument, _ repository: String) async throws {
        switch document {
        case .image(let manifest):
            for part in [manifest.configuration] + manifest.layers where !part.mediaType.isNonDistributable {
                guard repositories.hasBlob(part.digest, in: repository),
                    let size = try await blobs.size(of: part.digest)
                else {
                    throw RegistryFailure.missing(part)
                }
                guard size == part.size else {
                    throw RegistryFailure(
                        .manifestInvalid, .badRequest,
                        "\(part.digest) has \(size) bytes, the manifest says \(part.size)")
                }
            }
        case .index(let index):
            for part in index.manifests
            where try repositories.mediaType(part.digest, in: repository) == nil
                && !repositories.hasBlob(part.digest, in: repository)
            {
                throw RegistryFailure.missing(part)
            }
        }
    }

    /// Deletes a tag, or a manifest with all its tags. Its blobs stay: other manifests may name them.
    func deleteManifest(_ repository: String, _ reference: String) async throws -> Response {
        if let digest = Digest(reference) {
            guard let type = try repositories.mediaType(digest, in: repository) else {
                throw RegistryFailure.manifest(reference)
            }
            let bytes = try await blobs.read(digest, bytesMax: Manifest.bytesMax)
            let subject = try ManifestDocument(parsing: bytes, mediaType: type).subject
            try repositories.removeManifest(digest, subject: subject?.digest, from: repository)
        } else {
            guard ImageReference.isTag(reference), try repositories.digest(ofTag: reference, in: repository) != nil
            else {
                throw RegistryFailure.manifest(reference)
            }
            try repositories.removeTag(reference, from: repository)
        }
        return Response(status: .accepted)
    }
}

extension ManifestDocument {
    /// Whether a verdict must be asked before it is served. Papers are exempt: about a subject, not of a container
    /// image, and without file system layers. A subject alone exempts nothing, or any image could claim one.
    var needsVerdict: Bool {
        guard case .image(let manifest) = self else { return false }
        let isPaper =
            manifest.subject != nil && !manifest.isContainerImage
            && !manifest.layers.contains(where: \.mediaType.isLayer)
        return !isPaper
    }
}
