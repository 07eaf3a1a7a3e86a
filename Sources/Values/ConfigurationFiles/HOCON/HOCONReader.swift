public import Documents
import WaybillCore

/// Reads HOCON: JSON with comments, paths as keys, merging objects, concatenation and substitutions within the document.
///
/// What `${?path}` asks for and the document does not hold is left out, as it is where no environment is given; a
/// `${path}` without `?` is an error then. Includes are refused.
public struct HOCONReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = HOCONReader(scanner: try ByteScanner(bytes, limits))
        let root = try reader.document()
        var resolver = HOCONResolver(root)
        return try resolver.document()
    }

    private var scanner: ByteScanner
    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> HOCONObject {
        skipSpace(lines: true)
        if scanner.byte == UInt8(ascii: "[") { throw scanner.error("expected an object, found a list") }
        let isBraced = scanner.take("{")
        let object = try fields(depth: 0, isBraced: isBraced)
        skipSpace(lines: true)
        guard scanner.isAtEnd else { throw scanner.error("text after the document's end") }
        return object
    }

    private mutating func fields(depth: Int, isBraced: Bool) throws(DocumentError) -> HOCONObject {
        try scanner.checkDepth(depth)
        let object = HOCONObject(scanner.position)
        while true {
            skipSpace(lines: true)
            if isBraced, scanner.take("}") { return object }
            guard !scanner.isAtEnd else {
                if isBraced { throw scanner.error("the object has no “}”", at: object.position) }
                return object
            }
            let position = scanner.position
            let path = try keyPath()
            if path == ["include"] { throw scanner.error("includes are not supported", at: position) }
            skipSpace(lines: false)
            if scanner.byte == UInt8(ascii: "{") {
                object.add(path, try value(depth: depth), at: position)
            } else if scanner.take("+=") {
                skipSpace(lines: true)
                object.add(path, .appended(try value(depth: depth)), at: position)
            } else {
                guard scanner.take("=") || scanner.take(":") else { throw scanner.error("expected “=”, “:” or “{”") }
                skipSpace(lines: true)
                object.add(path, try value(depth: depth), at: position)
            }
            skipSpace(lines: false)
            let isEnd = scanner.isAtEnd || scanner.byte == 0x0A || scanner.byte == UInt8(ascii: "}")
            guard scanner.take(",") || isEnd else { throw scanner.error("expected “,” or the end of the line") }
        }
    }

    private mutating func keyPath() throws(DocumentError) -> [String] {
        var path: [String] = []
        repeat {
            if scanner.byte == UInt8(ascii: "\"") {
                path.append(try quoted())
            } else {
                let part = scanner.prefix { !$0.isSpace && !".=:{}[],+\"#".utf8.contains($0) }
                guard !part.isEmpty else { throw scanner.error("expected a key") }
                path.append(part)
            }
            guard path.count <= scanner.depthMax else { throw scanner.error("a key of too many parts") }
        } while scanner.take(".")
        return path
    }

    /// Everything on the line belongs together.
    private mutating func value(depth: Int) throws(DocumentError) -> HOCONValue {
        let position = scanner.position
        var parts: [HOCONValue] = []
        var space = ""
        while let byte = scanner.byte, byte != 0x0A, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"),
            byte != UInt8(ascii: "]"), byte != UInt8(ascii: "#"), !scanner.isAt("//")
        {
            if byte.isSpace {
                space = scanner.prefix { $0.isSpace && $0 != 0x0A }
                continue
            }
            if !parts.isEmpty, !space.isEmpty { parts.append(.text(space, isQuoted: false, position)) }
            space = ""
            parts.append(try simple(byte, depth: depth))
        }
        switch parts.count {
        case 0: throw scanner.error("expected a value", at: position)
        case 1: return parts[0]
        default: return .concatenation(parts, position)
        }
    }

    private mutating func simple(_ byte: UInt8, depth: Int) throws(DocumentError) -> HOCONValue {
        let position = scanner.position
        switch byte {
        case UInt8(ascii: "{"):
            scanner.advance()
            return .object(try fields(depth: depth + 1, isBraced: true))
        case UInt8(ascii: "["):
            scanner.advance()
            return .array(try elements(depth: depth + 1), position)
        case UInt8(ascii: "\""): return .text(try quoted(), isQuoted: true, position)
        case UInt8(ascii: "$") where scanner.peek(1) == UInt8(ascii: "{"):
            scanner.advance(by: 2)
            let isOptional = scanner.take("?")
            skipSpace(lines: false)
            let path = try keyPath()
            skipSpace(lines: false)
            guard scanner.take("}") else { throw scanner.error("the substitution has no “}”", at: position) }
            return .substitution(path, isOptional: isOptional, position)
        default:
            let text = scanner.prefix { !$0.isSpace && !"$\"{}[]:=,+#`^?!@*&\\".utf8.contains($0) }
            guard !text.isEmpty else { throw scanner.error("expected a value; the text must stand in quotes") }
            return .text(text, isQuoted: false, position)
        }
    }

    private mutating func elements(depth: Int) throws(DocumentError) -> [HOCONValue] {
        try scanner.checkDepth(depth)
        let start = scanner.position
        var elements: [HOCONValue] = []
        while true {
            skipSpace(lines: true)
            if scanner.take("]") { return elements }
            guard !scanner.isAtEnd else { throw scanner.error("the list has no “]”", at: start) }
            elements.append(try value(depth: depth))
            skipSpace(lines: false)
            guard scanner.take(",") || scanner.byte == 0x0A || scanner.byte == UInt8(ascii: "]") else {
                throw scanner.error("expected “,” or “]”")
            }
        }
    }

    /// `"…"` with JSON's escapes, or `"""…"""` as it stands.
    private mutating func quoted() throws(DocumentError) -> String {
        let (start, position) = (scanner.index, scanner.position)
        if scanner.take("\"\"\"") {
            let from = scanner.index
            while !scanner.isAtEnd, !scanner.isAt("\"\"\"") { scanner.advance() }
            var end = scanner.index
            guard scanner.take("\"\"\"") else { throw scanner.error("the text in quotes has no end", at: position) }
            // More quotes than three belong to the text.
            while scanner.take("\"") { end += 1 }
            return scanner.text(from..<end)
        }
        scanner.advance()
        while let byte = scanner.byte, byte != UInt8(ascii: "\""), byte != 0x0A {
            scanner.advance(by: byte == UInt8(ascii: "\\") ? 2 : 1)
        }
        guard scanner.take("\"") else { throw scanner.error("the text in quotes has no end", at: position) }
        do {
            return try JSONReader.value(from: scanner.text(start..<scanner.index)).string ?? ""
        } catch {
            throw scanner.error(error.message, at: position)
        }
    }

    private mutating func skipSpace(lines: Bool) {
        while let byte = scanner.byte {
            if byte == 0x0A {
                guard lines else { return }
                scanner.advance()
            } else if byte.isSpace {
                scanner.advance()
            } else if byte == UInt8(ascii: "#") || scanner.isAt("//") {
                scanner.skipLine()
            } else {
                return
            }
        }
    }
}
