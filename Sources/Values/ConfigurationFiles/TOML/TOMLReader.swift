public import Documents
import WaybillCore

/// Reads TOML 1.0. Dates and times are texts; infinities and not-a-number have no JSON value and are refused.
public struct TOMLReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = TOMLReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document().node
    }

    var scanner: ByteScanner

    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> TOMLTable {
        let root = TOMLTable(.start, .header)
        var table = root
        while try skipBlank() {
            let position = scanner.position
            if scanner.byte == UInt8(ascii: "[") {
                scanner.advance()
                let isArray = scanner.take("[")
                let path = try keyPath()
                try scanner.expect("]")
                if isArray { try scanner.expect("]") }
                table = try root.header(path, position, isArray: isArray)
            } else {
                let path = try keyPath()
                try scanner.expect("=")
                scanner.skipSpaces()
                try table.set(path, try value(depth: 0), position)
            }
            try endOfLine()
        }
        return root
    }

    /// `a."b c".d`; leaves the scanner at what follows.
    private mutating func keyPath() throws(DocumentError) -> [String] {
        var path: [String] = []
        repeat {
            scanner.skipSpaces()
            path.append(try key())
            scanner.skipSpaces()
        } while scanner.take(".")
        guard path.count <= scanner.depthMax else {
            throw scanner.error("a key of more than \(scanner.depthMax) parts")
        }
        return path
    }

    private mutating func key() throws(DocumentError) -> String {
        switch scanner.byte {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
            guard !scanner.isAt("\"\"\""), !scanner.isAt("'''") else {
                throw scanner.error("a key cannot have more than one line")
            }
            return try string()
        default:
            let text = scanner.prefix {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
            guard !text.isEmpty else { throw scanner.error("expected a key") }
            return text
        }
    }

    private mutating func value(depth: Int) throws(DocumentError) -> Node {
        try scanner.checkDepth(depth)
        let position = scanner.position
        switch scanner.byte {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: return .string(try string(), at: position)
        case UInt8(ascii: "[")?:
            scanner.advance()
            var elements: [Node] = []
            while try skipBlank(), scanner.byte != UInt8(ascii: "]") {
                elements.append(try value(depth: depth + 1))
                guard try skipBlank(), scanner.take(",") else { break }
            }
            try scanner.expect("]")
            return Node(.array(elements), at: position)
        case UInt8(ascii: "{")?: return try inlineTable(depth, position)
        default: return Node(.scalar(try word()), at: position)
        }
    }

    private mutating func inlineTable(_ depth: Int, _ position: Position) throws(DocumentError) -> Node {
        scanner.advance()
        let table = TOMLTable(position, .inline)
        scanner.skipSpaces()
        if scanner.take("}") { return table.node }
        repeat {
            scanner.skipSpaces()
            let keyPosition = scanner.position
            let path = try keyPath()
            try scanner.expect("=")
            scanner.skipSpaces()
            try table.set(path, try value(depth: depth + 1), keyPosition)
            scanner.skipSpaces()
        } while scanner.take(",")
        try scanner.expect("}")
        return table.node
    }

    /// Booleans, numbers, dates and times.
    private mutating func word() throws(DocumentError) -> Value {
        let position = scanner.position
        func isPart(_ byte: UInt8) -> Bool {
            byte.isLetter || byte.isDigit || "+-_.:".utf8.contains(byte)
        }
        var text = scanner.prefix(while: isPart)
        // A date and a time may stand apart.
        if text.utf8.count == 10, text.utf8.dropFirst(4).first == UInt8(ascii: "-"), scanner.byte == 0x20,
            scanner.peek(1)?.isDigit == true
        {
            scanner.advance()
            text += "T" + scanner.prefix(while: isPart)
        }
        switch text {
        case "": throw scanner.error("expected a value", at: position)
        case "true": return true
        case "false": return false
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan":
            throw scanner.error("\(text) has no JSON value", at: position)
        default:
            guard let value = TOMLWord.value(text) else {
                throw scanner.error(
                    "\(Redaction.excerpt(text)) is no value; text must stand in quotes", at: position)
            }
            return value
        }
    }

    /// Skips white space, line ends and comments; false at the end of the text.
    private mutating func skipBlank() throws(DocumentError) -> Bool {
        while let byte = scanner.byte {
            switch byte {
            case 0x20, 0x09, 0x0A: scanner.advance()
            case 0x0D where scanner.peek(1) == 0x0A: scanner.advance()
            case UInt8(ascii: "#"): try skipComment()
            default: return true
            }
        }
        return false
    }

    private mutating func skipComment() throws(DocumentError) {
        while let byte = scanner.byte, byte != 0x0A {
            guard byte >= 0x20 || byte == 0x09 || byte == 0x0D, byte != 0x7F else {
                throw scanner.error("a control character in a comment")
            }
            scanner.advance()
        }
    }

    private mutating func endOfLine() throws(DocumentError) {
        scanner.skipSpaces()
        if scanner.byte == UInt8(ascii: "#") { try skipComment() }
        if scanner.byte == 0x0D { scanner.advance() }
        guard scanner.isAtEnd || scanner.take("\n") else { throw scanner.error("expected the end of the line") }
    }
}
