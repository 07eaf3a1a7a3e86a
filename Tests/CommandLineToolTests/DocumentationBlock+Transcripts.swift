import Files
import Foundation
import Processes
import Testing
import WaybillCore

extension DocumentationBlock {
    /// Writes the files that a page shows, runs each of its commands there in their order, and expects what stands below
    /// it. Gives the number of commands.
    static func runTranscripts(of page: String) async throws -> Int {
        let blocks = try blocks(of: page)
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        for block in blocks where !block.file.isEmpty {
            let path = "\(folder)/\(block.file)"
            try Files.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            try Files.create(Array(block.text.utf8), at: path)
        }
        let transcripts = blocks.filter { $0.language == "console" }
        for block in transcripts {
            var lines = block.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            let command = lines.removeFirst()
            try #require(command.hasPrefix("$ waybill "), "\(page):\(block.line)")
            var status = 0
            // The status, where it is not 0, stands in brackets at the end.
            if let last = lines.last, last.hasPrefix("["), let number = Int(last.dropFirst().dropLast()) {
                status = number
                lines.removeLast()
            }
            let arguments = command.dropFirst(10).split(separator: " ").map(String.init)
            let outcome = try await BuiltProgram.run(arguments, in: folder)
            let printed = (outcome.text + outcome.errorText).split(separator: "\n").map(String.init)
            lines.removeAll(where: \.isEmpty)
            if lines.last == "…" {
                lines.removeLast()
                #expect(Array(printed.prefix(lines.count)) == lines, "\(page):\(block.line)")
            } else {
                #expect(printed == lines, "\(page):\(block.line)")
                #expect(outcome.exit == .exited(Int32(status)), "\(page):\(block.line)")
            }
        }
        return transcripts.count
    }
}
