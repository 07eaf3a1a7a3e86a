import RegularExpressions

/// Globs, matched as regular expressions.
enum GlobBuiltins {
    static let all = [
        Builtin("glob.match", 3, match),
        Builtin("glob.quote_meta", 1) { (a) throws(BuiltinFailure) in
            .string(
                StringBuiltins.string(
                    try a.string(0).unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                        "*?\\[]{}".unicodeScalars.contains(scalar) ? ["\\", scalar] : [scalar]
                    }))
        },
        Builtin("regex.globs_match", 2) { (a) throws(BuiltinFailure) in
            let (one, other) = (
                try PatternIntersection.parse(try a.string(0)), try PatternIntersection.parse(try a.string(1))
            )
            return .bool(PatternIntersection.intersect(one, other))
        },
    ]

    /// `*` stops at a separator, `**` does not. No separators given means a dot; null means none.
    @Sendable static func match(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (pattern, text) = (try a.string(0), try a.string(2))
        var separators: [Unicode.Scalar] = []
        if a[1] != .null {
            for element in try a.array(1) {
                guard let text = element.string, text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first
                else {
                    throw BuiltinFailure(type: "operand 2 must be array of single-character strings")
                }
                separators.append(scalar)
            }
            if separators.isEmpty { separators = ["."] }
        }
        return .bool(try a.host.expression(try translate(Array(pattern.unicodeScalars), separators)).matches(text))
    }

    private static func translate(_ glob: [Unicode.Scalar], _ separators: [Unicode.Scalar]) throws(BuiltinFailure)
        -> String
    {
        let escaped = separators.map { quoted($0, inClass: true) }.joined()
        let single = separators.isEmpty ? "(?s:.)" : "[^\(escaped)]"
        var result = "^"
        var index = 0
        var level = 0
        while index < glob.count {
            let scalar = glob[index]
            index += 1
            switch scalar {
            case "*":
                if index < glob.count, glob[index] == "*" {
                    while index < glob.count, glob[index] == "*" { index += 1 }
                    result += "(?s:.*)"
                } else {
                    result += single + "*"
                }
            case "?": result += single
            case "\\":
                guard index < glob.count else { throw BuiltinFailure("glob ends with an escape") }
                result += quoted(glob[index], inClass: false)
                index += 1
            case "{":
                level += 1
                result += "(?:"
            case "}" where level > 0:
                level -= 1
                result += ")"
            case "," where level > 0: result += "|"
            case "[":
                result += "["
                if index < glob.count, glob[index] == "!" || glob[index] == "^" {
                    result += "^"
                    index += 1
                }
                var isClosed = false
                while index < glob.count {
                    let member = glob[index]
                    index += 1
                    if member == "]" {
                        isClosed = true
                        break
                    }
                    if member == "\\", index < glob.count {
                        result += quoted(glob[index], inClass: true)
                        index += 1
                    } else {
                        result += member == "-" ? "-" : quoted(member, inClass: true)
                    }
                }
                guard isClosed else { throw BuiltinFailure("unclosed character list in glob") }
                result += "]"
            default: result += quoted(scalar, inClass: false)
            }
        }
        guard level == 0 else { throw BuiltinFailure("unclosed alternatives in glob") }
        return result + "$"
    }

    private static func quoted(_ scalar: Unicode.Scalar, inClass: Bool) -> String {
        if inClass, scalar == "-" || scalar == "^" || scalar == "]" || scalar == "[" || scalar == "\\" {
            return "\\\(scalar)"
        }
        return inClass ? String(scalar) : RegularExpression.quoted(String(scalar))
    }
}

/// Whether two simple patterns (characters, classes, dots, each with an optional `*` or `+`) match a common text.
enum PatternIntersection {
    struct Token {
        /// Ranges of characters; nil for any.
        var ranges: [ClosedRange<UInt32>]
        var repeats: Bool
        var isOptional: Bool
    }

    static func parse(_ text: String) throws(BuiltinFailure) -> [Token] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [Token] = []
        var index = 0
        func failure(_ reason: String) -> BuiltinFailure {
            BuiltinFailure("input:\(text), pos:\(index), \(reason): the input provided is invalid")
        }
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case ".": tokens.append(Token(ranges: [0...0x10FFFF], repeats: false, isOptional: false))
            case "*", "+":
                guard let last = tokens.indices.last, !tokens[last].repeats else {
                    throw failure("flag '\(scalar)' must be preceded by a non-flag")
                }
                tokens[last].repeats = true
                tokens[last].isOptional = scalar == "*"
            case "\\":
                guard index < scalars.count else { throw failure("escape at the end") }
                let value = scalars[index].value
                index += 1
                tokens.append(Token(ranges: [value...value], repeats: false, isOptional: false))
            case "]": throw failure("set-close ']' with no preceding '['")
            case "[":
                var ranges: [ClosedRange<UInt32>] = []
                var isClosed = false
                while index < scalars.count {
                    var member = scalars[index]
                    index += 1
                    if member == "]" {
                        isClosed = true
                        break
                    }
                    if member == "\\", index < scalars.count {
                        member = scalars[index]
                        index += 1
                    }
                    if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                        let upper = scalars[index + 1]
                        index += 2
                        guard member.value <= upper.value else { throw failure("range upside down") }
                        ranges.append(member.value...upper.value)
                    } else {
                        ranges.append(member.value...member.value)
                    }
                }
                guard isClosed else { throw failure("set not closed") }
                tokens.append(Token(ranges: ranges, repeats: false, isOptional: false))
            default: tokens.append(Token(ranges: [scalar.value...scalar.value], repeats: false, isOptional: false))
            }
        }
        return tokens
    }

    /// Walks both patterns side by side; every pair of places is visited once.
    static func intersect(_ left: [Token], _ right: [Token]) -> Bool {
        var seen: Set<Int> = []
        var queue = [(0, 0)]
        while let (i, j) = queue.popLast() {
            guard seen.insert(i * (right.count + 1) + j).inserted else { continue }
            if i == left.count, j == right.count { return true }
            if i < left.count, left[i].isOptional { queue.append((i + 1, j)) }
            if j < right.count, right[j].isOptional { queue.append((i, j + 1)) }
            guard i < left.count, j < right.count, overlap(left[i], right[j]) else { continue }
            // A repeated token may stay for more characters, then it is optional from there on.
            queue.append((i + 1, j + 1))
            if left[i].repeats { queue.append((i, j + 1)) }
            if right[j].repeats { queue.append((i + 1, j)) }
        }
        return false
    }

    private static func overlap(_ left: Token, _ right: Token) -> Bool {
        left.ranges.contains { one in right.ranges.contains { $0.overlaps(one) } }
    }
}
