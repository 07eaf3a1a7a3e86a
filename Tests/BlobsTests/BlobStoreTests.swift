import Blobs
import Files
import Foundation
import Testing
import WaybillCore

/// Both stores, behind one face.
enum StoreKind: String, CaseIterable, Sendable { case memory, disk }

/// A folder of a test's own, removed at its end.
final class TemporaryFolder: Sendable {
    let path: String
    init() throws {
        path = NSTemporaryDirectory() + "/waybill-blobs-\(UUID().uuidString)"
        try Files.makeFolder(path)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct BlobStoreTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func store(_ kind: StoreKind) throws -> any BlobStore {
        switch kind {
        case .memory: MemoryBlobs()
        case .disk: try DiskBlobs(folder.path)
        }
    }

    static let text = Array("papers".utf8)
    static let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test(arguments: StoreKind.allCases)
    func `what was written is read under its digest`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let digest = try await store.write(Self.text)
        #expect(digest == .sha256(of: Self.text))
        #expect(try await store.size(of: digest) == 6)
        #expect(try await store.read(digest) == Self.text)
        #expect(try await store.list() == [digest])
        try await store.write(Self.text, as: digest)
        #expect(try await store.list() == [digest])
    }

    @Test(arguments: StoreKind.allCases)
    func `content that is absent is said to be`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let digest = Digest.sha256(of: Self.text)
        #expect(try await store.size(of: digest) == nil)
        let error = await #expect(throws: WaybillError.self) { try await store.read(digest) }
        #expect(error?.code == .notFound)
        try await store.delete(digest)
    }

    @Test(arguments: StoreKind.allCases)
    func `a part of the content is read in pieces`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let digest = try await store.write(Self.large)
        var read: [UInt8] = []
        for try await piece in try await store.stream(digest, range: 1000..<600_000) {
            #expect(piece.count <= BlobLimits.pieceBytes)
            read += piece
        }
        #expect(read == Array(Self.large[1000..<600_000]))
        #expect(try await store.stream(digest, range: 0..<Int.max).count == Self.large.count)
        #expect(try await store.read(digest, from: Self.large.count - 2, count: 10).count == 2)
        #expect(try await store.read(digest, from: Self.large.count, count: 10).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `an upload grows piece by piece and becomes content at its end`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let upload = try await store.beginUpload()
        #expect(try await store.append([1, 2], to: upload, at: 0) == 2)
        #expect(try await store.uploadedSize(upload) == 2)
        #expect(try await store.append([3], to: upload, at: 2) == 3)
        #expect(try await store.list().isEmpty)
        try await store.finish(upload, as: .sha256(of: [1, 2, 3]))
        #expect(try await store.read(.sha256(of: [1, 2, 3])) == [1, 2, 3])
        #expect(try await store.uploadedSize(upload) == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `a piece at the wrong place and bytes with another digest are refused`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let upload = try await store.beginUpload()
        try await store.append([1], to: upload, at: 0)
        let error = await #expect(throws: WaybillError.self) { try await store.append([2], to: upload, at: 0) }
        #expect(error?.code == .conflict)
        let mismatch = await #expect(throws: WaybillError.self) { try await store.finish(upload, as: .sha256(of: [2])) }
        #expect(mismatch?.code == .corrupted)
        #expect(try await store.list().isEmpty)
        // The session stays, so that its owner may go on.
        try await store.append([5], to: upload, at: 1)
        try await store.finish(upload, as: .sha256(of: [1, 5]))
        await #expect(throws: WaybillError.self) { try await store.write([1], as: .sha256(of: [2])) }
    }

    @Test(arguments: StoreKind.allCases)
    func `a dropped upload is gone`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let upload = try await store.beginUpload()
        try await store.cancel(upload)
        try await store.cancel(upload)
        let error = await #expect(throws: WaybillError.self) { try await store.append([1], to: upload, at: 0) }
        #expect(error?.code == .notFound)
        await #expect(throws: WaybillError.self) { try await store.finish(upload, as: .sha256(of: [])) }
    }

    @Test(arguments: StoreKind.allCases)
    func `deleted content is gone, the rest stays`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        let one = try await store.write([1]), two = try await store.write([2])
        try await store.delete(one)
        #expect(try await store.list() == [two])
    }

    @Test(arguments: StoreKind.allCases, ["sha384", "sha512"])
    func `other algorithms than SHA-256 hold content too`(_ kind: StoreKind, _ algorithm: String) async throws {
        var hasher = ContentHasher(try #require(Digest.Algorithm(rawValue: algorithm)))
        hasher.update(Self.text)
        let digest = hasher.finish(), store = try store(kind)
        try await store.write(Self.text, as: digest)
        #expect(try await store.read(digest) == Self.text)
    }

    @Test(arguments: StoreKind.allCases)
    func `many writers of one content leave it once and whole`(_ kind: StoreKind) async throws {
        let store = try store(kind)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await store.write(Self.large) } }
            try await group.waitForAll()
        }
        #expect(try await store.list() == [.sha256(of: Self.large)])
        #expect(try await store.read(.sha256(of: Self.large)) == Self.large)
    }

    @Test(arguments: ["", "..", "../../etc/passwd", "0123456789abcdef0123456789abcdeF", "0123456789abcdef"])
    func `a text that is no session's name is refused`(_ text: String) {
        #expect(UploadID(text) == nil)
    }
}
