/// What runs. The plan's statements as values without references that are counted: they point into the program's arena.
/// Two tasks that evaluate the same policy then write to nothing in common.
enum Code {
    typealias List<Element> = UnsafeBufferPointer<Element>
    typealias At<Element> = UnsafePointer<Element>
    typealias Block = UnsafeBufferPointer<Step>

    enum Expression {
        case constant(At<RegoValue>)
        case slot(Int)
        case array(List<Expression>)
        case set(List<Expression>)
        case object(List<Pair>)
        /// An object whose keys are constants: the values stand in the shape's order.
        case record(At<ObjectShape>, List<Expression>)
    }

    struct Pair {
        let key: Expression
        let value: Expression
    }

    enum Pattern {
        case any
        case bind(Int)
        case equal(Expression)
        case array(List<Pattern>)
        case object(List<Member>)
    }

    struct Member {
        let key: Expression
        let value: Pattern
    }

    struct Reference {
        enum Head {
            case input
            case data
            case value(Expression)
        }

        /// Where the leading constant keys of a reference into data lead, as long as data and rules are the policy's own.
        enum Route {
            case none
            case document(node: Int)
            case base(At<RegoValue>?)
        }

        let head: Head
        let keys: List<Pattern>
        let route: Route
        /// Keys that the route has taken.
        let routed: Int
        /// What the value decides something about, rather than only appearing in a result.
        let isCondition: Bool
    }

    struct Step {
        /// Nil for a pattern asks that the value is not false.
        enum Kind {
            case match(Expression, Pattern)
            case test(Expression)
            case fail
            /// The one value that closed keys lead to.
            case lookup(At<Reference>, Pattern?)
            /// Every value that the keys lead to.
            case scan(At<Reference>, Pattern?)
            case intrinsic(Intrinsic, At<Call>)
            case call(At<Call>)
            case relation(At<Call>)
            case comprehension(At<Comprehension>, slot: Int)
            case template(List<Piece>, slot: Int)
            case not(Block)
            case every(At<Every>)
            case with(List<Override>, Block)
        }

        let kind: Kind
        /// Its place among the program's sites.
        let site: Int
    }

    /// Builtins that are so frequent that they run without a list of arguments.
    enum Intrinsic { case notEqual, less, lessOrEqual, greater, greaterOrEqual, member, plus, minus, count, startsWith }

    struct Call {
        let callee: Rego.Call.Callee
        let arguments: List<Expression>
        let result: Pattern?
    }

    struct Comprehension {
        let kind: Rego.Comprehension.Kind
        let head: List<Expression>
        let body: Block
    }

    enum Piece {
        case text(At<String>)
        case expression(Block, Expression, site: Int)
    }

    struct Every {
        let domain: Expression
        let key: Int?
        let value: Int?
        let body: Block
    }

    struct Override {
        enum Target {
            case input(At<[String]>)
            case data(At<[String]>)
            case callee(Rego.Call.Callee)
        }

        enum Replacement {
            case value(Expression)
            case callee(Rego.Call.Callee)
        }

        let target: Target
        let replacement: Replacement
    }

    enum Yield {
        case value(Expression)
        case element(Expression)

        var expression: Expression {
            switch self {
            case .value(let expression), .element(let expression): expression
            }
        }
    }

    /// One body of a rule; those behind `else` follow the first.
    struct Branch {
        let body: Block
        let keys: List<Expression>
        let yield: Yield
        let site: Int
        /// The first solution is as good as all.
        let hasConstantResult: Bool
    }

    struct Clause {
        let slotCount: Int
        let parameters: List<Pattern>
        let branches: List<Branch>
        let site: Int
    }

    struct Group {
        let kind: RuleGroup.Kind
        let node: Int
        let clauses: List<Clause>
        let fallback: At<Clause>?
        /// All clauses give the same constant: the first that holds decides.
        let isOneConstant: Bool
        /// Nil where there are too few clauses to choose from.
        let index: At<RuleIndex>?
        let site: Int
    }

    /// One package or rule of the tree of documents.
    struct Node {
        let group: Int?
        let names: List<RegoValue>
        /// In the order of the names.
        let children: List<Int>

        /// The child of that name.
        func child(_ name: RegoValue) -> Int? {
            var (low, high) = (0, names.count)
            while low < high {
                let middle = (low + high) / 2
                let order = RegoValue.compare(names[middle], name)
                if order == 0 { return children[middle] }
                if order < 0 { low = middle + 1 } else { high = middle }
            }
            return nil
        }
    }
}
