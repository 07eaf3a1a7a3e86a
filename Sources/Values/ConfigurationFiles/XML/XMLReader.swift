public import Documents
import WaybillCore

/// Reads XML into objects: an element is a member, its attributes have `-` before their name, text beside them is
/// `#content`, an element with nothing but text is that text, and elements of one name are a list.
///
/// Document types with declarations of their own are refused, so nothing can expand.
public struct XMLReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = XMLReader(scanner: try ByteScanner(bytes, limits))
        let root = try reader.document()
        var members = ObjectBuilder()
        members.set(root.name, at: root.position, root.node)
        return members.node(at: .start)
    }

    /// The document's element, for readers of formats in XML.
    static func element(from bytes: [UInt8], limits: DocumentLimits) throws(DocumentError) -> XMLElement {
        var reader = XMLReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document()
    }

    private var scanner: ByteScanner
    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> XMLElement {
        var open: [XMLElement] = []
        var root: XMLElement?
        func close(_ element: XMLElement) {
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
        while let byte = scanner.byte {
            let start = scanner.position
            if byte != UInt8(ascii: "<") {
                let text = try resolved(scanner.prefix { $0 != UInt8(ascii: "<") }, at: start)
                if !open.isEmpty {
                    open[open.count - 1].text += text
                } else if !text.trimmed.isEmpty {
                    throw scanner.error("text outside of the document's element", at: start)
                }
            } else if scanner.take("<!--") {
                _ = try until("-->", "the comment has no end", start)
            } else if scanner.take("<![CDATA[") {
                let text = try until("]]>", "the CDATA section has no end", start)
                guard !open.isEmpty else { throw scanner.error("text outside of the document's element", at: start) }
                open[open.count - 1].text += text
            } else if scanner.take("<?") {
                try checkEncoding(try until("?>", "the instruction has no end", start), start)
            } else if scanner.take("<!") {
                guard !scanner.prefix(while: { $0 != UInt8(ascii: ">") }).contains("["), scanner.take(">") else {
                    throw scanner.error("document types with declarations are not read", at: start)
                }
            } else if scanner.take("</") {
                let name = try name()
                skipSpace()
                guard scanner.take(">"), let element = open.popLast(), element.qualifiedName == name else {
                    throw scanner.error("the closing tag \(Redaction.excerpt(name)) does not fit", at: start)
                }
                close(element)
            } else {
                guard root == nil else { throw scanner.error("a second element after the document's end", at: start) }
                try scanner.checkDepth(open.count)
                scanner.advance()
                var element = XMLElement(qualifiedName: try name(), position: start)
                element.attributes = try attributes()
                if scanner.take("/>") {
                    close(element)
                } else {
                    guard scanner.take(">") else { throw scanner.error("the tag has no end", at: start) }
                    open.append(element)
                }
            }
        }
        if let last = open.last { throw scanner.error("the element \(last.name) has no end", at: last.position) }
        guard let root else { throw scanner.error("there is no element") }
        return root
    }

    private func checkEncoding(_ instruction: String, _ start: Position) throws(DocumentError) {
        guard instruction.hasPrefix("xml") else { return }
        let lower = instruction.lowercased()
        guard !lower.contains("encoding") || lower.contains("utf-8") || lower.contains("ascii") else {
            throw scanner.error("only UTF-8 is read", at: start)
        }
    }

    private mutating func until(_ end: StaticString, _ message: String, _ start: Position) throws(DocumentError)
        -> String
    {
        let from = scanner.index
        while !scanner.isAtEnd, !scanner.isAt(end) { scanner.advance() }
        let text = scanner.text(from: from)
        guard scanner.take(end) else { throw scanner.error(message, at: start) }
        return text
    }

    private mutating func skipSpace() { while let byte = scanner.byte, byte.isSpace { _ = byte; scanner.advance() } }

    private mutating func name() throws(DocumentError) -> String {
        let name = scanner.prefix { $0.isWord || "-.:".utf8.contains($0) }
        guard !name.isEmpty else { throw scanner.error("expected a name") }
        return name
    }

    private mutating func attributes() throws(DocumentError) -> [XMLElement.Attribute] {
        var attributes: [XMLElement.Attribute] = []
        while true {
            skipSpace()
            guard let byte = scanner.byte, byte.isWord || byte == UInt8(ascii: ":") else { return attributes }
            let position = scanner.position
            let name = try name()
            guard !attributes.contains(where: { $0.qualifiedName == name }) else {
                throw scanner.error("the attribute \(name) is there twice", at: position)
            }
            skipSpace()
            try scanner.expect("=")
            skipSpace()
            guard let quote = scanner.byte, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw scanner.error("expected a value in quotes")
            }
            scanner.advance()
            let valuePosition = scanner.position
            let text = scanner.prefix { $0 != quote && $0 != UInt8(ascii: "<") }
            guard scanner.byte == quote else { throw scanner.error("the value has no end", at: valuePosition) }
            scanner.advance()
            attributes.append(
                .init(qualifiedName: name, value: try resolved(text, at: valuePosition), position: position))
        }
    }

    private static let entities = ["lt": "<", "gt": ">", "quot": "\"", "apos": "'", "amp": "&"]

    private func resolved(_ text: String, at position: Position) throws(DocumentError) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            rest = rest[ampersand...].dropFirst()
            guard let end = rest.prefix(12).firstIndex(of: ";"), let character = Self.character(rest[..<end]) else {
                throw scanner.error("unknown entity behind “&”", at: position)
            }
            result += character
            rest = rest[end...].dropFirst()
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> String? {
        if let known = entities[String(name)] { return known }
        guard name.hasPrefix("#") else { return nil }
        let code = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
        return code.flatMap { Unicode.Scalar($0) }.map { String(Character($0)) }
    }
}
