import Attestations
import Documents
import Files
import Foundation
import Processes
import Signers
import Testing
import WaybillCore

/// The signer as a program that root starts.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct SignerProgramTests {
    private static let own: (user: UInt32, group: UInt32)? =
        if case .own(_, let user, let group) = SignerUser.standing() { (user, group) } else { nil }

    private func sign(_ state: String) async throws -> (pid: String, envelope: Envelope) {
        let process = try RunningProcess.start(
            Command(BuiltProgram.path, ["signer", "serve", "--state", state], timeout: .seconds(60)), errorOutput: .kept
        )
        defer { process.stop() }
        let signer = SocketSigner(socketPath: "\(state)/signer/socket")
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                let envelope = try await signer.sign(
                    Statement(
                        subjects: [.init(name: "shop", digest: Digest.sha256(of: [1]))],
                        predicateType: PredicateType.testResult,
                        predicate: ["result": "PASSED", "configuration": []]))
                let name = "signer\0serve\0--state\0\(state)\0"
                let pid = try Files.names(in: "/proc").first { pid in
                    guard Int(pid) != nil, let line = try? Files.read("/proc/\(pid)/cmdline") else { return false }
                    return String(decoding: line, as: UTF8.self).hasSuffix(name)
                }
                return (pid ?? "", envelope)
            } catch {
                guard ContinuousClock.now < deadline else {
                    Issue.record("\(process.errorText)")
                    throw error
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test(.enabled(if: own != nil, "there is no user waybill-signer, or root does not run this (scripts/setup)"))
    func `root's signer is another user, to whom key and log belong, also where it cannot pass`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let own = try #require(Self.own)
        let state = folder + "/deep/state"
        try Files.makeFolder(folder + "/deep", mode: 0o700)
        // A key that root made before there was such a user is given away.
        try Files.makeFolder(state + "/signer", mode: 0o700)
        _ = try KeyFile.create(state + "/signer/key.pem")
        var keyIDs: Set<String> = []
        for _ in 0..<2 {
            let (pid, envelope) = try await sign(state)
            keyIDs.formUnion(envelope.signatures.map(\.keyID))
            for file in ["", "/key.pem", "/signatures.jsonl"] {
                let status = try #require(FileStatus(of: state + "/signer" + file))
                #expect(status.owner == own.user && status.group == own.group && status.mode & 0o077 == 0, "\(file)")
            }
            #expect(!pid.isEmpty)
        }
        #expect(keyIDs.count == 1)
        #expect(try Files.text(state + "/signer/signatures.jsonl").split(separator: "\n").count == 2)
    }

    @Test(.enabled(if: own != nil, "there is no user waybill-signer, or root does not run this (scripts/setup)"))
    func `a signer's process has no right of root, in any of its threads`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let own = try #require(Self.own)
        let process = try RunningProcess.start(
            Command(BuiltProgram.path, ["signer", "serve", "--state", folder], timeout: .seconds(60)),
            errorOutput: .kept)
        defer { process.stop() }
        let deadline = ContinuousClock.now + .seconds(20)
        while !Files.exists("\(folder)/signer/socket"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        let socket = try #require(FileStatus(of: "\(folder)/signer/socket"))
        #expect(socket.owner == own.user && socket.mode & 0o077 == 0)
        let pid = try #require(
            try Files.names(in: "/proc").first { pid in
                guard Int(pid) != nil, let line = try? Files.read("/proc/\(pid)/cmdline") else { return false }
                return String(decoding: line, as: UTF8.self).hasSuffix("--state\0\(folder)\0")
            })
        for thread in try Files.names(in: "/proc/\(pid)/task") {
            let lines = try Files.text("/proc/\(pid)/task/\(thread)/status").split(separator: "\n")
            let fields = Dictionary(
                lines.map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (String(parts[0]), (parts.last ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
                }
            ) { first, _ in first }
            #expect(fields["Uid"] == [String](repeating: "\(own.user)", count: 4))
            #expect(fields["Gid"] == [String](repeating: "\(own.group)", count: 4))
            #expect(fields["Groups"]?.isEmpty != false || fields["Groups"] == ["\(own.group)"])
            #expect(fields["CapEff"] == ["0000000000000000"] && fields["CapPrm"] == ["0000000000000000"])
        }
    }

    @Test func `a folder that is a link is not given away`() throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/real", mode: 0o755)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/real")
        let before = FileStatus(of: folder + "/real")
        let user = SignerUser.own(name: "test", user: 12_345, group: 12_345)
        #expect(throws: WaybillError.self) { try user.enter(folder + "/link", files: []) }
        #expect(FileStatus(of: folder + "/real") == before)
    }
}
