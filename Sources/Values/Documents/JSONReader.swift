import WaybillCore

/// Reads JSON (RFC 8259) from bytes. Duplicate keys, trailing text, lone surrogates and invalid UTF-8 are errors.
public struct JSONReader {
    /// Reads one document with positions.
    public static func node(
        from bytes: some Collection<UInt8>, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> Node {
        var reader = JSONReader(Array(bytes), limits)
        try reader.checkSize()
        reader.skipSpace()
        let node = try reader.node(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else { throw reader.error("text after the document's end") }
        return node
    }

    /// Reads one document without positions, faster.
    public static func value(
        from bytes: some Collection<UInt8>, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> Value {
        var reader = JSONReader(Array(bytes), limits)
        try reader.checkSize()
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else { throw reader.error("text after the document's end") }
        return value
    }

    public static func value(from text: String, limits: DocumentLimits = .standard) throws(DocumentError) -> Value {
        try value(from: Array(text.utf8), limits: limits)
    }

    private let bytes: [UInt8]
    private let limits: DocumentLimits
    private var index = 0
    private var line = 1
    private var lineStart = 0

    private init(_ bytes: [UInt8], _ limits: DocumentLimits) {
        self.bytes = bytes
        self.limits = limits
        // A byte order mark is not part of the text (RFC 8259 section 8.1 lets readers ignore it).
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            lineStart = 3
        }
    }

    private var position: Position { Position(line: line, column: index - lineStart + 1) }
    private func error(_ message: String) -> DocumentError { DocumentError(at: position, message) }

    private func checkSize() throws(DocumentError) {
        guard bytes.count <= limits.bytesMax else {
            throw DocumentError(at: .start, "document of \(bytes.count) bytes, the limit is \(limits.bytesMax)")
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A:
                index += 1
                line += 1
                lineStart = index
            case 0x20, 0x09, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func node(depth: Int) throws(DocumentError) -> Node {
        let start = position
        switch try peek() {
        case UInt8(ascii: "{"):
            var members: [Node.Member] = []
            var seen = Set<ByteKey>()
            try object(depth: depth) { (reader: inout JSONReader, key, keyPosition) throws(DocumentError) in
                if members.count < 8
                    ? members.contains(where: { $0.key.hasSameBytes(as: key) }) : seen.contains(ByteKey(key))
                {
                    throw DocumentError(at: keyPosition, "duplicate key \(Redaction.excerpt(key))")
                }
                members.append(.init(key: key, keyPosition: keyPosition, node: try reader.node(depth: depth + 1)))
                if members.count == 8 { for member in members { seen.insert(ByteKey(member.key)) } }
                if members.count > 8 { seen.insert(ByteKey(key)) }
            }
            return Node(.object(members), at: start)
        case UInt8(ascii: "["):
            var elements: [Node] = []
            try array(depth: depth) { (reader: inout JSONReader) throws(DocumentError) in
                elements.append(try reader.node(depth: depth + 1))
            }
            return Node(.array(elements), at: start)
        default: return Node(.scalar(try scalar()), at: start)
        }
    }

    private mutating func value(depth: Int) throws(DocumentError) -> Value {
        switch try peek() {
        case UInt8(ascii: "{"):
            var members = Object()
            try object(depth: depth) { (reader: inout JSONReader, key, keyPosition) throws(DocumentError) in
                guard members[key] == nil else {
                    throw DocumentError(at: keyPosition, "duplicate key \(Redaction.excerpt(key))")
                }
                members[key] = try reader.value(depth: depth + 1)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [Value] = []
            try array(depth: depth) { (reader: inout JSONReader) throws(DocumentError) in
                elements.append(try reader.value(depth: depth + 1))
            }
            return .array(elements)
        default: return try scalar()
        }
    }

    private mutating func object(
        depth: Int, member: (inout JSONReader, String, Position) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        try enter(depth)
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") { return index += 1 }
        while true {
            skipSpace()
            let keyPosition = position
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("expected a key in quotes")
            }
            let key = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"), "expected “:” after the key")
            skipSpace()
            try member(&self, key, keyPosition)
            skipSpace()
            switch index < bytes.count ? bytes[index] : 0 {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"): return index += 1
            default: throw error("expected “,” or “}”")
            }
        }
    }

    private mutating func array(
        depth: Int, element: (inout JSONReader) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        try enter(depth)
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { return index += 1 }
        while true {
            skipSpace()
            try element(&self)
            skipSpace()
            switch index < bytes.count ? bytes[index] : 0 {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"): return index += 1
            default: throw error("expected “,” or “]”")
            }
        }
    }

    private mutating func enter(_ depth: Int) throws(DocumentError) {
        guard depth < limits.depthMax else { throw error("nested deeper than \(limits.depthMax) levels") }
        index += 1
    }

    private func peek() throws(DocumentError) -> UInt8 {
        guard index < bytes.count else { throw error("the document ends too early") }
        return bytes[index]
    }

    private mutating func expect(_ byte: UInt8, _ message: String) throws(DocumentError) {
        guard index < bytes.count, bytes[index] == byte else { throw error(message) }
        index += 1
    }

    private mutating func scalar() throws(DocumentError) -> Value {
        switch bytes[index] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ value: Value) throws(DocumentError) -> Value {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count,
            text.withUTF8Buffer({ word in bytes[index..<end].elementsEqual(word) })
        else { throw error("expected a value") }
        index = end
        return value
    }

    private mutating func number() throws(DocumentError) -> Number {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                index += 1
                continue
            default: break
            }
            break
        }
        let text = Array(bytes[start..<index])
        guard Number.isValid(text) else {
            index = start
            throw error(text.isEmpty ? "expected a value" : "not a number in JSON's syntax")
        }
        return Number(validated: String(decoding: text, as: UTF8.self))
    }

    private mutating func string() throws(DocumentError) -> String {
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
            bytes[index] >= 0x20
        {
            index += 1
        }
        guard index < bytes.count else { throw error("the text in quotes has no end") }
        if bytes[index] == UInt8(ascii: "\"") {
            defer { index += 1 }
            return try text(bytes[start..<index])
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(DocumentError) -> String {
        var result = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw error("the text in quotes has no end") }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                return try text(result[...])
            case UInt8(ascii: "\\"):
                try escape(into: &result)
            case let byte where byte < 0x20:
                throw error("a control character in quotes must be escaped")
            case let byte:
                result.append(byte)
                index += 1
            }
        }
    }

    private mutating func escape(into result: inout [UInt8]) throws(DocumentError) {
        index += 1
        let letter = try peek()
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
                else {
                    throw error("half of a surrogate pair")
                }
                index += 2
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw error("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
            result.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            index -= 1
            throw error("unknown escape in quotes")
        }
    }

    private mutating func hexadecimal() throws(DocumentError) -> UInt32 {
        guard index + 4 <= bytes.count,
            let pair = Hex.decode(String(decoding: bytes[index..<index + 4], as: UTF8.self)),
            pair.count == 2
        else { throw error("expected four hexadecimal digits") }
        index += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }

    private func text(_ slice: ArraySlice<UInt8>) throws(DocumentError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw error("text that is not UTF-8") }
        return text
    }
}
