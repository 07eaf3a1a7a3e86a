import Blobs
import Files
import Foundation
import Testing
import WaybillCore

/// A child process of these tests writes content after content and tells of each that was acknowledged, until it is
/// killed. Whatever it told of must be there, and whatever is there must be whole.
@Suite(.serialized) struct CrashTests {
    static let folderVariable = "WAYBILL_BLOBS_CRASH_FOLDER"

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment[folderVariable] != nil, "runs only as the child of the test below"))
    func `the writer that is killed`() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment[Self.folderVariable])
        let store = try DiskBlobs(folder + "/store")
        for number in 0... {
            let bytes = Self.content(number)
            let digest = Digest.sha256(of: bytes), upload = try await store.beginUpload()
            for start in stride(from: 0, to: bytes.count, by: 50_000) {
                try await store.append(Array(bytes[start..<min(start + 50_000, bytes.count)]), to: upload, at: start)
            }
            try await store.finish(upload, as: digest)
            try Files.append(Array("\(digest)\n".utf8), to: folder + "/acknowledged")
        }
    }

    @Test(arguments: 0..<6)
    func `what was acknowledged before a kill is there, and what is there is whole`(_ round: Int) async throws {
        let folder = try TemporaryFolder()
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = Self.arguments()
        child.environment = ProcessInfo.processInfo.environment.merging([Self.folderVariable: folder.path]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        // Killed after some acknowledgements, at a moment that differs from round to round.
        let enough = 65 + 72 * round * 3
        while child.isRunning, Self.size(folder.path + "/acknowledged") < enough {
            try await Task.sleep(for: .milliseconds(5 + round))
        }
        try #require(child.isRunning, "the child ended by itself")
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()

        let store = try DiskBlobs(folder.path + "/store")
        let there = try await store.list()
        for line in try Files.text(folder.path + "/acknowledged").split(separator: "\n") {
            let digest = try Digest(parsing: String(line))
            #expect(there.contains(digest))
        }
        for digest in there { #expect(try await store.size(of: digest) == store.read(digest).count) }
        for name in try Files.names(in: folder.path + "/store/uploads") {
            let upload = try #require(UploadID(name))
            let size = try #require(try await store.uploadedSize(upload))
            try await store.append([1], to: upload, at: size)
            try await store.cancel(upload)
        }
    }

    private static func content(_ number: Int) -> [UInt8] {
        (0..<(20_000 + number % 7 * 40_000)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
            + Array("\(number)".utf8)
    }

    private static func size(_ path: String) -> Int { FileStatus(of: path, followingLinks: true)?.size ?? 0 }

    /// How this test program was started, but for the one test.
    private static func arguments() -> [String] {
        CommandLine.arguments.dropFirst().filter {
            $0.hasSuffix(".xctest") || $0 == "--test-bundle-path" || $0 == "--testing-library" || $0 == "swift-testing"
        }
            + ["--filter", "the writer that is killed"]
    }
}
