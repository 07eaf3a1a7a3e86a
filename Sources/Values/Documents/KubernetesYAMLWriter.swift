/// Writes YAML as Kubernetes' own tools do, byte for byte: keys in their natural order, lists at their key's
/// indentation, long lines folded after 80 characters, strings quoted where a YAML 1.1 reader would take them for
/// something else.
public struct KubernetesYAMLWriter {
    /// A line is folded at the first space behind this column.
    static let widthMax = 80
    /// A longer key, in bytes, is written with “?”.
    static let simpleKeyBytesMax = 128

    private var output: [UInt8] = []
    /// Characters on the line so far.
    private var column = 0

    private init() {}

    /// One document, ending in a line break.
    public static func bytes(_ value: Value) -> [UInt8] {
        var writer = KubernetesYAMLWriter()
        writer.output.reserveCapacity(1024)
        writer.write(value, indent: 0)
        writer.newLine()
        return writer.output
    }

    /// A stream of documents separated by `---`.
    public static func bytes(documents: [Value]) -> [UInt8] {
        var writer = KubernetesYAMLWriter()
        writer.output.reserveCapacity(1024 * documents.count)
        for (index, document) in documents.enumerated() {
            if index > 0 { writer.put("---\n") }
            writer.column = 0
            writer.write(document, indent: 0)
            writer.newLine()
        }
        return writer.output
    }

    public static func string(_ value: Value) -> String { String(decoding: bytes(value), as: UTF8.self) }

    // MARK: Collections

    /// Writes a value at the present column, which is `indent` for a collection.
    private mutating func write(_ value: Value, indent: Int) {
        switch value {
        case .object(let object) where !object.isEmpty: write(object, indent: indent)
        case .array(let elements) where !elements.isEmpty: write(elements, indent: indent)
        default: scalar(value, indent: indent + 2, isKey: false)
        }
    }

    private mutating func write(_ object: Object, indent: Int) {
        for (index, member) in NaturalOrder.sorted(object.members).enumerated() {
            if index > 0 { newLine(indent) }
            let style = ScalarStyle(key: member.key)
            if member.key.utf8.count > Self.simpleKeyBytesMax {
                put("? ")
                text(member.key, ScalarStyle(member.key), indent: indent + 2, folds: true)
                newLine(indent)
                put(": ")
                write(member.value, indent: indent + 2)
                continue
            }
            text(member.key, style, indent: indent + 2, folds: false)
            put(":")
            switch member.value {
            case .object(let inner) where !inner.isEmpty:
                newLine(indent + 2)
                write(inner, indent: indent + 2)
            case .array(let elements) where !elements.isEmpty:
                newLine(indent)
                write(elements, indent: indent)
            default:
                put(" ")
                scalar(member.value, indent: indent + 2, isKey: false)
            }
        }
    }

    private mutating func write(_ elements: [Value], indent: Int) {
        for (index, element) in elements.enumerated() {
            if index > 0 { newLine(indent) }
            put("- ")
            // A scalar's further lines stand two columns in; so does what a collection holds.
            if element.isCollection {
                write(element, indent: indent + 2)
            } else {
                scalar(element, indent: indent + 2, isKey: false)
            }
        }
    }

    // MARK: Scalars

    private mutating func scalar(_ value: Value, indent: Int, isKey: Bool) {
        switch value {
        case .null: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .number(let number): put(number.text)
        case .array: put("[]")
        case .object: put("{}")
        case .string(let string): text(string, ScalarStyle(string), indent: indent, folds: !isKey)
        }
    }

    private mutating func text(_ text: String, _ style: ScalarStyle, indent: Int, folds: Bool) {
        var text = text
        text.withUTF8 { bytes in
            switch style {
            case .plain: folded(bytes, indent: indent, folds: folds, quote: nil)
            case .singleQuoted: folded(bytes, indent: indent, folds: folds, quote: UInt8(ascii: "'"))
            case .doubleQuoted: doubleQuoted(bytes, indent: indent, folds: folds)
            case .literal: literal(bytes, indent: indent)
            }
        }
    }

    private mutating func folded(_ bytes: UnsafeBufferPointer<UInt8>, indent: Int, folds: Bool, quote: UInt8?) {
        if quote == nil, !folds || column + bytes.count <= Self.widthMax { return put(bytes) }
        if let quote { put(quote) }
        var wasSpace = false
        for (index, byte) in bytes.enumerated() {
            let isSpace = byte == 0x20
            if isSpace, folds, !wasSpace, column > Self.widthMax, index + 1 < bytes.count, bytes[index + 1] != 0x20,
                quote == nil || index > 0
            {
                newLine(indent)
            } else {
                if byte == quote { put(byte) }
                put(byte)
            }
            wasSpace = isSpace
        }
        if let quote { put(quote) }
    }

    private mutating func doubleQuoted(_ bytes: UnsafeBufferPointer<UInt8>, indent: Int, folds: Bool) {
        put(UInt8(ascii: "\""))
        var wasSpace = false
        var offset = 0
        while offset < bytes.count {
            let character = ScalarCharacter(bytes, at: offset)
            let next = offset + character.length
            if character.isSpace {
                if folds, !wasSpace, column > Self.widthMax, offset > 0, next < bytes.count {
                    newLine(indent)
                    if bytes[next] == 0x20 { put("\\") }
                } else {
                    put(0x20)
                }
            } else if let escape = character.escape {
                put(escape)
            } else {
                for index in offset..<next { put(bytes[index]) }
            }
            wasSpace = character.isSpace
            offset = next
        }
        put(UInt8(ascii: "\""))
    }

    private mutating func literal(_ bytes: UnsafeBufferPointer<UInt8>, indent: Int) {
        put("|")
        if let first = bytes.first, first == 0x20 || first == 0x0A { put("2") }
        if bytes.last != 0x0A {
            put("-")
        } else if bytes.count == 1 || bytes[bytes.count - 2] == 0x0A {
            put("+")
        }
        newLine()
        var startsLine = true
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A {
                // The last line's own break is written by whatever follows.
                if index + 1 < bytes.count { newLine() }
                startsLine = true
                continue
            }
            if startsLine { pad(indent) }
            startsLine = false
            put(byte)
        }
    }

    // MARK: Output

    private mutating func put(_ byte: UInt8) {
        output.append(byte)
        // Continuation bytes stand in no column of their own.
        if byte & 0xC0 != 0x80 { column += 1 }
    }

    private mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put($0) }
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        output.append(contentsOf: bytes)
        for byte in bytes where byte & 0xC0 != 0x80 { column += 1 }
    }

    private mutating func newLine() {
        output.append(0x0A)
        column = 0
    }

    private mutating func newLine(_ indent: Int) {
        newLine()
        pad(indent)
    }

    private mutating func pad(_ indent: Int) {
        output.append(contentsOf: repeatElement(0x20, count: indent))
        column = indent
    }
}

extension Value {
    /// An object or list that is not empty.
    fileprivate var isCollection: Bool {
        switch self {
        case .object(let object): !object.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }
}
