import Files
import Foundation

/// A fenced block of a page: its language, the file that it shows, and where it stands.
struct DocumentationBlock {
    var language: String
    var file: String
    var text: String
    var line: Int

    /// Every block of a page, by the page's path in the repository.
    static func blocks(of page: String) throws -> [DocumentationBlock] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var blocks: [DocumentationBlock] = []
        var open: DocumentationBlock?
        let lines = try Files.text(root.appendingPathComponent(page).path)
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
                open = DocumentationBlock(
                    language: words.first ?? "", file: words.dropFirst().first ?? "", text: "", line: number + 1)
            }
        }
        return blocks
    }
}
