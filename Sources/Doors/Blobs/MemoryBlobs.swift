public import WaybillCore

/// A store that forgets everything at the end: for tests and trials.
public actor MemoryBlobs: BlobStore {
    private var contents: [Digest: [UInt8]] = [:]
    private var uploads: [UploadID: [UInt8]] = [:]

    public init() {}

    public func size(of digest: Digest) -> Int? { contents[digest]?.count }

    public func read(_ digest: Digest, from offset: Int, count: Int) throws(WaybillError) -> [UInt8] {
        guard let bytes = contents[digest] else { throw BlobError.absent(digest) }
        guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
        return Array(bytes[offset..<min(bytes.count, offset + count)])
    }

    public func beginUpload() -> UploadID {
        let upload = UploadID()
        uploads[upload] = []
        return upload
    }

    public func uploadedSize(_ upload: UploadID) -> Int? { uploads[upload]?.count }

    @discardableResult
    public func append(_ bytes: [UInt8], to upload: UploadID, at offset: Int) throws(WaybillError) -> Int {
        guard let size = uploads[upload]?.count else { throw BlobError.absent(upload) }
        guard size == offset else { throw BlobError.wrongOffset(upload, has: size) }
        uploads[upload]?.append(contentsOf: bytes)
        return size + bytes.count
    }

    public func finish(_ upload: UploadID, as digest: Digest) throws(WaybillError) {
        guard let bytes = uploads[upload] else { throw BlobError.absent(upload) }
        guard digest.matches(bytes) else { throw BlobError.mismatch(digest) }
        contents[digest] = bytes
        uploads[upload] = nil
    }

    public func cancel(_ upload: UploadID) { uploads[upload] = nil }
    public func delete(_ digest: Digest) { contents[digest] = nil }
    public func list() -> [Digest] { contents.keys.sorted() }
}
