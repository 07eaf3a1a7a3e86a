import RegularExpressions

/// Regular expressions in RE2's syntax.
enum RegexBuiltins {
    static let all = [
        Builtin("regex.match", 2, match), Builtin("re_match", 2, match),
        Builtin("regex.is_valid", 1) { (a) throws(BuiltinFailure) in
            guard let pattern = a[0].string else { return .bool(false) }
            return .bool((try? a.host.expression(pattern)) != nil)
        },
        Builtin("regex.split", 2) { (a) throws(BuiltinFailure) in
            .array(try a.host.expression(try a.string(0)).split(try a.string(1)).map { .string($0) })
        },
        Builtin("regex.find_n", 3) { (a) throws(BuiltinFailure) in
            let (expression, text, count) = (try a.host.expression(try a.string(0)), try a.string(1), try a.int(2))
            return .array(expression.findAll(in: text, limit: count < 0 ? .max : count).map { .string($0) })
        },
        Builtin("regex.find_all_string_submatch_n", 3, submatches),
        Builtin("regex.replace", 3) { (a) throws(BuiltinFailure) in
            let (text, pattern, template) = (try a.string(0), try a.string(1), try a.string(2))
            return .string(try a.host.expression(pattern).replaceAll(in: text, with: template))
        },
        Builtin("regex.template_match", 4, templateMatch),
    ]

    /// RE2's words for what is wrong in those of Go, which policies are tested against: `missing closing ): `(``.
    static func complaint(_ message: String) -> String {
        let text = message.replacingPrefix("not a valid regular expression: ", with: "")
        for (found, told) in complaints where text.hasPrefix(found) {
            let rest = text.dropFirst(found.count)
            guard rest.hasPrefix(": ") else { return rest.isEmpty ? "\(told): ``" : told + rest }
            return "\(told): `\(rest.dropFirst(2))`"
        }
        return text
    }

    private static let complaints = [
        ("missing ]", "missing closing ]"), ("missing )", "missing closing )"),
        ("trailing \\", "trailing backslash at end of expression"),
        ("no argument for repetition operator", "missing argument to repetition operator"),
        ("invalid repetition size", "invalid repeat count"),
        ("bad repetition operator", "invalid nested repetition operator"),
        ("invalid perl operator", "invalid or unsupported Perl syntax"),
        ("invalid named capture group", "invalid named capture"),
        ("invalid character class range", "invalid character class range"),
        ("invalid escape sequence", "invalid escape sequence"),
        ("unexpected )", "unexpected )"),
    ]

    @Sendable static func match(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (pattern, text) = (try a.string(0), try a.string(1))
        return .bool(try a.host.expression(pattern).matches(text))
    }

    @Sendable static func submatches(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (expression, count) = (try a.host.expression(try a.string(0)), try a.int(2))
        let bytes = Array(try a.string(1).utf8)
        return .array(
            expression.allMatches(in: bytes, limit: count < 0 ? .max : count).map { match in
                .array(match.ranges.map { .string($0.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "") })
            })
    }

    /// A text with patterns between delimiters: `urn:foo:{.*}`.
    @Sendable static func templateMatch(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (template, text) = (try a.string(0), try a.string(1))
        let (open, close) = (Array(try a.string(2).unicodeScalars), Array(try a.string(3).unicodeScalars))
        for (name, delimiter) in [("start", try a.string(2)), ("end", try a.string(3))]
        where delimiter.utf8.count != 1 {
            // The length that is told is that of the first one, also for the second.
            throw BuiltinFailure(
                "\(name) delimiter has to be exactly one character long but is \(try a.string(2).utf8.count) long")
        }
        var pattern = "^"
        var literal = String.UnicodeScalarView()
        var inner = String.UnicodeScalarView()
        var level = 0
        for scalar in template.unicodeScalars {
            if scalar == open[0] {
                level += 1
                if level == 1 {
                    pattern += RegularExpression.quoted(String(literal))
                    literal = String.UnicodeScalarView()
                    continue
                }
            } else if scalar == close[0] {
                level -= 1
                guard level >= 0 else { throw BuiltinFailure("unbalanced braces in \(GoText.quoted(template))") }
                if level == 0 {
                    pattern += "(" + String(inner) + ")"
                    inner = String.UnicodeScalarView()
                    continue
                }
            }
            if level > 0 { inner.append(scalar) } else { literal.append(scalar) }
        }
        guard level == 0 else { throw BuiltinFailure("unbalanced braces in \(GoText.quoted(template))") }
        pattern += RegularExpression.quoted(String(literal)) + "$"
        return .bool(try a.host.expression(pattern).matches(text))
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
