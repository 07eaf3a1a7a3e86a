import Dispatch
import Files
import Foundation
import Synchronization
public import WaybillCore

/// Content as files by digest: `blobs/sha256/<hex>`, and `uploads/<name>` while it arrives.
///
/// A file under `blobs` is always whole: it is written under `uploads`, synced, renamed, and its folder synced. What a
/// crash leaves behind is an upload, which can be taken up again or collected.
public final class DiskBlobs: BlobStore {
    /// What is known of a session without reading its file.
    private struct Session: Sendable {
        var size: Int
        /// Of all bytes so far; nil after a restart, when the file must be read once more.
        var hasher: ContentHasher?
    }

    private let folder: String
    /// Sessions that nobody works on at this moment, and the names of those that somebody does.
    private let sessions = Mutex<(idle: [UploadID: Session], busy: Set<UploadID>)>(([:], []))
    /// Waiting for a disk must not hold one of the few threads that run all tasks.
    private let queue = DispatchQueue(label: "waybill.blobs", attributes: .concurrent)

    /// Opens the store in a folder, which is made where it is missing.
    public init(_ folder: String) throws(WaybillError) {
        self.folder = folder
        try Files.makeFolder("\(folder)/uploads")
        for algorithm in Digest.Algorithm.allCases { try Files.makeFolder("\(folder)/blobs/\(algorithm.rawValue)") }
        for path in [folder, "\(folder)/blobs"] { try DiskFile(folder: path).sync() }
    }

