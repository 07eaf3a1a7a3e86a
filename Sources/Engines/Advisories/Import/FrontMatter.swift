import Documents
import Inventory

/// A Markdown text with a block of TOML at its beginning, as RustSec and the Haskell team write advisories.
struct FrontMatter {
    private let toml: [UInt8]
    /// The first heading and what follows it.
    let title: String
    let details: String

    /// Nil for other texts.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }),
            lines[start].hasPrefix("```toml"),
            let end = lines[(start + 1)...].firstIndex(where: { $0.hasPrefix("```") })
        else { return nil }
        toml = Array(lines[(start + 1)..<end].joined(separator: "\n").utf8)
        var rest = lines[(end + 1)...].drop { $0.allSatisfy(\.isWhitespace) }
        if let heading = rest.first, heading.hasPrefix("#") {
            title = String(heading.drop { $0 == "#" || $0 == " " })
            rest = rest.dropFirst()
        } else {
            title = ""
        }
        details = rest.joined(separator: "\n")
    }

    func value() throws(DocumentError) -> Value { try TOMLDocument.node(from: toml).value }
}
