import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// What docs/evidence.md shows is what the program does.
@Suite struct EvidencePageTests {
    static let path = "docs/evidence.md"
    static let hasJQ = ["/usr/bin/jq", "/usr/local/bin/jq", "/bin/jq"].contains { Files.exists($0) }

    @Test(.enabled(if: BuiltProgram.isThere && hasJQ, "the program is not built beside the tests, or there is no jq"))
    func `the page's commands answer what stands below them`() async throws {
        let world = try await EvidenceWorld()
        defer { try? Files.remove(world.folder) }
        let program = URL(filePath: BuiltProgram.path).deletingLastPathComponent().path
        let blocks = try DocumentationBlock.blocks(of: Self.path)
        #expect(blocks.count { $0.language == "sh" } >= 6)
        for (index, block) in blocks.enumerated() where block.language == "sh" {
            let outcome = try await ProcessRunner.run(
                Command(
                    "/bin/sh", ["-e", "-c", "PATH=\(program):$PATH\n\(block.text)"],
                    environment: ["HOME": world.folder, "WAYBILL_STATE": world.state], in: world.folder,
                    timeout: .seconds(60)))
            let wanted: Int32 = block.file == "status=1" ? 1 : 0
            #expect(outcome.exit == .exited(wanted), "line \(block.line): \(outcome.errorText) \(outcome.text)")
            guard index + 1 < blocks.count, blocks[index + 1].language == "text" else { continue }
            let expected = blocks[index + 1].text
            #expect(
                outcome.text.hasPrefix(expected) || outcome.text + "\n" == expected,
                "line \(block.line): \(outcome.text)")
        }
    }
}

/// The evidence commands from outside.
@Suite struct EvidenceCommandTests {
    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `chains begin at a workload, an image or a commit, and what is not known is told apart`() async throws {
        let world = try await EvidenceWorld()
        defer { try? Files.remove(world.folder) }
        func why(_ arguments: [String]) async throws -> Outcome {
            try await BuiltProgram.run(["why"] + arguments + ["--state", world.state], in: world.folder)
        }
        for subject in [
            ["deployment/shop", "-n", "staging"], [EvidenceWorld.image.description],
            ["registry.example/shop@\(EvidenceWorld.image)"], [world.commit], ["gitCommit:\(world.commit)"],
        ] {
            let outcome = try await why(subject)
            #expect(outcome.exit == .exited(0), "\(subject): \(outcome.text) \(outcome.errorText)")
        }
        #expect(try await why(["sha256:\(String(repeating: "0", count: 64))"]).exit == .exited(1))
        for subject in [["deployment/shop"], [String(repeating: "0", count: 40)], ["sha256:12"], ["shop@sha256:zz"]] {
            #expect(try await why(subject).exit == .exited(2), "\(subject)")
        }
        #expect(
            try await why(["deployment/shop", "--evidence", "x"]).exit == .exited(64),
            "a pack without a trust root is a wrong use")
    }

    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `a pack replaces no file, and what cannot be read is told apart from a chain that breaks`() async throws {
        let world = try await EvidenceWorld()
        defer { try? Files.remove(world.folder) }
        func run(_ arguments: [String]) async throws -> Outcome {
            try await BuiltProgram.run(arguments, in: world.folder)
        }
        let export = [
            "evidence", "export", "deployment/shop", "-n", "staging", "--output", "pack", "--state", world.state,
        ]
        #expect(try await run(export).exit == .exited(0))
        #expect(try await run(export).exit == .exited(2))
        let root = world.state + "/signer/key.pub.pem"
        func why(_ file: String, _ root: String) async throws -> Outcome {
            try await run(["why", "deployment/shop", "-n", "staging", "--evidence", file, "--trust-root", root])
        }
        #expect(try await why("pack", root).exit == .exited(0))
        #expect(try await why("absent", root).exit == .exited(2))
        #expect(try await why("pack", "absent").exit == .exited(2))
        try Files.write(Array("noise".utf8), to: world.folder + "/noise")
        #expect(try await why("noise", root).exit == .exited(2))
        let stranger = try await run(["key", "create", "stranger", "--kind", "ed25519"])
        #expect(stranger.exit == .exited(0), "\(stranger.errorText)")
        let outcome = try await why("pack", "stranger.pub")
        #expect(outcome.exit == .exited(1))
        #expect(outcome.text.contains("pack"))
        #expect(
            try await run(["evidence", "revoke", "nonsense", "--reason", "x", "--state", world.state]).exit
                == .exited(2))
        let absent = "sha256:\(String(repeating: "0", count: 64))"
        #expect(
            try await run(["evidence", "revoke", absent, "--reason", "x", "--state", world.state]).exit == .exited(2))
    }
}
