/// `strings.render_template`: what policies need of Go's text templates.
enum TemplateBuiltins {
    static let all = [
        Builtin("strings.render_template", 2) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            _ = try a.object(1)
            var reader = TextTemplate.Reader(text)
            let nodes = try reader.nodes(depth: 0)
            guard reader.isAtEnd else { throw BuiltinFailure("template: unexpected {{end}}") }
            var renderer = TextTemplate.Renderer(root: a[1])
            try renderer.render(nodes, a[1])
            return .string(renderer.output)
        },
        // Made by the compiler only: they have no meaning when a policy names them.
        Builtin("internal.print", 1, isIrreplaceable: true) { _ in true },
        Builtin("internal.test_case", 1, isIrreplaceable: true) { _ in true },
        Builtin("internal.template_string", 1, isIrreplaceable: true) { (a) throws(BuiltinFailure) in
            var text = ""
            for part in try a.array(0) {
                guard let set = part.set else {
                    text += part.display
                    continue
                }
                guard set.count <= 1 else {
                    var failure = BuiltinFailure("template-strings must not produce multiple outputs")
                    failure.kind = .conflict
                    throw failure
                }
                text += set.elements.first?.display ?? "<undefined>"
            }
            return .string(text)
        },
    ]
}

/// Texts with actions in double braces: fields, `if`, `range`, `with`, a few functions.
enum TextTemplate {
    indirect enum Node {
        case text(String)
        case output([[String]])
        case condition([[String]], [Node], [Node])
        case with([[String]], [Node], [Node])
        case range(key: String?, value: String?, [[String]], [Node], [Node])
        case set(String, [[String]])
    }

    static let depthMax = 50
    static let outputMax = 1 << 20

    struct Reader {
        private enum Part {
            case text(String)
            case action([String])
        }

        private var parts: [Part] = []
        private var index = 0
        private var failure: String?

        var isAtEnd: Bool { index >= parts.count }

        init(_ text: String) {
            var rest = text[...]
            var trimsNext = false
            while !rest.isEmpty {
                guard let open = Self.find("{{", in: rest) else { break }
                var before = rest[..<open]
                rest = rest[rest.index(open, offsetBy: 2)...]
                if trimsNext { before = Self.trimmedStart(before) }
                if rest.hasPrefix("- ") {
                    before = Self.trimmedEnd(before)
                    rest = rest.dropFirst()
                }
                parts.append(.text(String(before)))
                guard let close = Self.find("}}", in: rest) else {
                    failure = "template: unclosed action"
                    return
                }
                var action = rest[..<close]
                rest = rest[rest.index(close, offsetBy: 2)...]
                trimsNext = action.hasSuffix(" -")
                if trimsNext { action = action.dropLast() }
                if !action.hasPrefix("/*") { parts.append(.action(Self.words(action))) }
            }
            parts.append(.text(String(trimsNext ? Self.trimmedStart(rest) : rest)))
        }

        private static func find(_ pair: String, in text: Substring) -> Substring.Index? {
            var index = text.startIndex
            while index < text.endIndex {
                if text[index...].hasPrefix(pair) { return index }
                index = text.index(after: index)
            }
            return nil
        }

        private static func trimmedStart(_ text: Substring) -> Substring { text.drop(while: \.isWhitespace) }
        private static func trimmedEnd(_ text: Substring) -> Substring {
            var text = text
            while text.last?.isWhitespace == true { text.removeLast() }
            return text
        }

        private static func words(_ text: Substring) -> [String] {
            var result: [String] = []
            var rest = text[...]
            while let first = rest.first {
                if first.isWhitespace {
                    rest.removeFirst()
                } else if first == "\"" || first == "`" {
                    var word = String(first)
                    rest.removeFirst()
                    while let next = rest.first, next != first {
                        word.append(next)
                        rest.removeFirst()
                        if next == "\\", first == "\"", let escaped = rest.popFirst() { word.append(escaped) }
                    }
                    rest = rest.dropFirst()
                    result.append(word + String(first))
                } else if "(),|".contains(first) {
                    result.append(String(first))
                    rest.removeFirst()
                } else if rest.hasPrefix(":=") {
                    result.append(":=")
                    rest = rest.dropFirst(2)
                } else {
                    let word = rest.prefix { !$0.isWhitespace && !"(),|\"`".contains($0) }
                    result.append(String(word))
                    rest = rest.dropFirst(word.count)
                }
            }
            return result
        }

