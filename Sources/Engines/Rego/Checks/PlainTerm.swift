/// A term as the checks see it: names are understood, every call stands in a statement of its own.
final class PlainTerm {
    enum Comprehension {
        case array, set, object
    }

    indirect enum Kind {
        case constant(RegoValue)
        case variable(Int)
        /// `data` or `input`.
        case document(String)
        case reference(PlainTerm, [PlainTerm])
        case array([PlainTerm])
        case set([PlainTerm])
        case object([(key: PlainTerm, value: PlainTerm)])
        case comprehension(Comprehension, [PlainTerm], PlainBody)
        /// Texts and values put together; only what they need counts. The calls run inside the text.
        case template([PlainTerm], calls: PlainBody)
        /// A builtin's name, as `with` may hold it.
        case function(String)
    }

    let kind: Kind
    let location: Location
    /// A comprehension's type and what is wrong in it, once it has been checked.
    var checked: (type: RegoType?, errors: [RegoError])?

    init(_ kind: Kind, at location: Location) {
        self.kind = kind
        self.location = location
    }

    var variable: Int? { if case .variable(let number) = kind { number } else { nil } }

    /// Whether asking for the value is work: references, comprehensions.
    var needsEvaluation: Bool {
        switch kind {
        case .reference, .comprehension, .template, .document: true
        case .array(let terms), .set(let terms): terms.contains(where: \.needsEvaluation)
        case .object(let pairs): pairs.contains { $0.key.needsEvaluation || $0.value.needsEvaluation }
        case .constant, .variable, .function: false
        }
    }

    /// The names behind `data`, as far as they are texts; nil for another head.
    var dataPath: [String]? {
        if case .document("data") = kind { return [] }
        guard case .reference(let head, let keys) = kind, case .document("data") = head.kind else { return nil }
        var path: [String] = []
        for key in keys {
            guard case .constant(let value) = key.kind, let text = value.string else { break }
            path.append(text)
        }
        return path
    }
}

/// Statements, which the safety check puts into an order.
final class PlainBody {
    var expressions: [PlainExpression]
    init(_ expressions: [PlainExpression]) { self.expressions = expressions }
}

/// One statement.
final class PlainExpression {
    enum Operator: Equatable {
        /// `=`, or `:=` when its names have been declared.
        case equality
        case builtin(String)
        /// Behind `data`.
        case function([String])
        case unknown(String)
    }

    enum Kind {
        case term(PlainTerm)
        case call(Operator, [PlainTerm])
        case every(key: PlainTerm?, value: PlainTerm, domain: PlainTerm, PlainBody)
        /// With what must have a value before: the variables of an operand that has none of its own.
        case not(PlainBody, needs: [PlainTerm])
    }

    struct With {
        var target: PlainTerm
        var value: PlainTerm
    }

    let kind: Kind
    let isNegated: Bool
    var modifiers: [With]
    let location: Location
    /// The call's last argument was added for its result.
    let hasAddedOutput: Bool

    init(
        _ kind: Kind, isNegated: Bool = false, modifiers: [With] = [], hasAddedOutput: Bool = false,
        at location: Location
    ) {
        self.kind = kind
        self.isNegated = isNegated
        self.modifiers = modifiers
        self.hasAddedOutput = hasAddedOutput
        self.location = location
    }
}

/// A rule, or one of its `else` branches.
struct PlainRule {
    var rule: Rule
    var module: Module
    /// Behind `data`, as far as the names are texts.
    var path: [String]
    /// The keys behind the path that are no texts.
    var keys: [PlainTerm]
    var parameters: [PlainTerm]
    var element: PlainTerm?
    var value: PlainTerm?
    var body: PlainBody
    var location: Location
    var isDefault: Bool
}

/// What is known of variables: the names that people gave.
struct PlainVariables: Sendable {
    struct Variable: Sendable {
        var name: String
        var isGenerated: Bool
    }

    private(set) var all: [Variable] = []

    mutating func add(_ name: String, isGenerated: Bool = false) -> Int {
        all.append(Variable(name: name, isGenerated: isGenerated))
        return all.count - 1
    }

    subscript(number: Int) -> Variable { all[number] }
}