    private func path(_ digest: Digest) -> String { "\(folder)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }
    private func path(_ upload: UploadID) -> String { "\(folder)/uploads/\(upload.text)" }

    // MARK: Content

    public func size(of digest: Digest) async throws(WaybillError) -> Int? {
        guard let file = try DiskFile(reading: path(digest)) else { return nil }
        return try file.size()
    }

    public func read(_ digest: Digest, from offset: Int, count: Int) async throws(WaybillError) -> [UInt8] {
        let path = path(digest)
        return try await onDisk { () throws(WaybillError) in
            guard let file = try DiskFile(reading: path) else { throw BlobError.absent(digest) }
            guard offset >= 0, count > 0 else { return [] }
            return try file.read(from: offset, count: min(count, max(0, try file.size() - offset)))
        }
    }

    public func delete(_ digest: Digest) async throws(WaybillError) {
        guard unlink(path(digest)) == 0 else {
            if errno == ENOENT { return }
            throw DiskFile.failure("cannot be deleted", path(digest))
        }
        try DiskFile(folder: "\(folder)/blobs/\(digest.algorithm.rawValue)").sync()
    }

    public func list() async throws(WaybillError) -> [Digest] {
        var digests: [Digest] = []
        for algorithm in Digest.Algorithm.allCases {
            digests += try Files.names(in: "\(folder)/blobs/\(algorithm.rawValue)")
                .compactMap { Digest(algorithm: algorithm, hex: $0) }
        }
        return digests.sorted()
    }

    // MARK: Uploads

    public func beginUpload() async throws(WaybillError) -> UploadID {
        let upload = UploadID()
        _ = try DiskFile(creating: path(upload))
        sessions.withLock { $0.idle[upload] = Session(size: 0, hasher: ContentHasher()) }
        return upload
    }

    public func uploadedSize(_ upload: UploadID) async throws(WaybillError) -> Int? {
        if let known = sessions.withLock({ $0.idle[upload]?.size }) { return known }
        guard let file = try DiskFile(reading: path(upload)) else { return nil }
        return try file.size()
    }

    @discardableResult
    public func append(_ bytes: [UInt8], to upload: UploadID, at offset: Int) async throws(WaybillError) -> Int {
        try await working(on: upload) { [path = path(upload)] (session) throws(WaybillError) -> Int in
            guard session.size == offset else { throw BlobError.wrongOffset(upload, has: session.size) }
            guard let file = try DiskFile(appendingTo: path) else { throw BlobError.absent(upload) }
            try file.write(bytes, after: session.size)
            session.hasher?.update(bytes)
            session.size += bytes.count
            return session.size
        }
    }

    public func finish(_ upload: UploadID, as digest: Digest) async throws(WaybillError) {
        let source = path(upload), target = path(digest), home = "\(folder)/blobs/\(digest.algorithm.rawValue)"
        try await working(on: upload) { (session) throws(WaybillError) -> Void in
            guard let file = try DiskFile(reading: source) else { throw BlobError.absent(upload) }
            let known = digest.algorithm == .sha256 ? session.hasher : nil
            let hasher = if let known { known } else { try Self.hash(file, digest.algorithm) }
            guard hasher.finish() == digest else { throw BlobError.mismatch(digest) }
            try file.sync()
            guard rename(source, target) == 0 else { throw DiskFile.failure("cannot be renamed", source) }
            try DiskFile(folder: home).sync()
        }
        sessions.withLock { $0.idle[upload] = nil }
    }

    public func cancel(_ upload: UploadID) async throws(WaybillError) {
        sessions.withLock { $0.idle[upload] = nil }
        guard unlink(path(upload)) == 0 || errno == ENOENT else {
            throw DiskFile.failure("cannot be deleted", path(upload))
        }
    }

    /// Removes sessions that nobody has written to since then (seconds since 1970), and returns how many.
    @discardableResult
    public func removeUploads(untouchedSince seconds: Int) async throws(WaybillError) -> Int {
        var removed = 0
        for name in try Files.names(in: "\(folder)/uploads") {
            guard let upload = UploadID(name),
                let status = FileStatus(of: path(upload), followingLinks: true), status.modified < seconds,
                !sessions.withLock({ $0.busy.contains(upload) })
            else { continue }
            try await cancel(upload)
            removed += 1
        }
        return removed
    }

    private static func hash(_ file: borrowing DiskFile, _ algorithm: Digest.Algorithm) throws(WaybillError)
        -> ContentHasher
    {
        var hasher = ContentHasher(algorithm)
        var position = 0
        while true {
            let piece = try file.read(from: position, count: BlobLimits.pieceBytes)
            if piece.isEmpty { return hasher }
            hasher.update(piece)
            position += piece.count
        }
    }

    /// Runs work on a session that nobody else works on meanwhile. After an error the file alone tells what is there.
    private func working<Outcome: Sendable>(
        on upload: UploadID, _ work: @escaping @Sendable (inout Session) throws(WaybillError) -> Outcome
    ) async throws(WaybillError) -> Outcome {
        let claimed = try claim(upload)
        defer { sessions.withLock { _ = $0.busy.remove(upload) } }
        let path = path(upload)
        let (outcome, session) = try await onDisk { () throws(WaybillError) -> (Outcome, Session) in
            var session: Session
            if let claimed {
                session = claimed
            } else {
                guard let file = try DiskFile(reading: path) else { throw BlobError.absent(upload) }
                session = Session(size: try file.size(), hasher: nil)
            }
            return (try work(&session), session)
        }
        sessions.withLock { $0.idle[upload] = session }
        return outcome
    }

    /// Takes the session out of the idle ones; nil where only its file is known.
    private func claim(_ upload: UploadID) throws(WaybillError) -> Session? {
        let isFree = sessions.withLock { $0.busy.insert(upload).inserted }
        guard isFree else {
            throw WaybillError(.conflict, "somebody else writes to the upload", subject: upload.text)
        }
        return sessions.withLock { $0.idle.removeValue(forKey: upload) }
    }

    private func onDisk<Outcome: Sendable>(
        _ work: @escaping @Sendable () throws(WaybillError) -> Outcome
    ) async throws(WaybillError) -> Outcome {
        let result: Result<Outcome, WaybillError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }
}
