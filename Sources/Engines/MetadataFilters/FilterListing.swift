/// A filter's tree as the text form of a CEL expression: what parsers of this language compare with one another.
public struct FilterListing: Sendable {
    private var lines: [String] = []
    private var level = 0
    private var offsets: [Int: Int] = [:]

    /// The listing; `location` names the filter in it.
    public static func text(_ expression: FilterExpression, of filter: String, location: String) -> String {
        var listing = FilterListing()
        listing.block("expr") { $0.node(expression) }
        listing.block("source_info") { listing in
            listing.line("location: \(quoted(location))")
            let starts = lineStarts(of: filter)
            for end in starts.dropFirst() { listing.line("line_offsets: \(end.byte)") }
            for (id, offset) in listing.offsets.sorted(by: { $0.key < $1.key }) {
                let start = starts.last { $0.scalar <= offset } ?? (0, 0)
                listing.block("positions") {
                    $0.line("key: \(id)")
                    $0.line("value: \(start.byte + offset - start.scalar)")
                }
            }
        }
        return listing.lines.joined(separator: "\n")
    }

    private mutating func line(_ text: String) { lines.append(String(repeating: "  ", count: level) + text) }

    private mutating func block(_ name: String, _ body: (inout FilterListing) -> Void) {
        line("\(name): <")
        level += 1
        body(&self)
        level -= 1
        line(">")
    }

    private mutating func node(_ node: FilterExpression) {
        offsets[node.id] = node.offset
        line("id: \(node.id)")
        switch node.content {
        case .empty: break
        case .constant(let constant):
            block("const_expr") { $0.line(Self.text(constant)) }
        case .identifier(let name):
            block("ident_expr") { $0.line("name: \(Self.quoted(name))") }
        case .select(let operand, let field):
            block("select_expr") { listing in
                listing.block("operand") { $0.node(operand) }
                listing.line("field: \(Self.quoted(field))")
            }
        case .call(let function, let target, let arguments):
            block("call_expr") { listing in
                if let target { listing.block("target") { $0.node(target) } }
                listing.line("function: \(Self.quoted(function))")
                for argument in arguments { listing.block("args") { $0.node(argument) } }
            }
        }
    }

    private static func text(_ constant: FilterExpression.Constant) -> String {
        switch constant {
        case .integer(let value): return "int64_value: \(value)"
        case .double(let value):
            let text = "\(value)"
            return "double_value: \(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)"
        case .string(let value): return "string_value: \(quoted(value))"
        }
    }

    /// Bytes other than printable ASCII in octal.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: result += "\\" + String(UnicodeScalar(byte))
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x20..<0x7F: result += String(UnicodeScalar(byte))
            default:
                let octal = String(byte, radix: 8)
                result += "\\" + String(repeating: "0", count: 3 - octal.utf8.count) + octal
            }
        }
        return result + "\""
    }

    /// Where each line begins, and where one more would: in bytes and in characters.
    private static func lineStarts(of text: String) -> [(byte: Int, scalar: Int)] {
        var result = [(byte: 0, scalar: 0)]
        var byte = 0
        var scalar = 0
        for character in text.unicodeScalars {
            byte += String(character).utf8.count
            scalar += 1
            if character == "\n" { result.append((byte, scalar)) }
        }
        return result + [(byte + 1, scalar + 1)]
    }
}
