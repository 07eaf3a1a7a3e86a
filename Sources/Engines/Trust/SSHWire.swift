import WaybillCore

/// Reads the data types of the SSH protocol (RFC 4251 section 5) from bytes of outside.
struct SSHReader {
    private let bytes: [UInt8]
    private var index = 0
    /// What is read, for messages.
    private let subject: String

    init(_ bytes: [UInt8], subject: String) {
        self.bytes = bytes
        self.subject = subject
    }

    var isAtEnd: Bool { index == bytes.count }

    func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: subject) }

    mutating func take(_ count: Int) throws(WaybillError) -> [UInt8] {
        guard count <= bytes.count - index else { throw bad("ends too early") }
        defer { index += count }
        return Array(bytes[index..<index + count])
    }

    mutating func uint32() throws(WaybillError) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func string() throws(WaybillError) -> [UInt8] {
        try take(Int(uint32()))
    }

    /// A string that must be UTF-8 without control characters.
    mutating func text() throws(WaybillError) -> String {
        let content = try string()
        guard let text = String(validating: content, as: UTF8.self),
            !content.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { throw bad("holds a text that is not printable UTF-8") }
        return text
    }

    /// A non-negative integer in its shortest form, without the leading zero byte that keeps it positive.
    mutating func magnitude(widthMax: Int) throws(WaybillError) -> [UInt8] {
        let content = try string()
        guard let first = content.first else { return [] }
        guard first < 0x80 else { throw bad("holds a negative number") }
        guard first != 0 || content.count > 1 && content[1] >= 0x80 else {
            throw bad("holds a number that is not in its shortest form")
        }
        let digits = first == 0 ? Array(content.dropFirst()) : content
        guard digits.count <= widthMax else { throw bad("holds a number that is too large") }
        return digits
    }

    func finish() throws(WaybillError) {
        guard isAtEnd else { throw bad("has bytes after its end") }
    }
}

/// Writes the data types of the SSH protocol.
enum SSHWriter {
    static func uint32(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        uint32(UInt32(clamping: bytes.count)) + bytes
    }

    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    /// A magnitude as `mpint`.
    static func integer(_ magnitude: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        return string((digits.first ?? 0) >= 0x80 ? [0] + digits : digits)
    }
}
