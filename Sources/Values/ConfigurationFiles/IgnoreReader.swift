public import Documents
import WaybillCore

/// Reads ignore files (`.gitignore`, `.dockerignore`): a list with one list of entries, each with its kind, value and
/// the line as it was written.
public enum IgnoreReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var scanner = try ByteScanner(bytes, limits)
        var entries: [Node] = []
        var isLastLine = false
        while !isLastLine {
            let position = scanner.position
            var original = scanner.prefix { $0 != 0x0A }
            if original.hasSuffix("\r") { original.removeLast() }
            isLastLine = !scanner.take("\n")
            entries.append(entry(original, at: position))
        }
        return Node(.array([Node(.array(entries), at: .start)]), at: .start)
    }

    private static func entry(_ original: String, at position: Position) -> Node {
        let text = original.trimmed
        let (kind, value) =
            if text.isEmpty {
                ("Empty", "")
            } else if text.hasPrefix("#") {
                ("Comment", text.dropFirst().trimmed)
            } else if text.hasPrefix("!") {
                ("NegatedPath", text.dropFirst().trimmed)
            } else {
                ("Path", text)
            }
        var members = ObjectBuilder()
        for (name, text) in [("Kind", kind), ("Value", value), ("Original", original)] {
            members.set(name, at: position, .string(text, at: position))
        }
        return members.node(at: position)
    }
}
