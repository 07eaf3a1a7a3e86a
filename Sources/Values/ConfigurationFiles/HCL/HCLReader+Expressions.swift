import Documents
import WaybillCore

extension HCLReader {
    /// An expression: literals, lists and objects as values, everything else as its source. `lines` says whether it may
    /// go on over line ends, as it may inside of brackets.
    mutating func expression(depth: Int, lines: Bool) throws(DocumentError) -> Node {
        try scanner.checkDepth(depth)
        let (start, position) = (scanner.index, scanner.position)
        var node = try operand(depth: depth, lines: lines)
        var end = scanner.index
        var isWhole = true
        // Operators only matter for where the expression ends: their order is not asked for.
        while true {
            let before = scanner
            try skipSpace(lines: lines)
            if takeOperator() {
                try skipSpace(lines: lines)
                _ = try operand(depth: depth + 1, lines: lines)
            } else if scanner.byte == UInt8(ascii: "?") {
                scanner.advance()
                try skipSpace(lines: lines)
                _ = try expression(depth: depth + 1, lines: lines)
                try skipSpace(lines: lines)
                try scanner.expect(":")
                try skipSpace(lines: lines)
                _ = try expression(depth: depth + 1, lines: lines)
            } else {
                scanner = before
                break
            }
            isWhole = false
            end = scanner.index
        }
        if !isWhole { node = source(start..<end, at: position) }
        return node
    }

    func source(_ range: Range<Int>, at position: Position) -> Node {
        .string("${\(scanner.text(range))}", at: position)
    }

    private mutating func takeOperator() -> Bool {
        if scanner.take("==") || scanner.take("!=") || scanner.take("<=") || scanner.take(">=") || scanner.take("&&")
            || scanner.take("||")
        {
            return true
        }
        guard let byte = scanner.byte, "+-*/%<>".utf8.contains(byte) else { return false }
        scanner.advance()
        return true
    }

    /// A term with what follows it: indexes, attributes, splats.
    private mutating func operand(depth: Int, lines: Bool) throws(DocumentError) -> Node {
        try scanner.checkDepth(depth)
        let (start, position) = (scanner.index, scanner.position)
        if scanner.take("-") || scanner.take("!") {
            try skipSpace(lines: lines)
            _ = try operand(depth: depth + 1, lines: lines)
            return source(start..<scanner.index, at: position)
        }
        let term = try term(depth: depth)
        var hasMore = false
        while let byte = scanner.byte {
            if byte == UInt8(ascii: "."), let next = scanner.peek(1), next.isWord || next == UInt8(ascii: "*") {
                scanner.advance(by: 2)
                _ = scanner.prefix { $0.isWord || $0 == UInt8(ascii: "-") }
            } else if byte == UInt8(ascii: "[") {
                scanner.advance()
                try skipSpace(lines: true)
                if !scanner.take("*") { _ = try expression(depth: depth + 1, lines: true) }
                try skipSpace(lines: true)
                try scanner.expect("]")
            } else {
                break
            }
            hasMore = true
        }
        return hasMore ? source(start..<scanner.index, at: position) : term
    }

    private mutating func term(depth: Int) throws(DocumentError) -> Node {
        let (start, position) = (scanner.index, scanner.position)
        switch scanner.byte {
        case UInt8(ascii: "\"")?: return try template(depth: depth)
        case UInt8(ascii: "<")? where scanner.peek(1) == UInt8(ascii: "<"): return try heredoc(depth: depth)
        case UInt8(ascii: "[")?: return try list(depth: depth)
        case UInt8(ascii: "{")?: return try object(depth: depth)
        case UInt8(ascii: "(")?:
            scanner.advance()
            try skipSpace(lines: true)
            _ = try expression(depth: depth + 1, lines: true)
            try skipSpace(lines: true)
            try scanner.expect(")")
            return source(start..<scanner.index, at: position)
        case let byte? where byte.isDigit: return try number(at: position)
        default: return try name(depth: depth)
        }
    }

    private mutating func number(at position: Position) throws(DocumentError) -> Node {
        let start = scanner.index
        _ = scanner.prefix(while: \.isDigit)
        if scanner.byte == UInt8(ascii: "."), scanner.peek(1)?.isDigit == true {
            scanner.advance()
            _ = scanner.prefix(while: \.isDigit)
        }
        if let byte = scanner.byte, byte | 0x20 == UInt8(ascii: "e"), let next = scanner.peek(1),
            next.isDigit
                || ((next == UInt8(ascii: "+") || next == UInt8(ascii: "-")) && scanner.peek(2)?.isDigit == true)
        {
            scanner.advance(by: 2)
            _ = scanner.prefix(while: \.isDigit)
        }
        let text = scanner.text(from: start)
        guard let number = LooseScalar.number(text) else { throw scanner.error("not a number", at: position) }
        return Node(.scalar(.number(number)), at: position)
    }

