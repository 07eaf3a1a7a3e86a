public import Documents
import WaybillCore

/// Reads INI: an object for each section, numbers and booleans as such. Keys before the first section are in `DEFAULT`.
public struct INIReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = INIReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document()
    }

    private struct Section {
        var name: String
        var position: Position
        var keys = ObjectBuilder()
    }

    private var scanner: ByteScanner
    private static let defaultName = "DEFAULT"

    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> Node {
        var sections = [Section(name: Self.defaultName, position: .start)]
        var indexes = [Self.defaultName: 0]
        var current = 0
        while !scanner.isAtEnd {
            scanner.skipSpaces()
            switch scanner.byte {
            case nil: break
            case 0x0A?, 0x0D?: scanner.advance()
            case UInt8(ascii: "#")?, UInt8(ascii: ";")?: scanner.skipLine()
            case UInt8(ascii: "[")?:
                let position = scanner.position
                let name = try header()
                if let known = indexes[name] {
                    current = known
                } else {
                    current = sections.count
                    indexes[name] = current
                    sections.append(Section(name: name, position: position))
                }
            default:
                let position = scanner.position
                let key = try key()
                scanner.skipSpaces()
                let valuePosition = scanner.position
                let text = try value()
                sections[current].keys.set(
                    key, at: position, Node(.scalar(LooseScalar.value(text)), at: valuePosition))
            }
        }
        var root = ObjectBuilder()
        for (index, section) in sections.enumerated() where index > 0 || !section.keys.isEmpty {
            root.set(section.name, at: section.position, section.keys.node(at: section.position))
        }
        return root.node(at: .start)
    }

    private mutating func header() throws(DocumentError) -> String {
        let start = scanner.position
        scanner.advance()
        let text = scanner.prefix { $0 != UInt8(ascii: "]") && $0 != 0x0A }
        guard scanner.take("]") else { throw scanner.error("the section's name has no “]”", at: start) }
        let rest = scanner.prefix { $0 != 0x0A }.trimmed
        guard rest.isEmpty || rest.hasPrefix("#") || rest.hasPrefix(";") else {
            throw scanner.error("text after the section's name", at: start)
        }
        let name = text.trimmed
        guard !name.isEmpty else { throw scanner.error("the section has no name", at: start) }
        return name
    }

    private mutating func key() throws(DocumentError) -> String {
        let start = scanner.position
        if let quote = scanner.byte, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") {
            scanner.advance()
            let text = scanner.prefix { $0 != quote && $0 != 0x0A }
            guard scanner.byte == quote else { throw scanner.error("the key in quotes has no end", at: start) }
            scanner.advance()
            scanner.skipSpaces()
            guard scanner.take("=") || scanner.take(":") else { throw scanner.error("expected “=” or “:”") }
            return text
        }
        let text = scanner.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ":") && $0 != 0x0A }.trimmed
        guard scanner.take("=") || scanner.take(":") else {
            throw scanner.error("expected “key = value” or “[section]”", at: start)
        }
        guard !text.isEmpty else { throw scanner.error("the key is empty", at: start) }
        return text
    }

    private mutating func value() throws(DocumentError) -> String {
        let start = scanner.position
        if scanner.take("\"\"\"") { return try until("\"\"\"", start) }
        if scanner.byte == UInt8(ascii: "`") {
            scanner.advance()
            return try until("`", start)
        }
        var parts = [line()]
        // A backslash at the end of the line goes on in the next one.
        while let last = parts.last, last.hasSuffix("\\"), !scanner.isAtEnd {
            parts[parts.count - 1] = String(last.dropLast()).trimmed
            scanner.advance()
            parts.append(line())
        }
        var text = parts.joined()
        if let quote = text.first, quote == "\"" || quote == "'", text.count >= 2,
            let end = text.dropFirst().firstIndex(of: quote)
        {
            let rest = text[text.index(after: end)...].trimmed
            if rest.isEmpty || rest.hasPrefix("#") || rest.hasPrefix(";") { return String(text.dropFirst()[..<end]) }
        }
        if let comment = text.firstIndex(where: { $0 == "#" || $0 == ";" }) { text = text[..<comment].trimmed }
        return text
    }

    private mutating func line() -> String { scanner.prefix { $0 != 0x0A }.trimmed }

    private mutating func until(_ end: StaticString, _ start: Position) throws(DocumentError) -> String {
        let from = scanner.index
        while !scanner.isAtEnd, !scanner.isAt(end) { scanner.advance() }
        let text = scanner.text(from: from)
        guard scanner.take(end) else { throw scanner.error("the text in quotes has no end", at: start) }
        scanner.skipLine()
        return text
    }
}
