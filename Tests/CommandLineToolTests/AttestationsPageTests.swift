import DeployPolicies
import Files
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

/// What docs/attestations.md shows is what the program does.
@Suite struct AttestationsPageTests {
    static let path = "docs/attestations.md"

    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `the page's commands answer what stands below them`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let program = URL(filePath: BuiltProgram.path).deletingLastPathComponent().path
        let blocks = try DocumentationBlock.blocks(of: Self.path)
        #expect(blocks.count { $0.language == "sh" } >= 6)
        for (index, block) in blocks.enumerated() where block.language == "sh" {
            let outcome = try await ProcessRunner.run(
                Command(
                    "/bin/sh", ["-e", "-c", "PATH=\(program):$PATH\n\(block.text)"], environment: ["HOME": folder],
                    in: folder, timeout: .seconds(60)))
            let wanted: Int32 = block.file == "status=1" ? 1 : 0
            #expect(outcome.exit == .exited(wanted), "line \(block.line): \(outcome.errorText)")
            guard index + 1 < blocks.count, blocks[index + 1].language == "text" else { continue }
            #expect(outcome.text == blocks[index + 1].text, "line \(block.line)")
        }
    }

    @Test func `the page's admission settings are read`() throws {
        let block = try #require(
            try DocumentationBlock.blocks(of: Self.path).first { $0.text.contains("AdmissionSettings") })
        let settings = try #require(
            try DeployPolicies(files: [("settings.yaml", Array(block.text.utf8))]).settings)
        #expect(settings.breakglass == ["ops@shop"] && settings.cluster == "eu.shop" && settings.persons.count == 1)
    }

    @Test func `the page's file of keys is read`() throws {
        let block = try #require(try DocumentationBlock.blocks(of: Self.path).first { $0.language == "yaml" })
        let keys = try TrustedKeyFile(parsing: Array(block.text.utf8)).keys
        #expect(keys.map(\.name) == ["builder", "ann@shop.example"])
        #expect(keys[1].revoked != nil)
    }
}
