public import Documents
import WaybillCore

/// Reads Java's properties: keys and texts.
public struct PropertiesReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = PropertiesReader(scanner: try ByteScanner(bytes, limits))
        return try reader.document()
    }

    private var scanner: ByteScanner

    private init(scanner: ByteScanner) { self.scanner = scanner }

    private mutating func document() throws(DocumentError) -> Node {
        var properties = ObjectBuilder()
        while let byte = scanner.byte {
            if byte.isSpace {
                scanner.advance()
            } else if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "!") {
                scanner.skipLine()
            } else {
                let position = scanner.position
                let key = try text(endsAtSeparator: true)
                skipSpace()
                if scanner.take("=") || scanner.take(":") { skipSpace() }
                let valuePosition = scanner.position
                let value = try text(endsAtSeparator: false)
                properties.set(key, at: position, .string(value, at: valuePosition))
            }
        }
        return properties.node(at: .start)
    }

    /// White space within the line.
    private mutating func skipSpace() {
        while let byte = scanner.byte, byte == 0x20 || byte == 0x09 || byte == 0x0C { scanner.advance() }
    }

    private mutating func text(endsAtSeparator: Bool) throws(DocumentError) -> String {
        var text: [UInt8] = []
        while let byte = scanner.byte, byte != 0x0A, byte != 0x0D {
            if endsAtSeparator,
                byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == 0x20 || byte == 0x09 || byte == 0x0C
            {
                break
            }
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte); scanner.advance() }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(into text: inout [UInt8]) throws(DocumentError) {
        let start = scanner.position
        scanner.advance()
        guard let byte = scanner.byte else { return }
        scanner.advance()
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"):
            guard let digits = Self.hexadecimal(scanner), let scalar = Unicode.Scalar(digits) else {
                throw scanner.error("expected four hexadecimal digits of a character", at: start)
            }
            scanner.advance(by: 4)
            text += Array(String(Character(scalar)).utf8)
        case 0x0D, 0x0A:
            // The line goes on in the next one, without its indentation.
            if byte == 0x0D, scanner.byte == 0x0A { scanner.advance() }
            skipSpace()
        default: text.append(byte)
        }
    }

    private static func hexadecimal(_ scanner: ByteScanner) -> UInt32? {
        guard scanner.index + 4 <= scanner.bytes.count else { return nil }
        let digits = scanner.bytes[scanner.index..<(scanner.index + 4)]
        guard digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
