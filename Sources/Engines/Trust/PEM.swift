public import WaybillCore

/// Text armour around bytes (RFC 7468): one block with a label.
public enum PEM {
    /// The largest text that is read.
    public static let bytesMax = 64 << 10

    /// The bytes of the only block of the text, which must have this label. Throws `.invalidInput` for anything else.
    public static func decode(_ text: some Sequence<UInt8>, label: String) throws(WaybillError) -> [UInt8] {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: label.lowercased())
        }
        let bytes = Array(text)
        guard bytes.count <= bytesMax else { throw bad("is larger than \(bytesMax) bytes") }
        var lines = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map(trimmed)[...]
        lines = lines.drop(while: \.isEmpty)
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count >= 2, lines.first.map({ $0.elementsEqual("-----BEGIN \(label)-----".utf8) }) == true,
            lines.last.map({ $0.elementsEqual("-----END \(label)-----".utf8) }) == true
        else { throw bad("expected one block from -----BEGIN \(label)----- to -----END \(label)-----") }
        guard let content = Base64.decode(lines.dropFirst().dropLast().joined()), !content.isEmpty else {
            throw bad("the block is empty or not base 64")
        }
        return content
    }

    /// The block with lines of `width` characters.
    public static func encode(_ bytes: some Sequence<UInt8>, label: String, width: Int = 64) -> String {
        let letters = Array(Base64.encode(bytes).utf8)
        var text = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: letters.count, by: width) {
            text += String(decoding: letters[start..<min(start + width, letters.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var line = line.drop(while: isSpace)
        while let last = line.last, isSpace(last) { line.removeLast() }
        return line
    }
}
