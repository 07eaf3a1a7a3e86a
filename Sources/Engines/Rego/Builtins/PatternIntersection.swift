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
