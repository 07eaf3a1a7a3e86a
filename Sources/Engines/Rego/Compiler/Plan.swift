/// What a policy is compiled to. Variables are slots of a frame; where each one gets its value is decided when the
/// policy is compiled, so that nothing has to be undone while it runs.
indirect enum Expression: Sendable {
    case constant(RegoValue)
    case slot(Int)
    case array([Expression])
    case set([Expression])
    case object([Pair])

    struct Pair: Sendable {
        let key: Expression
        let value: Expression
    }
}

/// What a value must look like, and which of its parts fill slots.
indirect enum Pattern: Sendable {
    case any
    case bind(Int)
    case equal(Expression)
    case array([Pattern])
    case object([Member])

    struct Member: Sendable {
        let key: Expression
        let value: Pattern
    }

    /// The expression when nothing is filled.
    var expression: Expression? { if case .equal(let expression) = self { expression } else { nil } }
}

/// A path into a document, some of whose keys may be open.
final class Reference: Sendable {
    enum Head: Sendable {
        case input
        /// The node that the constant keys lead to, as far as there are rules.
        case data
        case value(Expression)
    }

    let head: Head
    let keys: [Pattern]
    /// The keys as expressions when all are closed: there is at most one value.
    let closedKeys: [Expression]?

    init(head: Head, keys: [Pattern]) {
        self.head = head
        self.keys = keys
        let closed = keys.compactMap(\.expression)
        closedKeys = closed.count == keys.count ? closed : nil
    }
}

/// Statements in an order in which they can run.
final class Block: Sendable {
    let steps: [Step]
    init(_ steps: [Step]) { self.steps = steps }
}

struct Step: Sendable {
    enum Kind: Sendable {
        case match(Expression, Pattern)
        case test(Expression)
        case fail
        /// Every value that the reference reaches; nil asks that it is not false.
        case scan(Reference, Pattern?)
        case call(Call)
        case comprehension(Comprehension, slot: Int)
        case template([TemplatePiece], slot: Int)
        case not(Block)
        case every(Every)
        case with([Override], Block)
    }

    let kind: Kind
    let location: Location
    /// Where the statement begins that the step is a part of.
    let statement: Location

    init(kind: Kind, location: Location, statement: Location? = nil) {
        self.kind = kind
        self.location = location
        self.statement = statement ?? location
    }
}

final class Call: Sendable {
    enum Callee: Sendable, Hashable {
        case builtin(Int)
        case function(Int)
    }

    let callee: Callee
    let arguments: [Expression]
    /// Nil asks that the result is not false.
    let result: Pattern?

    init(callee: Callee, arguments: [Expression], result: Pattern?) {
        self.callee = callee
        self.arguments = arguments
        self.result = result
    }
}

final class Comprehension: Sendable {
    enum Kind: Sendable { case array, set, object }
    let kind: Kind
    /// The element, or key and value.
    let head: [Expression]
    let body: Block
    let location: Location

    init(kind: Kind, head: [Expression], body: Block, location: Location) {
        self.kind = kind
        self.head = head
        self.body = body
        self.location = location
    }
}

enum TemplatePiece: Sendable {
    case text(String)
    case expression(Block, Expression, Location)
}

final class Every: Sendable {
    let domain: Expression
    let key: Int?
    let value: Int?
    let body: Block

    init(domain: Expression, key: Int?, value: Int?, body: Block) {
        self.domain = domain
        self.key = key
        self.value = value
        self.body = body
    }
}

/// One `with`.
struct Override: Sendable {
    enum Target: Sendable {
        case input([String])
        case data([String])
        case callee(Call.Callee)
    }

    enum Replacement: Sendable {
        case value(Expression)
        case callee(Call.Callee)
    }

    let target: Target
    let replacement: Replacement
}
