public import Documents

/// A statement of what partial evaluation leaves over.
public struct ResidualExpression: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case term(ResidualTerm)
        /// A builtin or function by its dotted name.
        case call(String, [ResidualTerm])
        /// Variables for key and value, what they go through, and what must hold for each.
        indirect case every(key: String?, value: String, domain: ResidualTerm, body: [ResidualExpression])
    }

    public var kind: Kind
    public var isNegated = false

    var variables: Set<String> {
        switch kind {
        case .term(let term): term.variables
        case .call(_, let terms): terms.reduce(into: []) { $0.formUnion($1.variables) }
        case .every(let key, let value, let domain, let body):
            body.reduce(into: Set<String>()) { $0.formUnion($1.variables) }.subtracting([key, value].compactMap { $0 })
                .union(domain.variables)
        }
    }

    func mentions(_ head: String, _ keys: [ResidualTerm]) -> Bool {
        switch kind {
        case .term(let term): term.mentions(head, keys)
        case .call(_, let terms): terms.contains { $0.mentions(head, keys) }
        case .every(_, _, let domain, _): domain.mentions(head, keys)
        }
    }

    private static let signs = [
        "eq": "=", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
    ]

    /// As it is written in Rego.
    public var text: String {
        let plain: String
        switch kind {
        case .term(let term): plain = term.text
        case .call(let name, let terms):
            if let sign = Self.signs[name], terms.count == 2 {
                plain = "\(terms[0].text) \(sign) \(terms[1].text)"
            } else if name == "internal.member_2", terms.count == 2 {
                plain = "\(terms[0].text) in \(terms[1].text)"
            } else {
                plain = "\(name)(\(terms.map(\.text).joined(separator: ", ")))"
            }
        case .every(let key, let value, let domain, let body):
            let names = (key.map { [$0] } ?? []) + [value]
            plain =
                "every \(names.joined(separator: ", ")) in \(domain.text) { "
                + body.map(\.text).joined(separator: "; ") + " }"
        }
        return isNegated ? "not \(plain)" : plain
    }

    /// As the syntax tree in JSON.
    public func document(index: Int) -> Documents.Value {
        var members = Object()
        members["index"] = .integer(index)
        if isNegated { members["negated"] = true }
        switch kind {
        case .term(let term): members["terms"] = term.document
        case .call(let name, let terms):
            let path = name.split(separator: ".").map(String.init)
            let callee = ResidualTerm.reference(path[0], path.dropFirst().map { .value(.string($0)) })
            members["terms"] = .array(([callee] + terms).map(\.document))
        case .every(let key, let value, let domain, let body):
            members["terms"] = [
                "key": key.map { ResidualTerm.variable($0).document } ?? .null,
                "value": ResidualTerm.variable(value).document, "domain": domain.document,
                "body": .array(body.enumerated().map { $1.document(index: $0) }),
            ]
        }
        return .object(members)
    }
}
