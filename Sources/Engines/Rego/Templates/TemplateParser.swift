/// Puts a template's parts together.
struct TemplateParser {
    typealias Node = TextTemplate.Node
    typealias Pipeline = TextTemplate.Pipeline
    typealias Operand = TextTemplate.Operand
    typealias Word = TemplateLexer.Word

    let parts: [TemplateLexer.Part]
    let source: [Unicode.Scalar]
    var index = 0
    var defined: [String: [Node]] = [:]
    var loops = 0

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

    func fail(_ message: String, _ position: Int?) -> BuiltinFailure {
        let line = TextTemplate.place(position ?? source.count, source).line
        return BuiltinFailure("template: \(TextTemplate.mainName):\(line): \(message)")
    }

    // MARK: Actions

    /// Nodes up to an `end` or `else`, whose words come too.
    mutating func nodes(depth: Int) throws(BuiltinFailure) -> ([Node], end: [Word]?) {
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

    mutating func node(_ words: [Word], _ position: Int, _ depth: Int) throws(BuiltinFailure) -> Node? {
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
    mutating func body(_ depth: Int) throws(BuiltinFailure) -> [Node] {
        index += 1
        defer { index -= 1 }
        let (body, end) = try nodes(depth: depth + 1)
        guard end?.first?.text == "end" else { throw fail("unexpected EOF", nil) }
        return body
    }

    /// The same with `else` in between.
    mutating func branches(_ depth: Int, _ action: String) throws(BuiltinFailure) -> ([Node], [Node]) {
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

    func unexpected(_ word: Word, _ context: String) -> BuiltinFailure {
        fail("unexpected \(GoText.quoted(word.text)) in \(context)", word.position)
    }

    func name(_ words: ArraySlice<Word>, _ context: String) throws(BuiltinFailure) -> String {
        guard let word = words.first else { throw fail("unexpected end of action in \(context)", nil) }
        guard word.kind == .text else { throw unexpected(word, context) }
        return Self.unquoted(word.text)
    }
}
