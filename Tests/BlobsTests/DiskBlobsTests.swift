import Blobs
import Files
import Foundation
import Testing
import WaybillCore

@Suite struct DiskBlobsTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func `an upload goes on after a restart`() async throws {
        let upload: UploadID
        do {
            let store = try DiskBlobs(folder.path)
            upload = try await store.beginUpload()
            try await store.append([1, 2, 3], to: upload, at: 0)
        }
        let store = try DiskBlobs(folder.path)
        let name = try #require(UploadID(upload.text))
        #expect(try await store.uploadedSize(name) == 3)
        try await store.append([4], to: name, at: 3)
        try await store.finish(name, as: .sha256(of: [1, 2, 3, 4]))
        #expect(try await store.read(.sha256(of: [1, 2, 3, 4])) == [1, 2, 3, 4])
        #expect(try Files.names(in: folder.path + "/uploads").isEmpty)
    }

    @Test func `bytes that the disk changed are not handed out`() async throws {
        let store = try DiskBlobs(folder.path)
        let digest = try await store.write([1, 2, 3])
        try Files.write([1, 2, 4], to: "\(folder.path)/blobs/sha256/\(digest.hex)")
        let error = await #expect(throws: WaybillError.self) { try await store.read(digest) }
        #expect(error?.code == .corrupted)
    }

    @Test func `uploads that nobody goes on with are collected, the others stay`() async throws {
        let store = try DiskBlobs(folder.path)
        let old = try await store.beginUpload(), new = try await store.beginUpload()
        var times = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)]
        #expect(utimes("\(folder.path)/uploads/\(old.text)", &times) == 0)
        #expect(try await store.removeUploads(untouchedSince: 2000) == 1)
        #expect(try await store.uploadedSize(old) == nil)
        #expect(try await store.uploadedSize(new) == 0)
    }

    @Test func `a file that has no digest for its name is not listed`() async throws {
        let store = try DiskBlobs(folder.path)
        try Files.write([1], to: folder.path + "/blobs/sha256/readme.txt")
        #expect(try await store.list().isEmpty)
    }
}
