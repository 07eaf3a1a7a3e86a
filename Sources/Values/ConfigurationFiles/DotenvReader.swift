public import Documents
import WaybillCore

/// Reads `.env` files: names and texts. `${NAME}` is replaced where the file itself sets it before, and stays otherwise.
public struct DotenvReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = DotenvReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document()
    }

    /// Values that replacements may grow to, one and all together, in bytes: a file cannot double its way to all memory.
    static let valueBytesMax = 1 << 20
    static let expandedBytesMax = 16 << 20

    private var scanner: ByteScanner
    private var variables = ObjectBuilder()
    private var expandedBytes = 0

    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> Node {
        while !scanner.isAtEnd {
            scanner.skipSpaces()
            switch scanner.byte {
            case nil: break
            case 0x0A?, 0x0D?: scanner.advance()
            case UInt8(ascii: "#")?: scanner.skipLine()
            default: try assignment()
            }
        }
        return variables.node(at: .start)
    }

    private mutating func assignment() throws(DocumentError) {
        if scanner.isAt("export "), !scanner.isAt("export =") {
            scanner.advance(by: 7)
            scanner.skipSpaces()
        }
        let position = scanner.position
        let name = scanner.prefix { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        scanner.skipSpaces()
        guard !name.isEmpty, scanner.take("=") || scanner.take(":") else {
            throw scanner.error("expected NAME=value", at: position)
        }
        scanner.skipSpaces()
        let valuePosition = scanner.position
        let text = try value()
        guard text.utf8.count <= Self.valueBytesMax, expandedBytes <= Self.expandedBytesMax else {
            throw scanner.error("values of more than \(Self.valueBytesMax) bytes", at: valuePosition)
        }
        variables.set(name, at: position, .string(text, at: valuePosition))
    }

    private mutating func value() throws(DocumentError) -> String {
        switch scanner.byte {
        case UInt8(ascii: "'")?: return try quoted("'", isLiteral: true)
        case UInt8(ascii: "\"")?: return try quoted("\"", isLiteral: false)
        default:
            var text = scanner.prefix { $0 != 0x0A }
            // A comment begins behind a space.
            if text.hasPrefix("#") { text = "" }
            let bytes = Array(text.utf8)
            if let comment = bytes.indices.dropFirst().first(where: {
                bytes[$0] == UInt8(ascii: "#") && bytes[$0 - 1].isSpace
            }) {
                text = String(decoding: bytes[..<comment], as: UTF8.self)
            }
            return expanded(text.trimmed)
        }
    }

    private mutating func quoted(_ quote: Unicode.Scalar, isLiteral: Bool) throws(DocumentError) -> String {
        let start = scanner.position
        scanner.advance()
        var text: [UInt8] = []
        while let byte = scanner.byte, byte != UInt8(ascii: quote) {
            scanner.advance()
            guard !isLiteral, byte == UInt8(ascii: "\\"), let next = scanner.byte else {
                text.append(byte)
                continue
            }
            scanner.advance()
            switch next {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): text.append(next)
            default: text += [byte, next]
            }
        }
        guard scanner.take(scalar: quote) else { throw scanner.error("the text in quotes has no end", at: start) }
        let rest = scanner.prefix { $0 != 0x0A }.trimmed
        guard rest.isEmpty || rest.hasPrefix("#") else { throw scanner.error("text after the value", at: start) }
        let value = String(decoding: text, as: UTF8.self)
        return isLiteral ? value : expanded(value)
    }

    private mutating func expanded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            let isBraced = rest.hasPrefix("{")
            let name = (isBraced ? rest.dropFirst() : rest).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let after = rest[name.endIndex...]
            guard !name.isEmpty, !isBraced || after.hasPrefix("}"), let known = variables[String(name)]?.string,
                result.utf8.count + known.utf8.count <= Self.valueBytesMax
            else {
                result += "$"
                continue
            }
            result += known
            expandedBytes += known.utf8.count
            rest = isBraced ? after.dropFirst() : after
        }
        return result + rest
    }
}
