import Documents
import RegularExpressions
import WaybillCore

/// Reads the part of CUE that `SimpleMatch` understands.
struct SimpleMatchParser {
    private enum Token: Equatable {
        case name(String)
        case text(String)
        case number(Double, String)
        case symbol(String)
        case lineBreak
        case end
    }

    static let bytesMax = 64 << 10
    static let depthMax = 32

    private var tokens: [Token]
    private var index = 0
    /// Constants that the policy names at its top.
    private var constants: [String: Value] = [:]
    private var imports: Set<String> = []
    private var referenced: Set<String> = []

    init(_ text: String) throws(WaybillError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw WaybillError(
                .limitExceeded, "the policy is larger than \(Self.bytesMax) bytes", subject: "cue policy")
        }
        tokens = try Self.tokens(Array(text.unicodeScalars))
    }

    private static func unsupported(_ what: String) -> WaybillError {
        WaybillError(
            .unsupported, "\(what) is beyond the part of CUE that is supported", subject: "cue policy",
            remedy: "write the policy in Rego (type: rego)")
    }

    private static func tokens(_ text: [Unicode.Scalar]) throws(WaybillError) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        func isLetter(_ letter: Unicode.Scalar) -> Bool {
            letter == "_" || letter == "$" || letter.properties.isAlphabetic
        }
        func isDigit(_ letter: Unicode.Scalar) -> Bool { ("0"..."9").contains(letter) }
        while index < text.count {
            let letter = text[index]
            if letter == "\n" {
                tokens.append(.lineBreak)
                index += 1
            } else if letter == " " || letter == "\t" || letter == "\r" {
                index += 1
            } else if letter == "/", index + 1 < text.count, text[index + 1] == "/" {
                while index < text.count, text[index] != "\n" { index += 1 }
            } else if letter == "\"" {
                var end = index + 1
                while end < text.count, text[end] != "\"", text[end] != "\n" { end += text[end] == "\\" ? 2 : 1 }
                guard end < text.count, text[end] == "\"" else { throw unsupported("a text over several lines") }
                var quoted = ""
                for scalar in text[index...end] { quoted.unicodeScalars.append(scalar) }
                guard let value = (try? JSONReader.value(from: quoted))?.string else {
                    throw unsupported("such a text")
                }
                tokens.append(.text(value))
                index = end + 1
            } else if isLetter(letter) {
                var name = ""
                while index < text.count, isLetter(text[index]) || isDigit(text[index]) || text[index] == "." {
                    name.unicodeScalars.append(text[index])
                    index += 1
                }
                tokens.append(.name(name))
            } else if isDigit(letter) || letter == "-" && index + 1 < text.count && isDigit(text[index + 1]) {
                var number = String(letter)
                index += 1
                while index < text.count, isDigit(text[index]) || text[index] == "." {
                    number.unicodeScalars.append(text[index])
                    index += 1
                }
                guard let value = Double(number) else { throw unsupported("such a number") }
                tokens.append(.number(value, number))
            } else {
                let pair = index + 1 < text.count ? "\(letter)\(text[index + 1])" : ""
                if ["<=", ">=", "!=", "=~", "!~"].contains(pair) {
                    tokens.append(.symbol(pair))
                    index += 2
                } else if "{}():,<>&|*".unicodeScalars.contains(letter) {
                    tokens.append(.symbol(String(letter)))
                    index += 1
                } else {
                    throw unsupported("“\(letter)”")
                }
            }
        }
        return tokens + [.end]
    }

    private var next: Token { index < tokens.count ? tokens[index] : .end }

    private mutating func skipBreaks() {
        while next == .lineBreak || next == .symbol(",") { index += 1 }
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    mutating func document() throws(WaybillError) -> SimpleMatch.Pattern {
        skipBreaks()
        while case .name("import") = next {
            index += 1
            guard case .text(let name) = next else { throw Self.unsupported("a group of imports") }
            guard name == "time" else { throw Self.unsupported("the package \(Redaction.excerpt(name))") }
            imports.insert(name)
            index += 1
            skipBreaks()
        }
        var fields = try fields(until: .end, depth: 0)
        // A constant of the policy is no field of what is judged.
        fields.removeAll { referenced.contains($0.key) }
        guard !fields.isEmpty else { throw Self.unsupported("a policy that asks for nothing") }
        return .fields(fields)
    }

    private mutating func fields(
        until end: Token, depth: Int
    ) throws(WaybillError) -> [(key: String, pattern: SimpleMatch.Pattern)] {
        guard depth < Self.depthMax else { throw Self.unsupported("so deep a nesting") }
        var fields: [(key: String, pattern: SimpleMatch.Pattern)] = []
        while true {
            skipBreaks()
            if next == end { return fields }
            let key: String
            switch next {
            case .name(let name):
                guard !name.contains("."), name != "if", name != "for", name != "let" else {
                    throw Self.unsupported("“\(name)”")
                }
                key = name
            case .text(let name): key = name
            default: throw Self.unsupported("a field without a name")
            }
            index += 1
            guard take(":") else { throw Self.unsupported("a field without a value") }
            let pattern = try value(depth: depth + 1)
            if depth == 0, case .value(let constant) = pattern { constants[key] = constant }
            fields.append((key, pattern))
            guard next == .lineBreak || next == .symbol(",") || next == end else {
                throw Self.unsupported("more than one value in a line")
            }
        }
    }

    /// `a & b` binds closer than `a | b`.
    private mutating func value(depth: Int) throws(WaybillError) -> SimpleMatch.Pattern {
        guard depth < Self.depthMax else { throw Self.unsupported("so deep a nesting") }
        var alternatives = [try conjunction(depth: depth)]
        while take("|") { alternatives.append(try conjunction(depth: depth)) }
        return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
    }

    private mutating func conjunction(depth: Int) throws(WaybillError) -> SimpleMatch.Pattern {
        var parts = [try single(depth: depth)]
        while take("&") { parts.append(try single(depth: depth)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func single(depth: Int) throws(WaybillError) -> SimpleMatch.Pattern {
        switch next {
        case .symbol("{"):
            index += 1
            let fields = try fields(until: .symbol("}"), depth: depth)
            index += 1
            return .fields(fields)
        case .symbol(let symbol):
            index += 1
            if symbol == "(" {
                let inner = try value(depth: depth + 1)
                guard take(")") else { throw Self.unsupported("an open bracket") }
                return inner
            }
            if symbol == "=~" || symbol == "!~" {
                guard let text = try literal().string else { throw Self.unsupported("a pattern that is no text") }
                return .matches(try RegularExpression(text), symbol == "=~")
            }
            guard let comparison = SimpleMatch.Comparison(rawValue: symbol) else {
                throw Self.unsupported("“\(symbol)”")
            }
            return .compare(comparison, try literal())
        case .name(let name) where ["string", "bool", "int", "number", "float", "_"].contains(name):
            index += 1
            return .type(name)
        case .name, .text:
            // `predicate: Data: "x"` is a shorter way to write a struct with one field.
            if index + 1 < tokens.count, tokens[index + 1] == .symbol(":") {
                let key: String
                switch next {
                case .name(let name): key = name
                case .text(let text): key = text
                default: throw Self.unsupported("a field without a name")
                }
                index += 2
                return .fields([(key, try value(depth: depth + 1))])
            }
            return .value(try literal())
        default: return .value(try literal())
        }
    }

    private mutating func literal() throws(WaybillError) -> Value {
        defer { index += 1 }
        switch next {
        case .text(let text): return .string(text)
        case .number(_, let text):
            guard let number = Number(literal: text) else { throw Self.unsupported("such a number") }
            return .number(number)
        case .name("true"): return .bool(true)
        case .name("false"): return .bool(false)
        case .name("null"): return .null
        case .name("time.Parse"):
            guard imports.contains("time"), tokens.count > index + 5, tokens[index + 1] == .symbol("("),
                tokens[index + 2] == .name("time.RFC3339"), tokens[index + 3] == .symbol(","),
                case .text(let text) = tokens[index + 4], tokens[index + 5] == .symbol(")")
            else { throw Self.unsupported("such a call of time.Parse") }
            index += 5
            return .string(text)
        case .name(let name):
            guard let constant = constants[name] else { throw Self.unsupported("the name \(Redaction.excerpt(name))") }
            referenced.insert(name)
            return constant
        default: throw Self.unsupported("such a value")
        }
    }
}
