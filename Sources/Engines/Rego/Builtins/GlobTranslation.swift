import RegularExpressions

/// Turns a glob, as OPA's users write it, into a regular expression.
///
/// `*` and `?` stop at a separator, `**` does not. Between brackets stands either one range (`[a-z]`) or a list of
/// characters (`[abc]`), with `!` before it for all others; both of them at once are an error. Braces that are not
/// closed end with the text.
struct GlobTranslation {
    private let glob: [Unicode.Scalar]
    private let single: String
    private var index = 0
    private var level = 0
    private var result = "^"

    init(_ glob: String, _ separators: [Unicode.Scalar]) {
        self.glob = Array(glob.unicodeScalars)
        single = separators.isEmpty ? "(?s:.)" : "[^" + separators.map(Self.member).joined() + "]"
    }

    mutating func expression() throws(BuiltinFailure) -> String {
        while let scalar = next() {
            switch scalar {
            case "*":
                if current == "*" {
                    index += 1
                    result += "(?s:.*)"
                } else {
                    result += single + "*"
                }
            case "?": result += single
            case "\\":
                // A backslash at the end stands for nothing.
                if let escaped = next() { result += RegularExpression.quoted(String(escaped)) }
            case "{":
                level += 1
                result += "(?:"
            case "}" where level > 0:
                level -= 1
                result += ")"
            case "," where level > 0: result += "|"
            case "[": try list()
            default: result += RegularExpression.quoted(String(scalar))
            }
        }
        result += String(repeating: ")", count: level) + "$"
        return result
    }

    private var current: Unicode.Scalar? { index < glob.count ? glob[index] : nil }

    private mutating func next() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        index += 1
        return scalar
    }

    /// Behind the opening bracket.
    private mutating func list() throws(BuiltinFailure) {
        let isInverted = current == "!"
        if isInverted { index += 1 }
        guard let first = current else { throw BuiltinFailure("unexpected end of input") }
        var members = ""
        if index + 1 < glob.count, glob[index + 1] == "-" {
            index += 2
            guard let last = next() else { throw BuiltinFailure("unexpected end of input") }
            guard first.value <= last.value else {
                throw BuiltinFailure("hi character '\(last)' should be greater than lo '\(first)'")
            }
            members = Self.member(first) + "-" + Self.member(last)
        } else {
            while let scalar = current, scalar != "]" {
                index += 1
                if scalar != "\\" {
                    members += Self.member(scalar)
                } else if let escaped = next() {
                    members += Self.member(escaped)
                }
            }
        }
        guard let end = next() else { throw BuiltinFailure("unexpected end of input") }
        guard end == "]" else { throw BuiltinFailure("expected close range character") }
        guard !members.isEmpty else { throw BuiltinFailure("empty list in glob") }
        result += "[" + (isInverted ? "^" : "") + members + "]"
    }

    /// Inside a class of a regular expression.
    private static func member(_ scalar: Unicode.Scalar) -> String {
        ["-", "^", "]", "[", "\\", "&", "~"].contains(scalar) ? "\\\(scalar)" : String(scalar)
    }
}
