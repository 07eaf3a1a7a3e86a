/// How a string is written in YAML.
enum ScalarStyle {
    case plain, singleQuoted, doubleQuoted, literal

    /// A key stands on one line.
    init(key text: String) {
        self.init(text)
        if case .literal = self { self = .doubleQuoted }
        if case .plain = self, text.isEmpty { self = .singleQuoted }
    }

    init(_ text: String) {
        var text = text
        let traits = text.withUTF8 { Traits($0) }
        if traits.hasBreak {
            self = traits.allowsLiteral ? .literal : .doubleQuoted
        } else if ScalarStyle.looksTyped(text) {
            self = .doubleQuoted
        } else if traits.allowsPlain {
            self = .plain
        } else {
            self = traits.allowsSingleQuotes ? .singleQuoted : .doubleQuoted
        }
    }

    /// What the characters of a string permit (libyaml's analysis of a scalar).
    private struct Traits {
        var hasBreak = false
        var allowsPlain = true
        var allowsSingleQuotes = true
        var allowsLiteral = true

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard !bytes.isEmpty else {
                allowsLiteral = false
                return
            }
            if bytes.count >= 3, bytes[0] == bytes[1], bytes[1] == bytes[2], bytes[0] == 0x2D || bytes[0] == 0x2E {
                allowsPlain = false
            }
            var offset = 0
            var afterBlank = true, afterSpace = false, afterBreak = false
            while offset < bytes.count {
                if Self.isOrdinary(bytes[offset]) {
                    (afterSpace, afterBreak, afterBlank) = (false, false, false)
                    offset += 1
                    continue
                }
                let character = ScalarCharacter(bytes, at: offset)
                let next = offset + character.length
                let isBlankNext = next >= bytes.count || ScalarCharacter(bytes, at: next).isBlank
                if Self.isIndicator(bytes[offset], isFirst: offset == 0, afterBlank, isBlankNext) {
                    allowsPlain = false
                }
                if !character.isPrintable { forbidAll() }
                let isEdge = offset == 0 || next >= bytes.count
                if character.isSpace {
                    if isEdge { allowsPlain = false }
                    if next >= bytes.count { allowsLiteral = false }
                    if afterBreak {
                        allowsPlain = false
                        allowsSingleQuotes = false
                    }
                } else if character.isBreak {
                    hasBreak = true
                    allowsPlain = false
                    if afterSpace { forbidAll() }
                }
                afterSpace = character.isSpace
                afterBreak = character.isBreak
                afterBlank = character.isBlank
                offset = next
            }
        }

        /// Letters, digits and what else means nothing in YAML.
        private static func isOrdinary(_ byte: UInt8) -> Bool {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "$"),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: "+"):
                true
            default: false
            }
        }

        private mutating func forbidAll() {
            allowsPlain = false
            allowsSingleQuotes = false
            allowsLiteral = false
        }

        private static func isIndicator(
            _ byte: UInt8, isFirst: Bool, _ afterBlank: Bool, _ isBlankNext: Bool
        ) -> Bool {
            switch byte {
            case UInt8(ascii: "#"): isFirst || afterBlank
            case UInt8(ascii: ":"): isBlankNext
            case UInt8(ascii: "?"), UInt8(ascii: "-"): isFirst && isBlankNext
            default: isFirst && ",[]{}&*!|>'\"%@`".utf8.contains(byte)
            }
        }
    }

    /// Whether a YAML 1.1 reader takes the plain text for something other than a string.
    private static func looksTyped(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return isTyped(text) || SexagesimalNumber.matches(text) || PlainTimestamp.matches(text)
        case UInt8(ascii: "."):
            return [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(text) || isTyped(text)
        default:
            return "yYnNtTfFoO~".utf8.contains(first) && isTyped(text) || text == "<<"
        }
    }

    private static func isTyped(_ text: String) -> Bool {
        if ["+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"].contains(text) { return true }
        if case .string = YAMLScalar.resolve(text, .kubernetes) { return false }
        return true
    }
}

/// One character of a string that is written, by what YAML says of it.
struct ScalarCharacter {
    /// In bytes.
    let length: Int
    private let value: UInt32

    init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) {
        let first = bytes[offset]
        length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        for index in (offset + 1)..<(offset + length) { value = value << 6 | UInt32(bytes[index] & 0x3F) }
        self.value = value
    }

    var isSpace: Bool { value == 0x20 }
    var isBreak: Bool { value == 0x0A || value == 0x0D || value == 0x85 || value == 0x2028 || value == 0x2029 }
    var isBlank: Bool { isSpace || value == 0x09 || isBreak }

    /// Characters outside of the basic plane are escaped.
    var isPrintable: Bool {
        switch value {
        case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        default: false
        }
    }

    /// How it stands in double quotes; nil for itself.
    var escape: String? {
        switch value {
        case 0x00: return "\\0"
        case 0x07: return "\\a"
        case 0x08: return "\\b"
        case 0x09: return "\\t"
        case 0x0A: return "\\n"
        case 0x0B: return "\\v"
        case 0x0C: return "\\f"
        case 0x0D: return "\\r"
        case 0x1B: return "\\e"
        case 0x22: return "\\\""
        case 0x5C: return "\\\\"
        case 0x85: return "\\N"
        case 0x2028: return "\\L"
        case 0x2029: return "\\P"
        default: break
        }
        guard !isPrintable else { return nil }
        let hex = String(value, radix: 16, uppercase: true)
        let (mark, width) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\\(mark)" + String(repeating: "0", count: width - hex.count) + hex
    }
}
