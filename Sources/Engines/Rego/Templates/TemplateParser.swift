/// Puts a template's parts together.
struct TemplateParser {
    typealias Node = TextTemplate.Node
    typealias Pipeline = TextTemplate.Pipeline
    typealias Operand = TextTemplate.Operand
    typealias Word = TemplateLexer.Word

    private let parts: [TemplateLexer.Part]
    private let source: [Unicode.Scalar]
    private var index = 0
    private var defined: [String: [Node]] = [:]
    private var loops = 0

    init(_ parts: [TemplateLexer.Part], _ source: [Unicode.Scalar]) {
        self.parts = parts
        self.source = source
    }

    /// By name; the text itself has the main name.
    mutating func templates() throws(BuiltinFailure) -> [String: [Node]] {
        let (nodes, end) = try nodes(depth: 0)
        if let end { throw fail("unexpected {{\(end.first?.text ?? "")}}", end.first?.position) }
        defined[TextTemplate.mainName] = nodes
        return defined
    }

    private func fail(_ message: String, _ position: Int?) -> BuiltinFailure {
        let line = TextTemplate.place(position ?? source.count, source).line
        return BuiltinFailure("template: \(TextTemplate.mainName):\(line): \(message)")
    }

    // MARK: Actions

    /// Nodes up to an `end` or `else`, whose words come too.
    private mutating func nodes(depth: Int) throws(BuiltinFailure) -> ([Node], end: [Word]?) {
        guard depth < TextTemplate.depthMax else { throw fail("actions nested too deep", nil) }
        var result: [Node] = []
        while index < parts.count {
            defer { index += 1 }
            switch parts[index] {
            case .text(let text): result.append(.text(text))
            case .action(let words, let position):
                if words.first?.kind == .name, ["end", "else"].contains(words.first?.text) { return (result, words) }
                if let node = try node(words, position, depth) { result.append(node) }
            }
        }
        return (result, nil)
    }

    private mutating func node(_ words: [Word], _ position: Int, _ depth: Int) throws(BuiltinFailure) -> Node? {
        guard let first = words.first else { throw fail("missing value for command", position) }
        guard first.kind == .name else { return .output(try pipeline(words[...], "command")) }
        let rest = words.dropFirst()
        switch first.text {
        case "if":
            let pipeline = try pipeline(rest, "if")
            let (then, otherwise) = try branches(depth, "if")
            return .condition(pipeline, then, otherwise)
        case "with":
            let pipeline = try pipeline(rest, "with")
            let (then, otherwise) = try branches(depth, "with")
            return .with(pipeline, then, otherwise)
        case "range":
            let pipeline = try pipeline(rest, "range")
            loops += 1
            defer { loops -= 1 }
            let (then, otherwise) = try branches(depth, "range")
            return .range(pipeline, then, otherwise)
        case "break", "continue":
            guard loops > 0 else { throw fail("{{\(first.text)}} outside {{range}}", first.position) }
            guard rest.isEmpty else { throw unexpected(rest[rest.startIndex], "{{\(first.text)}}") }
            return first.text == "break" ? .breakLoop : .continueLoop
        case "define":
            guard depth == 0 else { throw fail("unexpected {{define}}", first.position) }
            let name = try name(rest, "define clause")
            guard rest.count == 1 else { throw unexpected(rest[rest.startIndex + 1], "define clause") }
            let body = try body(depth)
            // An empty one does not take the place of another.
            if defined[name]?.isEmpty ?? true { defined[name] = body }
            return nil
        case "template":
            let name = try name(rest, "template clause")
            let about = rest.count > 1 ? try pipeline(rest.dropFirst(), "template clause") : nil
            return .template(name, about, position: first.position)
        case "block":
            let name = try name(rest, "block clause")
            let about = try pipeline(rest.dropFirst(), "block clause")
            let body = try body(depth)
            if defined[name] == nil { defined[name] = body }
            return .template(name, about, position: first.position)
        default: return .output(try pipeline(words[...], "command"))
        }
    }

