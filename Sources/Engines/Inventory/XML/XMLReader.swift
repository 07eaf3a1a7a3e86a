import Documents
import WaybillCore

/// An element of an XML document, with its place.
struct XMLElement {
    /// Without namespace prefix.
    var name: String
    var attributes: [String: String] = [:]
    var position: Position
    var text = ""
    var children: [XMLElement] = []

    func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
    /// The text of a child, without white space around it.
    func value(_ name: String) -> String? { first(name).map { Text.trimmed($0.text) } }
}

/// Reads XML 1.0 without document types: elements, attributes, text, comments and CDATA. Entities beyond the five of the
/// standard and numbers are left as they are written, so nothing can expand.
struct XMLReader {
    static let depthMax = 256

    static func element(from bytes: [UInt8]) throws(DocumentError) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentError(at: .start, "text that is not UTF-8")
        }
        var reader = XMLReader(bytes)
        return try reader.document()
    }

    private let bytes: [UInt8]
    private let lines: LineIndex
    private var index = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = LineIndex(bytes)
    }

    private func error(_ message: String, at offset: Int? = nil) -> DocumentError {
        DocumentError(at: lines.position(of: min(offset ?? index, max(bytes.count - 1, 0))), message)
    }

    private mutating func document() throws(DocumentError) -> XMLElement {
        var open: [XMLElement] = []
        var root: XMLElement?
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "<") {
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: "<") { index += 1 }
                let text = Self.resolved(bytes[start..<index])
                if open.isEmpty {
                    guard Text.trimmed(text).isEmpty else {
                        throw error("text outside of the document's element", at: start)
                    }
                } else {
                    open[open.count - 1].text += text
                }
            } else if take("<!--") {
                try skip(past: "-->", "the comment has no end")
            } else if take("<![CDATA[") {
                let start = index
                try skip(past: "]]>", "the CDATA section has no end")
                guard !open.isEmpty else { throw error("text outside of the document's element", at: start) }
                open[open.count - 1].text += Text.string(bytes[start..<(index - 3)])
            } else if take("<?") {
                try skip(past: "?>", "the instruction has no end")
            } else if take("<!") {
                throw error("document types are not read")
            } else if take("</") {
                let name = try name()
                skipSpace()
                guard take(">"), let element = open.popLast(), element.name == name else {
                    throw error("the closing tag \(Redaction.excerpt(name)) does not fit")
                }
                if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
            } else {
                let start = index
                index += 1
                guard root == nil else { throw error("a second element after the document's end", at: start) }
                guard open.count < Self.depthMax else {
                    throw error("nested deeper than \(Self.depthMax) levels", at: start)
                }
                var element = XMLElement(name: try name(), position: lines.position(of: start))
                element.attributes = try attributes()
                if take("/>") {
                    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
                } else {
                    guard take(">") else { throw error("the tag has no end") }
                    open.append(element)
                }
            }
        }
        guard open.isEmpty else { throw error("the element \(open[open.count - 1].name) has no end") }
        guard let root else { throw error("there is no element") }
        return root
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count, text.withUTF8Buffer({ bytes[index..<(index + count)].elementsEqual($0) })
        else { return false }
        index += count
        return true
    }

    private mutating func skip(past end: StaticString, _ message: String) throws(DocumentError) {
        let start = index
        while index < bytes.count {
            if take(end) { return }
            index += 1
        }
        throw error(message, at: start)
    }

    private mutating func skipSpace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] &- 9 < 5 { index += 1 }
    }

    private mutating func name() throws(DocumentError) -> String {
        let start = index
        while index < bytes.count, Self.isName(bytes[index]) { index += 1 }
        guard index > start else { throw error("expected a name") }
        return Text.string(bytes[start..<index]).split(separator: ":").last.map(String.init) ?? ""
    }

    private static func isName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte >= 0x80 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }

    private mutating func attributes() throws(DocumentError) -> [String: String] {
        var attributes: [String: String] = [:]
        while true {
            skipSpace()
            guard index < bytes.count, Self.isName(bytes[index]) else { return attributes }
            let key = try name()
            skipSpace()
            guard take("=") else { throw error("expected “=”") }
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
                throw error("expected a value in quotes")
            }
            let quote = bytes[index]
            let start = index + 1
            index = start
            while index < bytes.count, bytes[index] != quote { index += 1 }
            guard index < bytes.count else { throw error("the value has no end", at: start) }
            attributes[key] = Self.resolved(bytes[start..<index])
            index += 1
        }
    }

    private static let entities: [(String, String)] = [
        ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"), ("amp", "&"),
    ]

    private static func resolved(_ bytes: ArraySlice<UInt8>) -> String {
        let text = Text.string(bytes)
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var output = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            output += rest[..<ampersand]
            rest = rest[ampersand...]
            if let end = rest.prefix(12).firstIndex(of: ";"),
                let character = character(rest[rest.index(after: ampersand)..<end])
            {
                output += character
                rest = rest[rest.index(after: end)...]
            } else {
                output += "&"
                rest = rest.dropFirst()
            }
        }
        return output + rest
    }

    private static func character(_ name: Substring) -> String? {
        if let found = entities.first(where: { $0.0 == name }) { return found.1 }
        guard name.hasPrefix("#") else { return nil }
        let code = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
        return code.flatMap { Unicode.Scalar($0) }.map { String(Character($0)) }
    }
}
