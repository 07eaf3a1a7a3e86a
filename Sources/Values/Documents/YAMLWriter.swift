/// Writes block-style YAML that every YAML 1.1 and 1.2 reader takes for the same value.
public enum YAMLWriter {
    /// One document, ending in a line break, keys in their order.
    public static func string(_ value: Value) -> String {
        var output = ""
        write(value, indent: 0, into: &output, startsLine: true)
        if !output.hasSuffix("\n") { output += "\n" }
        return output
    }

    /// A stream of documents separated by `---`.
    public static func string(documents: [Value]) -> String {
        documents.map { string($0) }.joined(separator: "---\n")
    }

    private static func write(_ value: Value, indent: Int, into output: inout String, startsLine: Bool) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let object) where !object.isEmpty:
            for (index, member) in object.members.enumerated() {
                if index > 0 || !startsLine { output += margin }
                output += key(member.key) + ":"
                writeMember(member.value, indent: indent, into: &output)
            }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                if index > 0 || !startsLine { output += margin }
                output += "- "
                write(element, indent: indent + 2, into: &output, startsLine: true)
                if !output.hasSuffix("\n") { output += "\n" }
            }
        default: output += scalar(value, indent: indent)
        }
    }

    private static func writeMember(_ value: Value, indent: Int, into output: inout String) {
        switch value {
        case .object(let object) where !object.isEmpty:
            output += "\n"
            write(value, indent: indent + 2, into: &output, startsLine: false)
        case .array(let elements) where !elements.isEmpty:
            // Kubernetes tools write a list at its key's own indentation.
            output += "\n"
            write(value, indent: indent, into: &output, startsLine: false)
        default:
            output += " " + scalar(value, indent: indent + 2)
            if !output.hasSuffix("\n") { output += "\n" }
        }
    }

    private static func scalar(_ value: Value, indent: Int) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .array: "[]"
        case .object: "{}"
        case .string(let text): string(text, indent: indent)
        }
    }

    private static func key(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    private static func string(_ text: String, indent: Int) -> String {
        if isPlain(text) { return text }
        guard text.contains("\n"), isBlockSafe(text) else { return quoted(text) }
        let margin = String(repeating: " ", count: max(indent, 2))
        var body = Substring(text)
        var chomping = "-"
        if body.hasSuffix("\n") {
            body = body.dropLast()
            chomping = body.hasSuffix("\n") ? "+" : ""
        }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        return "|\(chomping)\n" + lines.map { $0.isEmpty ? "\n" : margin + $0 + "\n" }.joined()
    }

    /// A block scalar keeps its text when the first line does not start with space and no control character is in it.
    private static func isBlockSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x20, first != 0x0A, first != 0x09 else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPrintable($0) }
            && !text.split(separator: "\n").contains { $0.hasSuffix(" ") || $0.hasSuffix("\t") }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value < 0x7F
            || scalar.value >= 0xA0 && scalar.value != 0x2028
                && scalar.value != 0x2029 && scalar.value != 0xFEFF
    }

    private static func quoted(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isPrintable) {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        // In double quotes YAML takes JSON's escapes; it needs more of them, for what it reads as a line break.
        var output: [UInt8] = []
        JSONWriter.write(text, &output)
        return String(decoding: output, as: UTF8.self).unicodeScalars.map { scalar in
            guard !isPrintable(scalar) else { return String(scalar) }
            let hex = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        }.joined()
    }

    /// Plain only where no reader of either version sees anything but this text.
    static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, last != 0x20, last != UInt8(ascii: ":") else {
            return false
        }
        let bytes = Array(text.utf8)
        let isLetter =
            (first | 0x20 >= 97 && first | 0x20 <= 122) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_")
        let isDigit = (48...57).contains(first)
        guard
            isLetter || isDigit || (first == UInt8(ascii: ".") && bytes.count > 1)
                || (first == UInt8(ascii: "-") && bytes.count > 1 && bytes[1] | 0x20 >= 97 && bytes[1] | 0x20 <= 122
                    || text.hasPrefix("--") && text != "---")
        else {
            return false
        }
        guard text.unicodeScalars.allSatisfy({ isPrintable($0) }), !text.hasPrefix("---"),
            !text.contains(": "), !text.contains(" #"), !text.hasPrefix("...")
        else { return false }
        if isDigit || first == UInt8(ascii: "."), mayBeNumberOrDate(bytes) { return false }
        if case .string = YAMLScalar.resolve(text, .kubernetes), case .string = YAMLScalar.resolve(text, .core) {
            return true
        }
        return false
    }

    /// Digits with the signs of numbers, times and dates only: `1:30`, `2001-12-14`, `1_000`, `.5`, `0x1F`, `1e3`.
    private static func mayBeNumberOrDate(_ bytes: [UInt8]) -> Bool {
        let hasHexPrefix = bytes.count > 1 && bytes[0] == 48 && "xXoObB".utf8.contains(bytes[1])
        return hasHexPrefix || bytes.allSatisfy { (48...57).contains($0) || "+-_.,:eETtZz ".utf8.contains($0) }
            || [".inf", ".nan"].contains(String(decoding: bytes, as: UTF8.self).lowercased())
    }
}
