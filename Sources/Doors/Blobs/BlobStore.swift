public import WaybillCore

/// Content by digest. What is stored under a digest has it: a store never takes bytes that do not match.
///
/// Large content arrives through an upload session, which outlives the process that began it.
public protocol BlobStore: Sendable {
    /// The size in bytes; nil where the store does not have the content.
    func size(of digest: Digest) async throws(WaybillError) -> Int?

    /// Some of the content's bytes, `count` at most; fewer at its end. Throws `.notFound` where it is absent.
    func read(_ digest: Digest, from offset: Int, count: Int) async throws(WaybillError) -> [UInt8]

    /// Begins an upload session and returns its name.
    func beginUpload() async throws(WaybillError) -> UploadID

    /// How many bytes a session holds; nil where there is no such session.
    func uploadedSize(_ upload: UploadID) async throws(WaybillError) -> Int?

    /// Adds bytes that start at `offset`. Throws `.conflict` where the session does not hold just that many, which is
    /// how two writers of one session are kept apart. Returns the new size.
    @discardableResult
    func append(_ bytes: [UInt8], to upload: UploadID, at offset: Int) async throws(WaybillError) -> Int

    /// Makes the session's bytes the content of `digest`. Throws `.corrupted`, and keeps the session, where they are not.
    /// When it returns the content survives a crash.
    func finish(_ upload: UploadID, as digest: Digest) async throws(WaybillError)

    /// Drops a session; one that is not there is no error.
    func cancel(_ upload: UploadID) async throws(WaybillError)

    /// Removes content; content that is not there is no error.
    func delete(_ digest: Digest) async throws(WaybillError)

    /// Every digest that the store has, ordered.
    func list() async throws(WaybillError) -> [Digest]
}

/// The name of an upload session: 32 hexadecimal characters that nobody can guess.
public struct UploadID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// A new name.
    public init() {
        var generator = SystemRandomNumberGenerator()
        text = Hex.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Nil where the text is no name of a session, such as one that would lead to another folder.
    public init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Hex.decode(text), Hex.encode(bytes) == text else { return nil }
        self.text = text
    }

    public var description: String { text }
}

/// Bounds on what is read at once.
public enum BlobLimits {
    /// Pieces in which content is streamed.
    public static let pieceBytes = 1 << 18
    /// Largest content that is read whole.
    public static let wholeBytesMax = 256 << 20
}

extension BlobStore {
    public func has(_ digest: Digest) async throws(WaybillError) -> Bool { try await size(of: digest) != nil }

    /// The whole content, checked once more against its digest. For what is known to be small.
    public func read(_ digest: Digest, bytesMax: Int = BlobLimits.wholeBytesMax) async throws(WaybillError) -> [UInt8] {
        guard let size = try await size(of: digest) else { throw BlobError.absent(digest) }
        guard size <= bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(bytesMax) bytes", subject: digest.description)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        while bytes.count < size {
            let piece = try await read(digest, from: bytes.count, count: BlobLimits.pieceBytes)
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        guard digest.matches(bytes) else {
            throw WaybillError(
                .corrupted, "the stored bytes do not have the digest", subject: digest.description,
                remedy: "delete the content and push it again; look at the disk's health")
        }
        return bytes
    }

    /// Content or a part of it, piece by piece.
    public func stream(_ digest: Digest, range: Range<Int>? = nil) async throws(WaybillError) -> BlobStream {
        guard let size = try await size(of: digest) else { throw BlobError.absent(digest) }
        return BlobStream(store: self, digest: digest, range: (range ?? 0..<size).clamped(to: 0..<size))
    }

    /// Stores bytes and returns their digest.
    @discardableResult
    public func write(_ bytes: [UInt8]) async throws(WaybillError) -> Digest {
        let digest = Digest.sha256(of: bytes)
        try await write(bytes, as: digest)
        return digest
    }

    /// Stores bytes that must have the digest.
    public func write(_ bytes: [UInt8], as digest: Digest) async throws(WaybillError) {
        guard digest.matches(bytes) else { throw BlobError.mismatch(digest) }
        if try await has(digest) { return }
        let upload = try await beginUpload()
        try await append(bytes, to: upload, at: 0)
        try await finish(upload, as: digest)
    }

    /// Stores bytes that arrive in pieces and must have the digest.
    public func write(
        _ pieces: some AsyncSequence<[UInt8], any Error>, as digest: Digest
    ) async throws(WaybillError) {
        let upload = try await beginUpload()
        do {
            var size = 0
            for try await piece in pieces { size = try await append(piece, to: upload, at: size) }
            try await finish(upload, as: digest)
        } catch {
            // The first error is the one to tell; a session that stays is collected later.
            try? await cancel(upload)
            throw error as? WaybillError
                ?? WaybillError(.failed, "the bytes did not arrive", subject: digest.description, cause: error)
        }
    }
}

enum BlobError {
    static func absent(_ digest: Digest) -> WaybillError {
        WaybillError(.notFound, "the content is not stored", subject: digest.description)
    }
    static func mismatch(_ digest: Digest) -> WaybillError {
        WaybillError(.corrupted, "the bytes do not have the digest", subject: digest.description)
    }
    static func absent(_ upload: UploadID) -> WaybillError {
        WaybillError(.notFound, "there is no such upload", subject: upload.text, remedy: "begin it again")
    }
    static func wrongOffset(_ upload: UploadID, has size: Int) -> WaybillError {
        WaybillError(.conflict, "the upload holds \(size) bytes", subject: upload.text, remedy: "go on from there")
    }
}
