/// An expression as it is written.
final class Term: Sendable {
    enum Kind: Sendable {
        case value(RegoValue)
        /// `_` is a variable of its own at every place.
        case variable(String)
        /// A head followed by keys; `a.b` is `a["b"]`.
        case reference(Term, [Term])
        case call(Operator, [Term])
        case array([Term])
        case set([Term])
        case object([Pair])
        case arrayComprehension(Term, [Literal])
        case setComprehension(Term, [Literal])
        case objectComprehension(Pair, [Literal])
        case template([Piece])
    }

    /// What a call calls.
    enum Operator: Sendable {
        /// By an infix sign or an implicit use: always the builtin of that name.
        case builtin(String)
        /// By a name: a variable or a reference.
        case name(Term)
    }

    struct Pair: Sendable {
        let key: Term
        let value: Term
    }

    /// A piece of an interpolated text.
    enum Piece: Sendable {
        case text(String)
        case expression(Literal)
    }

    let kind: Kind
    /// An interpolated text between backquotes, which may have several lines.
    let isRaw: Bool
    let location: Location

    init(_ kind: Kind, isRaw: Bool = false, at location: Location) {
        self.kind = kind
        self.isRaw = isRaw
        self.location = location
    }

    var variable: String? { if case .variable(let name) = kind { name } else { nil } }
    var isWildcard: Bool { variable == "_" }
    var value: RegoValue? { if case .value(let value) = kind { value } else { nil } }

    /// The names of a reference whose keys are all texts, as in `data.a.b`.
    var dottedPath: [String]? {
        switch kind {
        case .variable(let name): return [name]
        case .reference(let head, let keys):
            guard let name = head.variable else { return nil }
            var path = [name]
            for key in keys {
                guard let text = key.value?.string else { return nil }
                path.append(text)
            }
            return path
        default: return nil
        }
    }
}

/// One statement of a body.
final class Literal: Sendable {
    enum Kind: Sendable {
        case term(Term)
        case unify(Term, Term)
        case assign(Term, Term)
        case not(Literal)
        /// `not { … }`
        case notBody([Literal])
        /// `a and b`, `a or b`: whether both or one of them have a solution, and nothing more.
        case logical(Logic, Operand, Operand)
        case some([Term])
        case someIn(key: Term?, value: Term, collection: Term)
        case every(key: Term?, value: Term, domain: Term, body: [Literal])
    }

    enum Logic: String, Sendable { case and, or }

    /// One side of `and` or `or`.
    struct Operand: Sendable {
        let body: [Literal]
        /// In braces, where it may have variables of its own.
        let isExplicit: Bool
    }

    struct With: Sendable {
        let target: Term
        let value: Term
        var location = Location.none
    }

    let kind: Kind
    let modifiers: [With]
    let location: Location

    init(_ kind: Kind, with modifiers: [With] = [], at location: Location) {
        self.kind = kind
        self.modifiers = modifiers
        self.location = location
    }
}
