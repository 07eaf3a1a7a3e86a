/// Terms as OPA's messages write them.
extension Term {
    var written: String {
        switch kind {
        case .value(let value): value.description
        case .variable(let name): name
        case .reference(let head, let keys): head.written + keys.map(Self.writtenKey).joined()
        case .call(let operation, let arguments):
            "\(operation.name)(\(arguments.map(\.written).joined(separator: ", ")))"
        case .array(let terms): "[\(terms.map(\.written).joined(separator: ", "))]"
        case .set(let terms):
            terms.isEmpty ? "set()" : "{\(terms.map(\.written).joined(separator: ", "))}"
        case .object(let pairs):
            "{\(pairs.map { "\($0.key.written): \($0.value.written)" }.joined(separator: ", "))}"
        case .arrayComprehension(let head, let body): "[\(head.written) | \(Literal.written(body))]"
        case .setComprehension(let head, let body): "{\(head.written) | \(Literal.written(body))}"
        case .objectComprehension(let pair, let body):
            "{\(pair.key.written): \(pair.value.written) | \(Literal.written(body))}"
        case .template(let pieces):
            "$\""
                + pieces.map { piece in
                    switch piece {
                    case .text(let text): text
                    case .expression(let literal): "{\(literal.written)}"
                    }
                }.joined() + "\""
        }
    }

    static func writtenKey(_ key: Term) -> String {
        guard let text = key.value?.string, isVariableName(text) else { return "[\(key.written)]" }
        return ".\(text)"
    }

    /// Whether a text could be a variable's name, so that it can stand behind a dot.
    static func isVariableName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, Lexer.isLetter(first) else { return false }
        return bytes.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) }
    }
}

extension Literal {
    static func written(_ body: [Literal]) -> String { body.map(\.written).joined(separator: "; ") }

    var written: String {
        let statement: String =
            switch kind {
            case .term(let term): term.written
            case .unify(let left, let right): "\(left.written) = \(right.written)"
            case .assign(let left, let right): "\(left.written) := \(right.written)"
            case .not(let literal): "not \(literal.written)"
            case .notBody(let body): "not { \(Self.written(body)) }"
            case .logical(let logic, let left, let right): "\(left.written) \(logic.rawValue) \(right.written)"
            case .some(let names): "some \(names.map(\.written).joined(separator: ", "))"
            case .someIn(let key, let value, let collection):
                "some \(key.map { "\($0.written), " } ?? "")\(value.written) in \(collection.written)"
            case .every(let key, let value, let domain, let body):
                "every \(key.map { "\($0.written), " } ?? "")\(value.written) in \(domain.written) { \(Self.written(body)) }"
            }
        return modifiers.reduce(statement) { "\($0) with \($1.target.written) as \($1.value.written)" }
    }
}

extension Literal.Operand {
    fileprivate var written: String { isExplicit ? "{ \(Literal.written(body)) }" : Literal.written(body) }
}
