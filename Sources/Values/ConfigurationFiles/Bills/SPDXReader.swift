public import Documents
import WaybillCore

/// Reads SPDX 2 bills of materials: tag-value files become what their JSON form would be; JSON is taken as it is.
public struct SPDXReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        let first = bytes.drop { $0.isSpace || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }.first
        if first == UInt8(ascii: "{") {
            let node = try JSONReader.node(from: bytes, limits: limits)
            guard node["spdxVersion"]?.string?.hasPrefix("SPDX-") == true else {
                throw DocumentError(at: node.position, "not an SPDX document: no “spdxVersion”")
            }
            return node
        }
        var reader = SPDXReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document()
    }

    private var scanner: ByteScanner
    private var bill = SPDXBill()

    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> Node {
        var isFirst = true
        while let byte = scanner.byte {
            if byte.isSpace {
                scanner.advance()
            } else if byte == UInt8(ascii: "#") {
                scanner.skipLine()
            } else {
                let position = scanner.position
                let tag = scanner.prefix { $0.isWord || $0 == UInt8(ascii: "-") }
                guard !tag.isEmpty, scanner.take(":") else {
                    throw scanner.error("expected “Tag: value”", at: position)
                }
                scanner.skipSpaces()
                let valuePosition = scanner.position
                let text = try value(valuePosition)
                if isFirst, tag != "SPDXVersion" || !text.hasPrefix("SPDX-2.") {
                    throw scanner.error("not an SPDX 2 document: it must begin with SPDXVersion", at: position)
                }
                isFirst = false
                try bill.add(tag, text, tagPosition: position, at: valuePosition)
            }
        }
        guard !isFirst else { throw scanner.error("not an SPDX document: it is empty") }
        return bill.node
    }

    /// The rest of the line, or everything in `<text>…</text>`.
    private mutating func value(_ start: Position) throws(DocumentError) -> String {
        guard scanner.take("<text>") else { return scanner.prefix { $0 != 0x0A }.trimmed }
        let from = scanner.index
        while !scanner.isAtEnd, !scanner.isAt("</text>") { scanner.advance() }
        let text = scanner.text(from: from)
        guard scanner.take("</text>") else { throw scanner.error("<text> has no end", at: start) }
        return text
    }
}