        mutating func nodes(depth: Int) throws(BuiltinFailure) -> [Node] {
            if let failure { throw BuiltinFailure(failure) }
            guard depth < TextTemplate.depthMax else { throw BuiltinFailure("template: nested too deep") }
            var result: [Node] = []
            while index < parts.count {
                switch parts[index] {
                case .text(let text):
                    result.append(.text(text))
                    index += 1
                case .action(let words):
                    if words.first == "end" || words.first == "else" { return result }
                    index += 1
                    result.append(try node(words, depth))
                }
            }
            return result
        }

        private mutating func node(_ words: [String], _ depth: Int) throws(BuiltinFailure) -> Node {
            switch words.first {
            case "if":
                let (then, otherwise) = try branches(depth)
                return .condition(pipeline(words.dropFirst()), then, otherwise)
            case "with":
                let (then, otherwise) = try branches(depth)
                return .with(pipeline(words.dropFirst()), then, otherwise)
            case "range":
                let (then, otherwise) = try branches(depth)
                var rest = words.dropFirst()
                var names: [String] = []
                if let sign = rest.firstIndex(of: ":=") {
                    names = rest[..<sign].filter { $0 != "," }
                    rest = rest[(sign + 1)...]
                }
                return .range(
                    key: names.count == 2 ? names[0] : nil, value: names.last, pipeline(rest), then, otherwise)
            case "define", "template", "block", "break", "continue":
                throw BuiltinFailure("template: the action \(words[0]) is not supported")
            case nil: throw BuiltinFailure("template: missing value for command")
            default:
                if words.count > 2, words[0].hasPrefix("$"), words[1] == ":=" {
                    return .set(words[0], pipeline(words.dropFirst(2)))
                }
                return .output(pipeline(words[...]))
            }
        }

        private mutating func branches(_ depth: Int) throws(BuiltinFailure) -> ([Node], [Node]) {
            let then = try nodes(depth: depth + 1)
            guard index < parts.count, case .action(let words) = parts[index] else {
                throw BuiltinFailure("template: unexpected EOF")
            }
            index += 1
            guard words.first == "else" else { return (then, []) }
            if words.count > 1 { return (then, [try node(Array(words.dropFirst()), depth + 1)]) }
            let otherwise = try nodes(depth: depth + 1)
            guard index < parts.count else { throw BuiltinFailure("template: unexpected EOF") }
            index += 1
            return (then, otherwise)
        }

        private func pipeline(_ words: ArraySlice<String>) -> [[String]] {
            words.split(separator: "|").map(Array.init)
        }
    }

    struct Renderer {
        let root: RegoValue
        var output = ""
        private var variables: [String: RegoValue] = [:]

        init(root: RegoValue) {
            self.root = root
            variables["$"] = root
        }

        mutating func render(_ nodes: [Node], _ dot: RegoValue) throws(BuiltinFailure) {
            for node in nodes {
                guard output.utf8.count < TextTemplate.outputMax else {
                    throw BuiltinFailure("template: the result is too long")
                }
                switch node {
                case .text(let text): output += text
                case .output(let commands): output += Self.text(try value(commands, dot))
                case .set(let name, let commands): variables[name] = try value(commands, dot)
                case .condition(let commands, let then, let otherwise):
                    try render(Self.isTrue(try value(commands, dot)) ? then : otherwise, dot)
                case .with(let commands, let then, let otherwise):
                    let inner = try value(commands, dot)
                    if Self.isTrue(inner) { try render(then, inner) } else { try render(otherwise, dot) }
                case .range(let key, let name, let commands, let then, let otherwise):
                    let members = try Self.members(try value(commands, dot))
                    if members.isEmpty { try render(otherwise, dot) }
                    for (index, member) in members {
                        if let key { variables[key] = index }
                        if let name { variables[name] = member }
                        try render(then, member)
                    }
                }
            }
        }

        private static func members(_ value: RegoValue) throws(BuiltinFailure) -> [(RegoValue, RegoValue)] {
            switch value {
            case .array(let elements): elements.enumerated().map { (.int($0), $1) }
            case .set(let set): set.elements.enumerated().map { (.int($0), $1) }
            case .object(let object): object.map { ($0.key, $0.value) }
            case .null: []
            default: throw BuiltinFailure("template: range can't iterate over \(value.description)")
            }
        }

        private static func isTrue(_ value: RegoValue) -> Bool {
            switch value {
            case .null: false
            case .bool(let flag): flag
            case .number(let number): !number.isZero
            case .string(let text): !text.isEmpty
            case .array(let elements): !elements.isEmpty
            case .set(let set): !set.isEmpty
            case .object(let object): !object.isEmpty
            }
        }

