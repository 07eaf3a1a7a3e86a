/// Pipelines: commands, variables and operands.
extension TemplateParser {
    func pipeline(_ words: ArraySlice<Word>, _ context: String) throws(BuiltinFailure) -> Pipeline {
        var rest = words
        let result = try commands(&rest, context, isGroup: false)
        if let word = rest.first { throw unexpected(word, context) }
        return result
    }

    func commands(
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

    func declarations(_ rest: inout ArraySlice<Word>, _ context: String, _ pipeline: inout Pipeline) {
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

    func operand(
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

    static func number(_ text: String) -> RegoNumber? {
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
    static func unquoted(_ text: String) -> String {
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
