import Documents
import WaybillCore

extension HCLReader {
    /// A text in quotes. One that is nothing but `${…}` is what the braces hold.
    mutating func template(depth: Int) throws(DocumentError) -> Node {
        let start = scanner.position
        scanner.advance()
        let node = try parts(depth: depth, start) { $0 == UInt8(ascii: "\"") }
        guard scanner.take("\"") else { throw scanner.error("the text in quotes has no end", at: start) }
        return node
    }

    /// `<<EOF` or `<<-EOF` with the lines up to the mark; the second form loses its common indentation.
    mutating func heredoc(depth: Int) throws(DocumentError) -> Node {
        let start = scanner.position
        scanner.advance(by: 2)
        let isFlush = scanner.take("-")
        let mark = identifier()
        if scanner.byte == 0x0D { scanner.advance() }
        guard !mark.isEmpty, scanner.take("\n") else {
            throw scanner.error("expected <<NAME at the line's end", at: start)
        }
        var lines: [String] = []
        while true {
            guard !scanner.isAtEnd else { throw scanner.error("the text up to \(mark) does not end", at: start) }
            let line = scanner.prefix { $0 != 0x0A }
            if line.trimmed == mark { break }
            lines.append(line)
            scanner.advance()
        }
        if isFlush {
            let indent =
                lines.filter { !$0.trimmed.isEmpty }.map { $0.utf8.prefix { $0 == 0x20 || $0 == 0x09 }.count }
                .min() ?? 0
            lines = lines.map {
                String(
                    decoding: Array($0.utf8.dropFirst(min(indent, $0.utf8.prefix { $0 == 0x20 || $0 == 0x09 }.count))),
                    as: UTF8.self)
            }
        }
        let text = lines.map { $0 + "\n" }.joined()
        // The lines are a template of their own; positions in it are told as the text's.
        do {
            var reader = HCLReader(scanner: try ByteScanner(Array(text.utf8), .standard))
            var node = try reader.parts(depth: depth, start, isHeredoc: true) { _ in false }
            node.position = start
            return node
        } catch {
            throw DocumentError(at: start, error.message)
        }
    }

    /// Text and interpolations up to a byte that ends them.
    private mutating func parts(
        depth: Int, _ start: Position, isHeredoc: Bool = false, until isEnd: (UInt8) -> Bool
    ) throws(DocumentError) -> Node {
        try scanner.checkDepth(depth)
        var text: [UInt8] = []
        var single: Node?
        var count = 0
        while let byte = scanner.byte, !isEnd(byte) {
            if scanner.take("$${") {
                text += Array("${".utf8)
            } else if scanner.take("%%{") {
                text += Array("%{".utf8)
            } else if scanner.isAt("${") {
                let node = try interpolation(depth: depth)
                count += 1
                single = text.isEmpty && count == 1 ? node.value : nil
                text += Array(node.source.utf8)
                continue
            } else if scanner.isAt("%{") {
                text += Array(try directive(depth: depth).utf8)
            } else if byte == UInt8(ascii: "\\"), !isHeredoc {
                try escape(into: &text)
            } else {
                guard byte != 0x0A || isHeredoc else {
                    throw scanner.error("the text in quotes has no end", at: start)
                }
                text.append(byte)
                scanner.advance()
            }
            single = nil
            count += 1
        }
        if let single, !isHeredoc { return single }
        return .string(String(decoding: text, as: UTF8.self), at: start)
    }

    private mutating func interpolation(depth: Int) throws(DocumentError) -> (value: Node, source: String) {
        scanner.advance(by: 2)
        _ = scanner.take("~")
        try skipSpace(lines: true)
        let (start, position) = (scanner.index, scanner.position)
        let value = try expression(depth: depth + 1, lines: true)
        let source = scanner.text(start..<scanner.index)
        try skipSpace(lines: true)
        _ = scanner.take("~")
        guard scanner.take("}") else { throw scanner.error("“${” has no “}”", at: position) }
        return (value, "${\(source)}")
    }

    /// `%{if …}`, `%{else}`, `%{endif}`, `%{for … in …}`, `%{endfor}`
    private mutating func directive(depth: Int) throws(DocumentError) -> String {
        let position = scanner.position
        scanner.advance(by: 2)
        _ = scanner.take("~")
        try skipSpace(lines: true)
        let start = scanner.index
        let word = identifier()
        var end = scanner.index
        switch word {
        case "if":
            try skipSpace(lines: true)
            _ = try expression(depth: depth + 1, lines: true)
            end = scanner.index
        case "for":
            try forHead(depth: depth)
            end = scanner.index
        case "else", "endif", "endfor": break
        default: throw scanner.error("unknown directive \(Redaction.excerpt(word))", at: position)
        }
        let source = scanner.text(start..<end).trimmed
        try skipSpace(lines: true)
        _ = scanner.take("~")
        guard scanner.take("}") else { throw scanner.error("“%{” has no “}”", at: position) }
        return "%{\(source)}"
    }

    private mutating func escape(into text: inout [UInt8]) throws(DocumentError) {
        let start = scanner.position
        scanner.advance()
        guard let letter = scanner.byte else { throw scanner.error("the text in quotes has no end", at: start) }
        scanner.advance()
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = letter == UInt8(ascii: "u") ? 4 : 8
            let end = scanner.index + count
            guard end <= scanner.bytes.count, scanner.bytes[scanner.index..<end].allSatisfy(\.isHexDigit),
                let code = UInt32(scanner.text(scanner.index..<end), radix: 16), let scalar = Unicode.Scalar(code)
            else { throw scanner.error("expected \(count) hexadecimal digits of a character", at: start) }
            scanner.advance(by: count)
            text += Array(String(Character(scalar)).utf8)
        default: throw scanner.error("unknown escape in quotes", at: start)
        }
    }
}
