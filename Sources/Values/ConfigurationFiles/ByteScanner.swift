import Documents
import WaybillCore

/// A cursor over the bytes of a text that knows its line and column.
struct ByteScanner {
    let bytes: [UInt8]
    private(set) var index: Int
    private var line = 1
    private var lineStart: Int
    /// Nesting that readers allow, unless the caller wants less.
    static let depthMax = 100
    let depthMax: Int

    /// Throws for what is too large or not UTF-8. A byte order mark is not part of the text.
    init(_ bytes: [UInt8], _ limits: DocumentLimits) throws(DocumentError) {
        guard bytes.count <= limits.bytesMax else {
            throw DocumentError(at: .start, "document of \(bytes.count) bytes, the limit is \(limits.bytesMax)")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentError(at: .start, "text that is not UTF-8")
        }
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        lineStart = index
        depthMax = min(Self.depthMax, limits.depthMax)
    }

    var position: Position { Position(line: line, column: index - lineStart + 1) }
    var isAtEnd: Bool { index >= bytes.count }
    /// Nil at the end.
    var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    func error(_ message: String, at position: Position? = nil) -> DocumentError {
        DocumentError(at: position ?? self.position, message)
    }

    func peek(_ offset: Int) -> UInt8? {
        let place = index + offset
        return place < bytes.count ? bytes[place] : nil
    }

    mutating func advance() {
        guard index < bytes.count else { return }
        if bytes[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    mutating func advance(by count: Int) { for _ in 0..<count { advance() } }

    mutating func take(scalar wanted: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: wanted) else { return false }
        advance()
        return true
    }

    func isAt(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return index + count <= bytes.count
            && text.withUTF8Buffer { bytes[index..<(index + count)].elementsEqual($0) }
    }

    mutating func take(_ text: StaticString) -> Bool {
        guard isAt(text) else { return false }
        advance(by: text.utf8CodeUnitCount)
        return true
    }

    mutating func expect(_ wanted: Unicode.Scalar) throws(DocumentError) {
        guard take(scalar: wanted) else { throw error("expected “\(Character(wanted))”") }
    }

    /// The bytes while the condition holds.
    mutating func prefix(while isWanted: (UInt8) -> Bool) -> String {
        let start = index
        while let byte, isWanted(byte) { advance() }
        return text(from: start)
    }

    func text(from start: Int) -> String { text(start..<index) }
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Spaces and tabs.
    mutating func skipSpaces() { while byte == 0x20 || byte == 0x09 { advance() } }
    mutating func skipLine() { while let byte, byte != 0x0A { _ = byte; advance() } }

    func checkDepth(_ depth: Int) throws(DocumentError) {
        guard depth < depthMax else { throw error("nested deeper than \(depthMax) levels") }
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 48 < 10 }
    var isLetter: Bool { (self | 0x20) &- 97 < 26 }
    var isHexDigit: Bool { isDigit || (self | 0x20) &- 97 < 6 }
    var isSpace: Bool { self == 0x20 || self &- 9 < 5 }
    /// Letters, digits, `_`, and all beyond ASCII.
    var isWord: Bool { isDigit || isLetter || self == UInt8(ascii: "_") || self >= 0x80 }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !$0.isSpace }), let last = bytes.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

extension Node {
    /// A text node.
    static func string(_ text: String, at position: Position) -> Node { Node(.scalar(.string(text)), at: position) }
}