    /// What stands up to `end`; the caller's loop steps over the last part.
    private mutating func body(_ depth: Int) throws(BuiltinFailure) -> [Node] {
        index += 1
        defer { index -= 1 }
        let (body, end) = try nodes(depth: depth + 1)
        guard end?.first?.text == "end" else { throw fail("unexpected EOF", nil) }
        return body
    }

    /// The same with `else` in between.
    private mutating func branches(_ depth: Int, _ action: String) throws(BuiltinFailure) -> ([Node], [Node]) {
        index += 1
        let (then, end) = try nodes(depth: depth + 1)
        defer { index -= 1 }
        guard let end else { throw fail("unexpected EOF", nil) }
        guard end.first?.text == "else" else { return (then, []) }
        if end.count > 1 {
            // `else if` is an `if` of its own that the same `end` closes.
            guard end[1].text == action || end[1].text == "if", action != "range" else {
                throw unexpected(end[1], "{{else}}")
            }
            let pipeline = try pipeline(end.dropFirst(2), end[1].text)
            index -= 1
            let (inner, otherwise) = try branches(depth + 1, end[1].text)
            index += 1
            return (
                then, [end[1].text == "if" ? .condition(pipeline, inner, otherwise) : .with(pipeline, inner, otherwise)]
            )
        }
        let (otherwise, last) = try nodes(depth: depth + 1)
        guard let last else { throw fail("unexpected EOF", nil) }
        guard last.first?.text == "end" else { throw fail("expected end; found {{else}}", last.first?.position) }
        return (then, otherwise)
    }

    private func unexpected(_ word: Word, _ context: String) -> BuiltinFailure {
        fail("unexpected \(GoText.quoted(word.text)) in \(context)", word.position)
    }

    private func name(_ words: ArraySlice<Word>, _ context: String) throws(BuiltinFailure) -> String {
        guard let word = words.first else { throw fail("unexpected end of action in \(context)", nil) }
        guard word.kind == .text else { throw unexpected(word, context) }
        return Self.unquoted(word.text)
    }

    // MARK: Pipelines

    private func pipeline(_ words: ArraySlice<Word>, _ context: String) throws(BuiltinFailure) -> Pipeline {
        var rest = words
        let result = try commands(&rest, context, isGroup: false)
        if let word = rest.first { throw unexpected(word, context) }
        return result
    }

    private func commands(
        _ rest: inout ArraySlice<Word>, _ context: String, isGroup: Bool, depth: Int = 0
    ) throws(BuiltinFailure) -> Pipeline {
        guard depth < TextTemplate.depthMax else { throw fail("parentheses nested too deep", rest.first?.position) }
        var result = Pipeline(commands: [])
        declarations(&rest, context, &result)
        var command: [Operand] = []
        func finish() throws(BuiltinFailure) {
            guard let first = command.first else {
                throw fail("missing value for \(context)", rest.first?.position)
            }
            if !result.commands.isEmpty, case .function = first.kind {
            } else if !result.commands.isEmpty {
                throw fail("non executable command in pipeline stage \(result.commands.count + 1)", first.position)
            }
            result.commands.append(command)
            command = []
        }
        while let word = rest.first {
            if word.kind == .sign {
                if word.text == ")" { break }
                if word.text == "|" {
                    rest.removeFirst()
                    try finish()
                    if rest.isEmpty { throw fail("missing value for \(context)", word.position) }
                    continue
                }
            }
            command.append(try operand(&rest, context, depth))
        }
        try finish()
        if isGroup {
            guard rest.popFirst()?.text == ")" else { throw fail("unclosed left paren", nil) }
        }
        return result
    }

