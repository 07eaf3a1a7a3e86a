public import Documents
import WaybillCore

/// Reads EDN as conftest's users know it: keywords keep their colon, and numbers, booleans and symbols are texts. Lists
/// and sets are lists; nil is null; a tagged value is the text `#tag value`.
public struct EDNReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = EDNReader(scanner: try ByteScanner(bytes, limits))
        guard let node = try reader.value(depth: 0) else { throw reader.scanner.error("there is no value") }
        guard try reader.value(depth: 0) == nil, reader.scanner.isAtEnd else {
            throw reader.scanner.error("text after the value")
        }
        return node
    }

    private var scanner: ByteScanner
    private init(scanner: ByteScanner) { self.scanner = scanner }

    /// Nil at the end of the text or of what is open.
    private mutating func value(depth: Int) throws(DocumentError) -> Node? {
        try scanner.checkDepth(depth)
        skipSpace()
        let position = scanner.position
        switch scanner.byte {
        case nil, UInt8(ascii: ")")?, UInt8(ascii: "]")?, UInt8(ascii: "}")?: return nil
        case UInt8(ascii: "(")?: return Node(.array(try elements(")", depth)), at: position)
        case UInt8(ascii: "[")?: return Node(.array(try elements("]", depth)), at: position)
        case UInt8(ascii: "{")?: return try map(depth, position)
        case UInt8(ascii: "\"")?: return .string(try string(), at: position)
        case UInt8(ascii: "\\")?: return .string(try character(), at: position)
        case UInt8(ascii: "#")?: return try dispatch(depth, position)
        default:
            let word = scanner.prefix { !$0.isSpace && !"()[]{}\",;".utf8.contains($0) }
            return word == "nil" ? Node(.scalar(.null), at: position) : .string(word, at: position)
        }
    }

    private mutating func elements(_ close: Unicode.Scalar, _ depth: Int) throws(DocumentError) -> [Node] {
        let start = scanner.position
        scanner.advance()
        var elements: [Node] = []
        while let element = try value(depth: depth + 1) { elements.append(element) }
        guard scanner.take(scalar: close) else {
            throw scanner.error("expected “\(Character(close))”", at: scanner.isAtEnd ? start : nil)
        }
        return elements
    }

    private mutating func map(_ depth: Int, _ position: Position) throws(DocumentError) -> Node {
        let elements = try elements("}", depth)
        guard elements.count.isMultiple(of: 2) else { throw scanner.error("a key has no value", at: position) }
        var members = ObjectBuilder()
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            let key = elements[index]
            let name = key.string ?? JSONWriter.string(key.value)
            guard members[name] == nil else {
                throw scanner.error("duplicate key \(Redaction.excerpt(name))", at: key.position)
            }
            members.set(name, at: key.position, elements[index + 1])
        }
        return members.node(at: position)
    }

    private mutating func dispatch(_ depth: Int, _ position: Position) throws(DocumentError) -> Node? {
        scanner.advance()
        if scanner.byte == UInt8(ascii: "{") { return Node(.array(try elements("}", depth)), at: position) }
        if scanner.take("_") {
            guard try value(depth: depth + 1) != nil else { throw scanner.error("“#_” has no value", at: position) }
            return try value(depth: depth + 1)
        }
        let tag = scanner.prefix { $0.isWord || "-./*+!?$%&=<>".utf8.contains($0) }
        guard !tag.isEmpty, let tagged = try value(depth: depth + 1) else {
            throw scanner.error("a tag wants a name and a value", at: position)
        }
        let text = tagged.string ?? JSONWriter.string(tagged.value)
        return .string("#\(tag) \(text)", at: position)
    }

    private mutating func string() throws(DocumentError) -> String {
        let start = scanner.position
        scanner.advance()
        var text: [UInt8] = []
        while let byte = scanner.byte, byte != UInt8(ascii: "\"") {
            scanner.advance()
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let letter = scanner.byte
            scanner.advance()
            switch letter {
            case UInt8(ascii: "n")?: text.append(0x0A)
            case UInt8(ascii: "r")?: text.append(0x0D)
            case UInt8(ascii: "t")?: text.append(0x09)
            case UInt8(ascii: "b")?: text.append(0x08)
            case UInt8(ascii: "f")?: text.append(0x0C)
            case UInt8(ascii: "\"")?, UInt8(ascii: "\\")?: if let letter { text.append(letter) }
            case UInt8(ascii: "u")?:
                let digits = scanner.prefix(while: \.isHexDigit)
                guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
                else { throw scanner.error("expected four hexadecimal digits of a character") }
                text += Array(String(Character(scalar)).utf8)
            default: throw scanner.error("unknown escape in quotes")
            }
        }
        guard scanner.take("\"") else { throw scanner.error("the text in quotes has no end", at: start) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let characters = [
        "newline": "\n", "return": "\r", "space": " ", "tab": "\t", "backspace": "\u{8}", "formfeed": "\u{C}",
    ]

    private mutating func character() throws(DocumentError) -> String {
        let start = scanner.position
        scanner.advance()
        var first = true
        let name = scanner.prefix { byte in
            defer { first = false }
            return first || (!byte.isSpace && !"()[]{}\",;".utf8.contains(byte))
        }
        guard !name.isEmpty else { throw scanner.error("expected a character", at: start) }
        return Self.characters[name] ?? name
    }

    private mutating func skipSpace() {
        while let byte = scanner.byte {
            if byte.isSpace || byte == UInt8(ascii: ",") {
                scanner.advance()
            } else if byte == UInt8(ascii: ";") {
                scanner.skipLine()
            } else {
                return
            }
        }
    }
}
