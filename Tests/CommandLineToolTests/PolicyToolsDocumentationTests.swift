import Files
import Foundation
import PolicyService
import Processes
import Testing
import WaybillCore

/// What docs/policy-tools.md shows is what the program prints.
@Suite struct PolicyToolsDocumentationTests {
    static let path = "docs/policy-tools.md"

    /// Words, those in quotes as one.
    static func words(_ line: Substring) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }

    /// Times differ from run to run.
    static func withoutTime(_ line: String) -> String {
        guard line.hasSuffix(")"), let start = line.range(of: " (", options: .backwards),
            line.contains(": PASS (") || line.contains(": FAIL (") || line.contains(": ERROR (")
        else { return line }
        return line[..<start.lowerBound] + " (1ms)"
    }

    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `every example prints what stands below it`() async throws {
        let blocks = try DocumentationBlock.blocks(of: Self.path)
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        for block in blocks where !block.file.isEmpty {
            let path = "\(folder)/\(block.file)"
            try Files.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            try Files.create(Array(block.text.utf8), at: path)
        }
        let transcripts = blocks.filter { $0.language == "console" }
        #expect(transcripts.count >= 10)
        for block in transcripts {
            var lines = block.text.split(separator: "\n").map(String.init)
            let command = lines.removeFirst()
            try #require(command.hasPrefix("$ waybill "), "\(Self.path):\(block.line)")
            var status = 0
            // The status, where it is not 0, stands in brackets at the end.
            if let last = lines.last, last.hasPrefix("["), let number = Int(last.dropFirst().dropLast()) {
                status = number
                lines.removeLast()
            }
            let outcome = try await BuiltProgram.run(Self.words(command.dropFirst(10)), in: folder)
            var printed = (outcome.text + outcome.errorText).split(separator: "\n").map { Self.withoutTime(String($0)) }
            if lines.last == "…" {
                lines.removeLast()
                printed = Array(printed.prefix(lines.count))
            }
            #expect(printed == lines, "\(Self.path):\(block.line)")
            #expect(outcome.exit == .exited(Int32(status)), "\(Self.path):\(block.line)")
        }
    }

    @Test func `the configuration that is shown is read`() throws {
        let block = try #require(try DocumentationBlock.blocks(of: Self.path).first { $0.file == "config.yaml" })
        let configuration = try PolicyServerConfiguration(
            parsing: Array(block.text.utf8), environment: ["BUNDLE_TOKEN": "t", "BUNDLE_SECRET": "s"],
            subject: "config.yaml")
        #expect(configuration.bundles.first?.isPersisted == true)
    }
}
