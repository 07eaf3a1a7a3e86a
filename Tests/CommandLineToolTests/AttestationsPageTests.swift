import Files
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

/// What docs/attestations.md shows is what the program does.
@Suite struct AttestationsPageTests {
    struct Block {
        var words: [String]
        var text: String
        var line: Int
    }

    static func blocks() throws -> [Block] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/attestations.md")
        let page = try String(contentsOf: path, encoding: .utf8)
        var blocks: [Block] = []
        var open: Block?
        for (number, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if !line.hasPrefix("```") {
                open?.text += line + "\n"
            } else if let block = open {
                blocks.append(block)
                open = nil
            } else {
                open = Block(
                    words: line.dropFirst(3).split(separator: " ").map(String.init), text: "", line: number + 1)
            }
        }
        return blocks
    }

    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `the page's commands answer what stands below them`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let program = URL(filePath: BuiltProgram.path).deletingLastPathComponent().path
        let blocks = try Self.blocks()
        #expect(blocks.count { $0.words.first == "sh" } >= 6)
        for (index, block) in blocks.enumerated() where block.words.first == "sh" {
            let outcome = try await ProcessRunner.run(
                Command(
                    "/bin/sh", ["-e", "-c", "PATH=\(program):$PATH\n\(block.text)"], environment: ["HOME": folder],
                    in: folder, timeout: .seconds(60)))
            let wanted: Int32 = block.words.contains("status=1") ? 1 : 0
            #expect(outcome.exit == .exited(wanted), "line \(block.line): \(outcome.errorText)")
            guard index + 1 < blocks.count, blocks[index + 1].words == ["text"] else { continue }
            #expect(outcome.text == blocks[index + 1].text, "line \(block.line)")
        }
    }

    @Test func `the page's file of keys is read`() throws {
        let block = try #require(try Self.blocks().first { $0.words == ["yaml"] })
        let keys = try TrustedKeyFile(parsing: Array(block.text.utf8)).keys
        #expect(keys.map(\.name) == ["builder", "ann@shop.example"])
        #expect(keys[1].revoked != nil)
    }
}