    /// true, false, null, a variable or a call.
    private mutating func name(depth: Int) throws(DocumentError) -> Node {
        let (start, position) = (scanner.index, scanner.position)
        var name = identifier()
        guard !name.isEmpty else { throw scanner.error("expected an expression") }
        while scanner.isAt("::") {
            scanner.advance(by: 2)
            name += "::" + identifier()
        }
        if scanner.take("(") {
            try skipSpace(lines: true)
            while !scanner.isAtEnd, scanner.byte != UInt8(ascii: ")") {
                _ = try expression(depth: depth + 1, lines: true)
                try skipSpace(lines: true)
                _ = scanner.take("...")
                try skipSpace(lines: true)
                guard scanner.take(",") else { break }
                try skipSpace(lines: true)
            }
            try scanner.expect(")")
            return source(start..<scanner.index, at: position)
        }
        switch name {
        case "true": return Node(.scalar(true), at: position)
        case "false": return Node(.scalar(false), at: position)
        case "null": return Node(.scalar(.null), at: position)
        default: return source(start..<scanner.index, at: position)
        }
    }

    private mutating func list(depth: Int) throws(DocumentError) -> Node {
        let (start, position) = (scanner.index, scanner.position)
        scanner.advance()
        try skipSpace(lines: true)
        if isAtWord("for") { return try forExpression("]", start, position, depth) }
        var elements: [Node] = []
        while !scanner.isAtEnd, scanner.byte != UInt8(ascii: "]") {
            elements.append(try expression(depth: depth + 1, lines: true))
            try skipSpace(lines: true)
            guard scanner.take(",") else { break }
            try skipSpace(lines: true)
        }
        guard scanner.take("]") else { throw scanner.error("expected “,” or “]”") }
        return Node(.array(elements), at: position)
    }

    private mutating func object(depth: Int) throws(DocumentError) -> Node {
        let (start, position) = (scanner.index, scanner.position)
        scanner.advance()
        try skipSpace(lines: true)
        if isAtWord("for") { return try forExpression("}", start, position, depth) }
        var members = ObjectBuilder()
        while !scanner.isAtEnd, scanner.byte != UInt8(ascii: "}") {
            let keyPosition = scanner.position
            let key = try key(depth: depth)
            try skipSpace(lines: false)
            guard scanner.take("=") || scanner.take(":") else { throw scanner.error("expected “=” after the key") }
            try skipSpace(lines: true)
            members.set(key, at: keyPosition, try expression(depth: depth + 1, lines: false))
            // Items end with a comma or with the line.
            try skipSpace(lines: false)
            let isSeparated = scanner.take(",") || scanner.byte == 0x0A || scanner.byte == UInt8(ascii: "}")
            guard isSeparated else { throw scanner.error("expected “,”, “}” or the end of the line") }
            try skipSpace(lines: true)
        }
        try scanner.expect("}")
        return members.node(at: position)
    }

    private mutating func key(depth: Int) throws(DocumentError) -> String {
        let start = scanner.index
        let isName = scanner.byte.map { $0.isWord && !$0.isDigit } ?? false
        let node = try operand(depth: depth + 1, lines: false)
        if isName { return scanner.text(from: start) }
        switch node.scalar {
        case .string(let text): return text
        case .number(let number): return number.text
        default: throw scanner.error("expected a key", at: node.position)
        }
    }

    private func isAtWord(_ word: StaticString) -> Bool {
        scanner.isAt(word) && scanner.peek(word.utf8CodeUnitCount).map { $0.isSpace } ?? false
    }

    /// `[for k, v in map : v if v > 1]`, `{for k, v in map : k => v...}`
    private mutating func forExpression(
        _ close: Unicode.Scalar, _ start: Int, _ position: Position, _ depth: Int
    ) throws(DocumentError) -> Node {
        scanner.advance(by: 3)
        try forHead(depth: depth)
        try scanner.expect(":")
        try skipSpace(lines: true)
        _ = try expression(depth: depth + 1, lines: true)
        try skipSpace(lines: true)
        if scanner.take("=>") {
            try skipSpace(lines: true)
            _ = try expression(depth: depth + 1, lines: true)
            try skipSpace(lines: true)
        }
        _ = scanner.take("...")
        try skipSpace(lines: true)
        if isAtWord("if") {
            scanner.advance(by: 2)
            try skipSpace(lines: true)
            _ = try expression(depth: depth + 1, lines: true)
            try skipSpace(lines: true)
        }
        try scanner.expect(close)
        return source(start..<scanner.index, at: position)
    }

    /// ` k, v in collection`, up to what follows the collection.
    mutating func forHead(depth: Int) throws(DocumentError) {
        repeat {
            try skipSpace(lines: true)
            guard !identifier().isEmpty else { throw scanner.error("expected a variable") }
            try skipSpace(lines: true)
        } while scanner.take(",")
        guard isAtWord("in") else { throw scanner.error("expected “in”") }
        scanner.advance(by: 2)
        try skipSpace(lines: true)
        _ = try expression(depth: depth + 1, lines: true)
        try skipSpace(lines: true)
    }
}
