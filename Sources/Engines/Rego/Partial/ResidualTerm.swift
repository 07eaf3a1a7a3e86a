public import Documents

/// A term of what partial evaluation leaves over.
public indirect enum ResidualTerm: Sendable, Hashable {
    case value(RegoValue)
    case variable(String)
    /// A head, a variable as `input` or `data`, and keys.
    case reference(String, [ResidualTerm])
    case array([ResidualTerm])
    case set([ResidualTerm])
    case object([Member])
    case comprehension(Comprehension, [ResidualTerm], [ResidualExpression])

    public struct Member: Sendable, Hashable {
        public var key: ResidualTerm
        public var value: ResidualTerm
    }

    public enum Comprehension: String, Sendable, Hashable { case array, set, object }

    var known: RegoValue? { if case .value(let value) = self { value } else { nil } }

    /// Variables that stand for something found by the residue itself.
    var variables: Set<String> {
        switch self {
        case .value: []
        case .variable(let name): [name]
        case .reference(let head, let keys):
            keys.reduce(into: head == "input" || head == "data" ? [] : [head]) { $0.formUnion($1.variables) }
        case .array(let terms), .set(let terms): terms.reduce(into: []) { $0.formUnion($1.variables) }
        case .object(let members):
            members.reduce(into: []) { $0.formUnion($1.key.variables.union($1.value.variables)) }
        case .comprehension(_, let head, let body):
            (head.map(\.variables) + body.map(\.variables)).reduce(into: []) { $0.formUnion($1) }
        }
    }

    /// Whether the reference, or one that goes on from it, is a part of the term.
    func mentions(_ head: String, _ keys: [ResidualTerm]) -> Bool {
        switch self {
        case .value, .variable: return false
        case .reference(let other, let others):
            if other == head, others.starts(with: keys) { return true }
            return others.contains { $0.mentions(head, keys) }
        case .array(let terms), .set(let terms): return terms.contains { $0.mentions(head, keys) }
        case .object(let members):
            return members.contains { $0.key.mentions(head, keys) || $0.value.mentions(head, keys) }
        case .comprehension: return false
        }
    }

    /// As it is written in Rego.
    public var text: String {
        switch self {
        case .value(let value): return value.description
        case .variable(let name): return name
        case .reference(let head, let keys):
            return keys.reduce(into: head) { text, key in
                if case .value(.string(let name)) = key, Self.isName(name) {
                    text += ".\(name)"
                } else {
                    text += "[\(key.text)]"
                }
            }
        case .array(let terms): return "[\(terms.map(\.text).joined(separator: ", "))]"
        case .set(let terms): return terms.isEmpty ? "set()" : "{\(terms.map(\.text).joined(separator: ", "))}"
        case .object(let members):
            return "{\(members.map { "\($0.key.text): \($0.value.text)" }.joined(separator: ", "))}"
        case .comprehension(let kind, let head, let body):
            let inner = head.map(\.text).joined(separator: ": ") + " | " + body.map(\.text).joined(separator: "; ")
            return kind == .array ? "[\(inner)]" : "{\(inner)}"
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "_") || (first | 0x20) >= 97 && (first | 0x20) <= 122
        else { return false }
        return text.utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || (48...57).contains($0) || (97...122).contains($0 | 0x20)
        } && !Parser.baseKeywords.contains(text) && !Parser.futureKeywords.contains(text)
    }

    /// As the syntax tree in JSON.
    public var document: Documents.Value {
        func node(_ type: String, _ value: Documents.Value) -> Documents.Value {
            ["type": .string(type), "value": value]
        }
        func list(_ terms: [ResidualTerm]) -> Documents.Value { .array(terms.map(\.document)) }
        switch self {
        case .value(.array(let elements)): return ResidualTerm.array(elements.map { .value($0) }).document
        case .value(.set(let set)): return ResidualTerm.set(set.elements.map { .value($0) }).document
        case .value(.object(let object)):
            return ResidualTerm.object(object.map { .init(key: .value($0.key), value: .value($0.value)) }).document
        case .value(let value): return node(value.typeName, value.document)
        case .variable(let name): return node("var", .string(name))
        case .reference(let head, let keys): return node("ref", list([.variable(head)] + keys))
        case .array(let terms): return node("array", list(terms))
        case .set(let terms): return node("set", list(terms))
        case .object(let members): return node("object", .array(members.map { list([$0.key, $0.value]) }))
        case .comprehension(let kind, let head, let body):
            var members = Object()
            if kind == .object {
                members["key"] = head[0].document
                members["value"] = head[1].document
            } else {
                members["term"] = head[0].document
            }
            members["body"] = .array(body.enumerated().map { $1.document(index: $0) })
            return node("\(kind.rawValue)comprehension", .object(members))
        }
    }
}
