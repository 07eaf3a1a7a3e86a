import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// What docs/policy-files.md shows is what the program prints.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct PolicyFilesDocumentationTests {
    struct Block {
        var language: String
        var file: String
        var text: String
        var line: Int
    }

    static let path = "docs/policy-files.md"

    static func blocks() throws -> [Block] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var blocks: [Block] = []
        var open: Block?
        let lines = try Files.text(root.appendingPathComponent(path).path)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            guard line.hasPrefix("```") else {
                open?.text += line + "\n"
                continue
            }
            if let block = open {
                blocks.append(block)
                open = nil
            } else {
                let words = line.dropFirst(3).split(separator: " ").map(String.init)
                open = Block(
                    language: words.first ?? "", file: words.dropFirst().first ?? "", text: "", line: number + 1)
            }
        }
        return blocks
    }

    @Test func `every example prints what stands below it`() async throws {
        let blocks = try Self.blocks()
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        for block in blocks where !block.file.isEmpty {
            let path = "\(folder)/\(block.file)"
            try Files.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            try Files.create(Array(block.text.utf8), at: path)
        }
        let transcripts = blocks.filter { $0.language == "console" }
        #expect(transcripts.count >= 5)
        for block in transcripts {
            var lines = block.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            let command = lines.removeFirst()
            try #require(command.hasPrefix("$ waybill "), "\(Self.path):\(block.line)")
            var status = 0
            // The status, where it is not 0, stands in brackets at the end.
            if let last = lines.last, last.hasPrefix("["), let number = Int(last.dropFirst().dropLast()) {
                status = number
                lines.removeLast()
            }
            let arguments = command.dropFirst(10).split(separator: " ").map(String.init)
            let outcome = try await BuiltProgram.run(arguments, in: folder)
            let printed = (outcome.text + outcome.errorText).split(separator: "\n").map(String.init)
            if lines.last == "…" {
                lines.removeLast()
                #expect(Array(printed.prefix(lines.count)) == lines, "\(Self.path):\(block.line)")
            } else {
                #expect(printed == lines, "\(Self.path):\(block.line)")
                #expect(outcome.exit == .exited(Int32(status)), "\(Self.path):\(block.line)")
            }
        }
    }
}