        /// As Go prints a value that came from JSON.
        private static func text(_ value: RegoValue) -> String {
            switch value {
            case .null: "<no value>"
            case .string(let text): text
            case .array(let elements): "[\(elements.map(text).joined(separator: " "))]"
            case .set(let set): "[\(set.elements.map(text).joined(separator: " "))]"
            case .object(let object):
                "map[\(object.map { "\(text($0.key)):\(text($0.value))" }.joined(separator: " "))]"
            default: value.description
            }
        }

        private func value(_ commands: [[String]], _ dot: RegoValue) throws(BuiltinFailure) -> RegoValue {
            var result: RegoValue?
            for command in commands {
                var rest = command[...]
                var arguments: [RegoValue] = []
                guard let name = rest.first else { throw BuiltinFailure("template: missing value for command") }
                let isFunction = name.first?.isLetter == true && !["true", "false", "nil"].contains(name)
                if isFunction { rest.removeFirst() }
                while !rest.isEmpty { arguments.append(try operand(&rest, dot)) }
                if let result { arguments.append(result) }
                if isFunction {
                    result = try Self.call(name, arguments)
                } else {
                    guard arguments.count == 1 else { throw BuiltinFailure("template: can't give argument to non-function") }
                    result = arguments[0]
                }
            }
            guard let result else { throw BuiltinFailure("template: missing value for command") }
            return result
        }

        private func operand(_ words: inout ArraySlice<String>, _ dot: RegoValue) throws(BuiltinFailure) -> RegoValue {
            let word = words.removeFirst()
            if word == "(" {
                var depth = 1
                var inner: [String] = []
                while let next = words.popFirst() {
                    if next == "(" { depth += 1 }
                    if next == ")" {
                        depth -= 1
                        if depth == 0 { break }
                    }
                    inner.append(next)
                }
                return try value(inner.split(separator: "|").map(Array.init), dot)
            }
            if word.hasPrefix("\"") { return LenientJSON.value(word.utf8) ?? .string(String(word.dropFirst().dropLast())) }
            if word.hasPrefix("`") { return .string(String(word.dropFirst().dropLast())) }
            if word == "true" || word == "false" { return .bool(word == "true") }
            if word == "nil" { return .null }
            if let number = RegoNumber(word) { return .number(number) }
            var path = word.split(separator: ".", omittingEmptySubsequences: true).map(String.init)[...]
            var current = dot
            if word.hasPrefix("$") {
                let name = path.popFirst() ?? "$"
                guard let known = variables[name] else { throw BuiltinFailure("template: undefined variable \(name)") }
                current = known
            } else if !word.hasPrefix(".") {
                throw BuiltinFailure("template: function \(RegoValue.string(word)) not defined")
            }
            for name in path {
                guard let next = current.object?[.string(name)] else {
                    throw BuiltinFailure("template: map has no entry for key \(RegoValue.string(name))")
                }
                current = next
            }
            return current
        }

        private static func call(_ name: String, _ a: [RegoValue]) throws(BuiltinFailure) -> RegoValue {
            switch (name, a.count) {
            case ("not", 1): return .bool(!isTrue(a[0]))
            case ("and", 1...): return a.first { !isTrue($0) } ?? a[a.count - 1]
            case ("or", 1...): return a.first(where: isTrue) ?? a[a.count - 1]
            case ("eq", 2...): return .bool(a.dropFirst().contains(a[0]))
            case ("ne", 2): return .bool(a[0] != a[1])
            case ("lt", 2): return .bool(a[0] < a[1])
            case ("le", 2): return .bool(a[0] <= a[1])
            case ("gt", 2): return .bool(a[0] > a[1])
            case ("ge", 2): return .bool(a[0] >= a[1])
            case ("len", 1):
                switch a[0] {
                case .string(let text): return .int(text.utf8.count)
                case .array(let elements): return .int(elements.count)
                case .set(let set): return .int(set.count)
                case .object(let object): return .int(object.count)
                default: break
                }
            case ("index", 2...):
                var current = a[0]
                for key in a.dropFirst() {
                    guard let next = current[key] else { throw BuiltinFailure("template: error calling index: out of range") }
                    current = next
                }
                return current
            case ("print", _), ("println", _):
                return .string(a.map(text).joined(separator: name == "println" ? " " : "") + (name == "println" ? "\n" : ""))
            case ("printf", 1...):
                guard let format = a[0].string else { break }
                return .string(try Formatter(format, Array(a.dropFirst())).text())
            default: break
            }
            throw BuiltinFailure("template: function \(RegoValue.string(name)) not defined or called wrongly")
        }
    }
}
