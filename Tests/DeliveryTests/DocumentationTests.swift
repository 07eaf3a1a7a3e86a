import Foundation
import Testing
import WaybillCore

@testable import Delivery

/// What docs/waybill-yaml.md shows is what the program reads and says.
@Suite struct DocumentationTests {
    /// A fenced block of the document with the words after its fence.
    struct Block: Sendable, CustomTestStringConvertible {
        var words: [Substring]
        var text: String
        var line: Int
        /// The text of the block that follows: the message, where this one is refused.
        var answer = ""
        var testDescription: String { "\(words.joined(separator: " ")), line \(line)" }
    }

    static let path = "docs/waybill-yaml.md"

    static func blocks() throws -> [Block] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        var blocks: [Block] = []
        var open: Block?
        for (number, line) in document.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("```") else {
                open?.text += line + "\n"
                continue
            }
            if let block = open {
                if block.words == ["text"], !blocks.isEmpty { blocks[blocks.count - 1].answer = block.text }
                if block.words.first == "yaml" { blocks.append(block) }
                open = nil
            } else {
                open = Block(words: line.dropFirst(3).split(separator: " "), text: "", line: number + 1)
            }
        }
        return blocks
    }

    static func read(_ block: Block) throws(WaybillError) {
        switch block.words.dropFirst().first {
        case "project": _ = try ProjectFile(parsing: block.text.utf8)
        case "environments": _ = try EnvironmentsFile(parsing: block.text.utf8)
        default: Issue.record("\(path):\(block.line): say whether it is a project or environments")
        }
    }

    @Test func `the document has examples of both forms, right and wrong`() throws {
        let blocks = try Self.blocks()
        for words in [
            ["yaml", "project"], ["yaml", "project", "refused"], ["yaml", "environments"],
            ["yaml", "environments", "refused"],
        ] {
            #expect(blocks.contains { $0.words.map(String.init) == words }, "\(words)")
        }
    }

    @Test(arguments: try blocks().filter { !$0.words.contains("refused") })
    func `every example is read`(_ block: Block) throws {
        try Self.read(block)
    }

    @Test(arguments: try blocks().filter { $0.words.contains("refused") })
    func `every wrong example is refused with the message that is shown`(_ block: Block) throws {
        let error = #expect(throws: WaybillError.self) { try Self.read(block) }
        #expect(error.map { "\($0.subject): \($0.message)\n" } == block.answer)
    }

    @Test func `every key is in the document`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: Self.path), encoding: .utf8)
        let folder = root.appending(path: "Sources/Engines/Delivery")
        for file in [
            "ProjectFile.swift", "ProjectSettings.swift", "EnvironmentsFile.swift", "ApplicationEntry.swift",
            "Promotion/PromotionSettings.swift",
        ] {
            let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for piece in source.components(separatedBy: "fields.").dropFirst() {
                guard let start = piece.firstIndex(of: "("), piece[start...].hasPrefix("(\"") else { continue }
                let key = piece[start...].dropFirst(2).prefix { $0 != "\"" }
                #expect(
                    document.contains("`\(key)`") || document.contains("[].\(key)`") || document.contains(".\(key)`"),
                    "\(file) reads \(key), which \(Self.path) does not name")
            }
        }
    }
}
