import Blobs
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

extension RegistryService {
    /// Bytes that are gathered before they go to the store.
    static let pieceBytes = 1 << 20

    /// Begins a session; with `digest` takes the whole blob at once; with `mount` takes it from another repository.
    func beginUpload(_ request: Request, _ repository: String) async throws -> Response {
        let query = request.uri.queryParameters
        if let text = query["mount"].map(String.init) {
            guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
            let isThere = query["from"].map { repositories.hasBlob(digest, in: String($0)) } ?? true
            if isThere, try await blobs.has(digest) { return try stored(digest, repository) }
        }
        let upload = try await blobs.beginUpload()
        if let text = query["digest"].map(String.init) {
            guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
            try await receive(request, upload, at: 0)
            return try await finish(upload, digest, repository)
        }
        return accepted(upload, size: 0, repository)
    }

    func continueUpload(_ request: Request, _ repository: String, _ id: String) async throws -> Response {
        let (upload, size) = try await session(id)
        try checkRange(request, size)
        let after = try await receive(request, upload, at: size)
        return accepted(upload, size: after, repository)
    }

    /// Takes the last bytes, if there are any, and makes the session a blob.
    func finishUpload(_ request: Request, _ repository: String, _ id: String) async throws -> Response {
        let (upload, size) = try await session(id)
        guard let text = request.uri.queryParameters["digest"].map(String.init), let digest = Digest(text) else {
            throw RegistryFailure.digest(request.uri.queryParameters["digest"].map(String.init) ?? "")
        }
        try checkRange(request, size)
        try await receive(request, upload, at: size)
        return try await finish(upload, digest, repository)
    }

    func uploadStatus(_ repository: String, _ id: String) async throws -> Response {
        let (upload, size) = try await session(id)
        var response = accepted(upload, size: size, repository)
        response.status = .noContent
        return response
    }

    func cancelUpload(_ id: String) async throws -> Response {
        let (upload, _) = try await session(id)
        try await blobs.cancel(upload)
        return Response(status: .noContent)
    }

    private func session(_ id: String) async throws -> (UploadID, Int) {
        guard let upload = UploadID(id), let size = try await blobs.uploadedSize(upload) else {
            throw RegistryFailure(.uploadUnknown, .notFound, "there is no such upload")
        }
        return (upload, size)
    }

    /// A chunk that says where it belongs must belong at the end of what is there.
    private func checkRange(_ request: Request, _ size: Int) throws {
        guard let header = request.headers[.contentRange] else { return }
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Self.number(parts[0]), let last = Self.number(parts[1]), last >= first
        else {
            throw RegistryFailure(.uploadInvalid, .badRequest, "Content-Range is written as FIRST-LAST")
        }
        let wrong = RegistryFailure(
            .uploadInvalid, .rangeNotSatisfiable, "the upload holds \(size) bytes; go on from there",
            headers: [.range: "0-\(max(0, size - 1))"])
        guard first == size else { throw wrong }
        if let length = request.headers[.contentLength].flatMap({ Self.number($0) }), length != last - first + 1 {
            throw RegistryFailure(.sizeInvalid, .badRequest, "Content-Range and Content-Length disagree")
        }
    }

    /// Streams the request's body into the session and returns its new size.
    @discardableResult
    private func receive(_ request: Request, _ upload: UploadID, at offset: Int) async throws -> Int {
        var size = offset
        var piece: [UInt8] = []
        do {
            for try await buffer in request.body {
                piece.append(contentsOf: buffer.readableBytesView)
                if piece.count >= Self.pieceBytes {
                    size = try await blobs.append(piece, to: upload, at: size)
                    piece.removeAll(keepingCapacity: true)
                }
            }
            if !piece.isEmpty { size = try await blobs.append(piece, to: upload, at: size) }
            return size
        } catch let error as WaybillError where error.code == .conflict {
            throw RegistryFailure(.uploadInvalid, .rangeNotSatisfiable, error.message)
        }
    }

    private func finish(_ upload: UploadID, _ digest: Digest, _ repository: String) async throws -> Response {
        do {
            try await blobs.finish(upload, as: digest)
        } catch {
            guard error.code == .corrupted else { throw error }
            try await blobs.cancel(upload)
            throw RegistryFailure(
                .digestInvalid, .badRequest, "the bytes that were sent do not have the digest \(digest)")
        }
        return try stored(digest, repository)
    }

    private func stored(_ digest: Digest, _ repository: String) throws -> Response {
        try repositories.addBlob(digest, to: repository)
        return Response(
            status: .created,
            headers: [.location: "/v2/\(repository)/blobs/\(digest)", .contentDigest: digest.description])
    }

    private func accepted(_ upload: UploadID, size: Int, _ repository: String) -> Response {
        Response(
            status: .accepted,
            headers: [
                .location: "/v2/\(repository)/blobs/uploads/\(upload)", .range: "0-\(max(0, size - 1))",
                .uploadID: upload.text,
            ])
    }
}
