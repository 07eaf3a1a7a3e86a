import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// What docs/policy-files.md shows is what the program prints.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct PolicyFilesDocumentationTests {
    static let path = "docs/policy-files.md"

    @Test func `every example prints what stands below it`() async throws {
        let blocks = try DocumentationBlock.blocks(of: Self.path)
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
