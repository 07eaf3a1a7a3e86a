/// Writes JSON. The canonical form has keys ordered by bytes, no space and the shortest escapes, so that equal
/// documents give equal bytes.
public enum JSONWriter {
    public enum Style: Sendable {
        /// One line, keys as they stand.
        case compact
        /// One line, keys ordered by bytes.
        case canonical
        /// Two spaces of indentation, keys as they stand.
        case pretty
    }

    public static func bytes(_ value: Value, style: Style = .compact) -> [UInt8] {
        var output: [UInt8] = []
        write(value, style, 0, &output)
        return output
    }

    public static func string(_ value: Value, style: Style = .compact) -> String {
        String(decoding: bytes(value, style: style), as: UTF8.self)
    }

    private static func write(_ value: Value, _ style: Style, _ depth: Int, _ output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.text.utf8)
        case .string(let text): write(text, &output)
        case .array(let elements):
            list("[", "]", elements, style, depth, &output) { element, output in
                write(element, style, depth + 1, &output)
            }
        case .object(let object):
            let members = style == .canonical ? object.sorted().members : object.members
            list("{", "}", members, style, depth, &output) { member, output in
                write(member.key, &output)
                output.append(UInt8(ascii: ":"))
                if style == .pretty { output.append(UInt8(ascii: " ")) }
                write(member.value, style, depth + 1, &output)
            }
        }
    }

    private static func list<Element>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element], _ style: Style, _ depth: Int,
        _ output: inout [UInt8], _ each: (Element, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            newLine(style, depth + 1, &output)
            each(element, &output)
        }
        if !elements.isEmpty { newLine(style, depth, &output) }
        output.append(UInt8(ascii: close))
    }

    private static func newLine(_ style: Style, _ depth: Int, _ output: inout [UInt8]) {
        guard style == .pretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    static func write(_ text: String, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
            case UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20: output.append(contentsOf: "\\u00".utf8 + [hex(byte >> 4), hex(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 87 + digit }
}
