/// Licence expressions as SPDX writes them: names joined by AND, OR and WITH, in parentheses.
enum Licences {
    indirect enum Expression: Equatable {
        case name(String)
        case all([Expression])
        case any([Expression])
    }

    private static let depthMax = 32

    /// Whether the text is an expression of names that the SPDX list has, or of `LicenseRef-…`.
    static func isExpression(_ text: String) -> Bool {
        guard let parsed = parse(text) else { return false }
        return names(parsed).allSatisfy { name in
            let parts = name.split(separator: " ").filter { $0 != "WITH" }
            return parts.allSatisfy { isName(String($0)) }
        }
    }

    private static func isName(_ text: String) -> Bool {
        LicenceNames.isKnown(text) || text.hasPrefix("LicenseRef-")
            || text.hasSuffix("+") && LicenceNames.isKnown(String(text.dropLast()))
    }

    /// One expression for all that a package declares; nil where a part is none.
    static func expression(of texts: [String]) -> String? {
        let normal = texts.map(LicenceNames.normal).filter { !$0.isEmpty }
        guard !normal.isEmpty, normal.allSatisfy(isExpression) else { return nil }
        return normal.count == 1
            ? normal[0] : normal.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " AND ")
    }

    static func names(_ expression: Expression) -> [String] {
        switch expression {
        case .name(let name): [name]
        case .all(let parts), .any(let parts): parts.flatMap(names)
        }
    }

    /// Nil for a text that is no expression.
    static func parse(_ text: String) -> Expression? {
        var words: [Substring] = []
        for part in text.prefix(4096).split(separator: " ") {
            var rest = part
            while rest.first == "(" {
                words.append("(")
                rest = rest.dropFirst()
            }
            var closing = 0
            while rest.last == ")" {
                closing += 1
                rest = rest.dropLast()
            }
            if !rest.isEmpty { words.append(rest) }
            words += [Substring](repeating: ")", count: closing)
        }
        var position = 0
        guard let expression = disjunction(words, &position, 0), position == words.count else { return nil }
        return expression
    }

    private static func disjunction(_ words: [Substring], _ position: inout Int, _ depth: Int) -> Expression? {
        guard depth < depthMax, var parts = conjunction(words, &position, depth).map({ [$0] }) else { return nil }
        while position < words.count, words[position].uppercased() == "OR" {
            position += 1
            guard let next = conjunction(words, &position, depth) else { return nil }
            parts.append(next)
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private static func conjunction(_ words: [Substring], _ position: inout Int, _ depth: Int) -> Expression? {
        guard var parts = name(words, &position, depth).map({ [$0] }) else { return nil }
        while position < words.count, words[position].uppercased() == "AND" {
            position += 1
            guard let next = name(words, &position, depth) else { return nil }
            parts.append(next)
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private static func name(_ words: [Substring], _ position: inout Int, _ depth: Int) -> Expression? {
        guard position < words.count else { return nil }
        if words[position] == "(" {
            position += 1
            guard let inner = disjunction(words, &position, depth + 1), position < words.count, words[position] == ")"
            else { return nil }
            position += 1
            return inner
        }
        let word = words[position]
        guard word != ")", !["AND", "OR", "WITH"].contains(word.uppercased()) else { return nil }
        position += 1
        guard position + 1 < words.count, words[position].uppercased() == "WITH" else { return .name(String(word)) }
        position += 2
        return .name("\(word) WITH \(words[position - 1])")
    }
}