    private func declarations(_ rest: inout ArraySlice<Word>, _ context: String, _ pipeline: inout Pipeline) {
        let start = rest.startIndex
        func sign(_ offset: Int) -> String? {
            let place = start + offset
            return rest.indices.contains(place) && rest[place].kind == .sign ? rest[place].text : nil
        }
        func variable(_ offset: Int) -> String? {
            let place = start + offset
            return rest.indices.contains(place) && rest[place].kind == .variable ? rest[place].text : nil
        }
        guard let first = variable(0) else { return }
        if sign(1) == ":=" || sign(1) == "=" {
            pipeline.variables = [first]
            pipeline.isAssignment = sign(1) == "="
            rest = rest.dropFirst(2)
        } else if context == "range", sign(1) == ",", let second = variable(2), sign(3) == ":=" || sign(3) == "=" {
            pipeline.variables = [first, second]
            pipeline.isAssignment = sign(3) == "="
            rest = rest.dropFirst(4)
        }
    }

    private func operand(
        _ rest: inout ArraySlice<Word>, _ context: String, _ depth: Int
    ) throws(BuiltinFailure) -> Operand {
        let word = rest.removeFirst()
        var text = word.text
        /// Fields that stand directly behind.
        func chain(_ rest: inout ArraySlice<Word>) -> [String] {
            var names: [String] = []
            while let next = rest.first, next.kind == .field, !next.isApart {
                rest.removeFirst()
                names.append(String(next.text.dropFirst()))
                text += next.text
            }
            return names
        }
        let kind: Operand.Kind
        switch word.kind {
        case .field:
            let name = String(word.text.dropFirst())
            kind = name.isEmpty ? .dot : .field([name] + chain(&rest))
        case .variable: kind = .variable(word.text, chain(&rest))
        case .text: kind = .value(.string(Self.unquoted(word.text)))
        case .character:
            let content = Self.unquoted("\"" + word.text.dropFirst().dropLast() + "\"")
            kind = .value(.int(Int(content.unicodeScalars.first?.value ?? 0)))
        case .number:
            guard let number = Self.number(word.text) else {
                throw fail("bad number syntax: \(GoText.quoted(word.text))", word.position)
            }
            kind = .value(.number(number))
        case .sign:
            guard word.text == "(" else { throw unexpected(word, context) }
            let inner = try commands(&rest, "parenthesized pipeline", isGroup: true, depth: depth + 1)
            text = "(…)"
            kind = .group(inner, chain(&rest))
        case .name:
            switch word.text {
            case "true", "false": kind = .value(.bool(word.text == "true"))
            case "nil": kind = .absent
            default:
                guard TemplateFunctions.names.contains(word.text) else {
                    throw fail("function \(GoText.quoted(word.text)) not defined", word.position)
                }
                kind = .function(word.text)
            }
        }
        return Operand(kind: kind, position: word.position, text: text)
    }

    private static func number(_ text: String) -> RegoNumber? {
        let digits = text.filter { $0 != "_" }
        let sign = digits.hasPrefix("-") ? -1 : 1
        let bare = digits.hasPrefix("-") || digits.hasPrefix("+") ? String(digits.dropFirst()) : digits
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        where bare.hasPrefix(prefix) {
            return Int(bare.dropFirst(2), radix: radix).map { RegoNumber($0 * sign) }
        }
        return TypeBuiltins.number(digits)
    }

    /// The content of a text in quotes or backquotes.
    private static func unquoted(_ text: String) -> String {
        guard text.hasPrefix("\"") else { return String(text.dropFirst().dropLast()) }
        if let value = LenientJSON.value(text.utf8)?.string { return value }
        var result = ""
        var rest = text.dropFirst().dropLast()
        let letters: [Character: String] = [
            "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
        ]
        while let next = rest.popFirst() {
            guard next == "\\", let letter = rest.popFirst() else {
                result.append(next)
                continue
            }
            if letter == "x", let code = UInt32(rest.prefix(2), radix: 16).flatMap(Unicode.Scalar.init) {
                result.unicodeScalars.append(code)
                rest = rest.dropFirst(2)
            } else {
                result += letters[letter] ?? String(letter)
            }
        }
        return result
    }
}
