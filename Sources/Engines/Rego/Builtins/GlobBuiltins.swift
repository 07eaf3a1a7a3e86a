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

    /// No separators given means a dot; null means none.
    @Sendable static func match(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let pattern = try a.string(0)
        var separators: [Unicode.Scalar] = []
        if a[1] != .null {
            guard a[1].array != nil else { throw a.wrong(1, "one of {array, null}") }
            for element in try a.array(1) {
                guard let text = element.string else { throw Self.wrong("string", element) }
                guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
                    throw Self.wrong("rune", element)
                }
                separators.append(scalar)
            }
            if separators.isEmpty { separators = ["."] }
        }
        let text = try a.string(2)
        var translation = GlobTranslation(pattern, separators)
        return .bool(try a.host.expression(try translation.expression()).matches(text))
    }

    private static func wrong(_ expected: String, _ element: RegoValue) -> BuiltinFailure {
        BuiltinFailure(type: "operand 2 must be array of \(expected)s but got array containing \(element.typeName)")
    }
}
