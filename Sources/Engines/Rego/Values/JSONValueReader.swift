public import Documents
import WaybillCore

extension RegoValue {
    /// From JSON's bytes, without a document in between: half the time and a third of the memory. Refuses what
    /// `JSONReader` refuses: duplicate keys, trailing text, lone surrogates, invalid UTF-8.
    ///
    /// Data that is kept and asked often is read with `isKept`: objects with many keys get a table.
    public init(
        json bytes: [UInt8], isKept: Bool = false, limits: DocumentLimits = .standard
    ) throws(DocumentError) {
        guard bytes.count <= limits.bytesMax else {
            throw DocumentError(at: .start, "document of \(bytes.count) bytes, the limit is \(limits.bytesMax)")
        }
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<RegoValue, DocumentError> in
            var reader = JSONValueReader(buffer, isKept: isKept, depthMax: limits.depthMax)
            do throws(DocumentError) { return .success(try reader.document()) } catch { return .failure(error) }
        }
        self = try outcome.get()
    }
}

/// Reads one document. Objects of one form share their keys, long texts that return share their bytes.
struct JSONValueReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isKept: Bool
    private let depthMax: Int
    private var index = 0
    /// Members of objects and arrays that are still open.
    private let values = MoveStack()
    private var keys: [RegoValue] = []
    private var keyPlaces: [Int] = []
    private var forms: ObjectForms
    private var texts: SharedTexts

    init(_ bytes: UnsafeBufferPointer<UInt8>, isKept: Bool, depthMax: Int) {
        self.bytes = bytes
        self.isKept = isKept
        self.depthMax = depthMax
        let isLarge = bytes.count > 1 << 16
        texts = SharedTexts(count: isLarge ? 1 << 14 : 1 << 6)
        forms = ObjectForms(formsMax: isLarge ? 1 << 8 : bytes.count > 1 << 10 ? 1 << 5 : 1 << 2)
        keys.reserveCapacity(32)
        keyPlaces.reserveCapacity(32)
    }

    mutating func document() throws(DocumentError) -> RegoValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw error("text after the document's end") }
        return value
    }

    /// Lines are counted only where something is wrong.
    private func error(_ message: String, at place: Int? = nil) -> DocumentError {
        let before = bytes[..<min(place ?? index, bytes.count)]
        let line = 1 + before.count { $0 == 0x0A }
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        return DocumentError(at: Position(line: line, column: before.count - start + 1), message)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x09, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(DocumentError) -> RegoValue {
        guard index < bytes.count else { throw error("the document ends too early") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func enter(_ depth: Int) throws(DocumentError) {
        guard depth < depthMax else { throw error("nested deeper than \(depthMax) levels") }
        index += 1
        skipSpace()
    }

    private mutating func array(depth: Int) throws(DocumentError) -> RegoValue {
        try enter(depth)
        let first = values.count
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            let element = try value(depth: depth + 1)
            values.append(element)
            skipSpace()
            switch index < bytes.count ? bytes[index] : 0 {
            case UInt8(ascii: ","):
                index += 1
                skipSpace()
            case UInt8(ascii: "]"):
                index += 1
                return .array(values.take(from: first))
            default: throw error("expected “,” or “]”")
            }
        }
    }

    private mutating func object(depth: Int) throws(DocumentError) -> RegoValue {
        try enter(depth)
        let (first, firstKey) = (values.count, keys.count)
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return .object(RegoObject(shape: .empty, values: []))
        }
        while true {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("expected a key in quotes")
            }
            keyPlaces.append(index)
            let key = try text()
            keys.append(.string(key))
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else {
                throw error("expected “:” after the key")
            }
            index += 1
            skipSpace()
            let member = try value(depth: depth + 1)
            values.append(member)
            skipSpace()
            switch index < bytes.count ? bytes[index] : 0 {
            case UInt8(ascii: ","):
                index += 1
                skipSpace()
            case UInt8(ascii: "}"):
                index += 1
                return .object(try closed(from: first, keysFrom: firstKey))
            default: throw error("expected “,” or “}”")
            }
        }
    }

    private mutating func closed(from first: Int, keysFrom firstKey: Int) throws(DocumentError) -> RegoObject {
        defer {
            keys.removeLast(keys.count - firstKey)
            keyPlaces.removeLast(keyPlaces.count - firstKey)
        }
        guard let form = forms.form(of: keys[firstKey...], hasTable: isKept) else {
            let duplicate = ObjectForms.duplicate(in: keys[firstKey...])
            let key = duplicate.map { keys[firstKey + $0].memberName } ?? ""
            throw error(
                "duplicate key \(Redaction.excerpt(key))", at: keyPlaces[firstKey + (duplicate ?? 0)])
        }
        return RegoObject(shape: form.shape, values: values.take(from: first, order: form.order))
    }

    private mutating func word(_ text: StaticString, _ value: RegoValue) throws(DocumentError) -> RegoValue {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count, text.withUTF8Buffer({ bytes[index..<end].elementsEqual($0) }) else {
            throw error("expected a value")
        }
        index = end
        return value
    }

    private mutating func number() throws(DocumentError) -> RegoNumber {
        let start = index
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let digits = index
        var whole = 0
        while index < bytes.count, (48...57).contains(bytes[index]) {
            if index - digits < 18 { whole = whole * 10 + Int(bytes[index] - 48) }
            index += 1
        }
        let count = index - digits
        guard count > 0, count == 1 || bytes[digits] != 48 else {
            throw error(count == 0 && !isNegative ? "expected a value" : "not a number in JSON's syntax", at: start)
        }
        var isPlain = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isPlain = false
            index += 1
            try someDigits(from: start)
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isPlain = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            try someDigits(from: start)
        }
        if isPlain, count <= 18 { return RegoNumber(isNegative ? -whole : whole) }
        guard let number = RegoNumber(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw error("a number beyond the limits", at: start)
        }
        return number
    }

    private mutating func someDigits(from start: Int) throws(DocumentError) {
        let first = index
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
        guard index > first else { throw error("not a number in JSON's syntax", at: start) }
    }

    private mutating func text() throws(DocumentError) -> String {
        index += 1
        let start = index
        var all: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let slice = UnsafeBufferPointer(rebasing: bytes[start..<index])
                index += 1
                if all < 0x80 { return texts.text(slice) }
                guard let text = String(validating: slice, as: UTF8.self) else {
                    throw error("text that is not UTF-8", at: start)
                }
                return text
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { return try escapedText(from: start) }
            all |= byte
            index += 1
        }
        throw error("the text in quotes has no end")
    }

    private mutating func escapedText(from start: Int) throws(DocumentError) -> String {
        var result = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw error("the text in quotes has no end") }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                guard let text = String(validating: result, as: UTF8.self) else {
                    throw error("text that is not UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &result)
            case let byte where byte < 0x20: throw error("a control character in quotes must be escaped")
            case let byte:
                result.append(byte)
                index += 1
            }
        }
    }

    private mutating func escape(into result: inout [UInt8]) throws(DocumentError) {
        guard index + 1 < bytes.count else { throw error("the document ends too early") }
        let letter = bytes[index + 1]
        index += 2
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
                else { throw error("half of a surrogate pair") }
                index += 2
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw error("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default:
            index -= 1
            throw error("unknown escape in quotes")
        }
    }

    private mutating func hexadecimal() throws(DocumentError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw error("expected four hexadecimal digits") }
        var code: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: throw error("expected four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }
}
