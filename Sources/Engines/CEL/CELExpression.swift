/// A parsed expression: what is computed, and where it stands.
final class CELExpression: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        case select(CELExpression, String, isOptional: Bool)
        /// `has(a.b)`.
        case test(CELExpression, String)
        case index(CELExpression, CELExpression, isOptional: Bool)
        case call(String, receiver: CELExpression?, [CELExpression])
        case list([(value: CELExpression, isOptional: Bool)])
        case map([(key: CELExpression, value: CELExpression, isOptional: Bool)])
        case message(String, [(name: String, value: CELExpression, isOptional: Bool)])
        case comprehension(Comprehension)
        case conditional(CELExpression, CELExpression, CELExpression)
        case and(CELExpression, CELExpression)
        case or(CELExpression, CELExpression)
        /// `cel.bind(name, value, body)`.
        case bind(String, CELExpression, CELExpression)
    }

    struct Comprehension: Sendable {
        enum Macro: String, Sendable {
            case all, exists
            case existsOne = "exists_one"
            case map, filter, transformList, transformMap
        }
        var macro: Macro
        var range: CELExpression
        var variable: String
        /// The value beside the key, where both are named.
        var second: String?
        /// `map(x, condition, result)`.
        var condition: CELExpression?
        var body: CELExpression
    }

    let kind: Kind
    let offset: Int

    init(_ kind: Kind, _ offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}
