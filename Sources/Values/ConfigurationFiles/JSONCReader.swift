public import Documents
import WaybillCore

/// Reads JSON with comments and commas before closing brackets, as editors' settings have it.
public enum JSONCReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var scanner = try ByteScanner(bytes, limits)
        // What is not JSON becomes space, so that every position stays what it was.
        var plain = bytes
        var comma: Int?
        func blank(_ range: Range<Int>) { for index in range where plain[index] != 0x0A { plain[index] = 0x20 } }
        while let byte = scanner.byte {
            switch byte {
            case UInt8(ascii: "\""):
                comma = nil
                scanner.advance()
                while let byte = scanner.byte, byte != UInt8(ascii: "\""), byte != 0x0A {
                    scanner.advance(by: byte == UInt8(ascii: "\\") ? 2 : 1)
                }
                scanner.advance()
            case UInt8(ascii: "/") where scanner.peek(1) == byte:
                let start = scanner.index
                scanner.skipLine()
                blank(start..<scanner.index)
            case UInt8(ascii: "/") where scanner.peek(1) == UInt8(ascii: "*"):
                let (start, position) = (scanner.index, scanner.position)
                scanner.advance(by: 2)
                while !scanner.isAtEnd, !scanner.isAt("*/") { scanner.advance() }
                guard scanner.take("*/") else { throw scanner.error("the comment has no end", at: position) }
                blank(start..<scanner.index)
            case UInt8(ascii: ","):
                comma = scanner.index
                scanner.advance()
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if let comma { plain[comma] = 0x20 }
                comma = nil
                scanner.advance()
            default:
                if !byte.isSpace { comma = nil }
                scanner.advance()
            }
        }
        return try JSONReader.node(from: plain, limits: limits)
    }
}
