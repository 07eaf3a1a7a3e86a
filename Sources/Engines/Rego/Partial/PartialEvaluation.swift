/// Evaluates a plan with parts of the input or data unknown: what is known is decided, what is not is kept as terms.
///
/// Slots hold terms. A statement turns one state into several, one for each way in which it can hold.
final class PartialEvaluation {
    struct State {
        var slots: [ResidualTerm]
        var residue: [ResidualExpression] = []
        /// References that must be defined although nothing is asked of them yet.
        var pending: [ResidualTerm] = []
    }

    let policy: CompiledPolicy
    let evaluation: Evaluation
    /// What is unknown here; `with` makes parts of it known.
    var unknowns: [[String]]
    /// Rules that stay rules, by the beginnings of their paths.
    let kept: [[String]]
    /// Statements below `with`: rules mean something else there than outside.
    var replacements = 0
    private(set) var support: [PartialResult.SupportRule] = []
    private var supported: Set<[String]> = []
    private var nextVariable = 1
    private var nextSupport = 1
    private var depth = 0
    private var states = 0

    /// Ways in which the query can hold, and rules inside each other.
    static let statesMax = 100_000
    static let depthMax = 64
    /// Builtins whose result is not the same twice stay.
    static let unstable: Set<String> = [
        "http.send", "net.lookup_ip_addr", "opa.runtime", "rand.intn", "time.now_ns", "uuid.rfc4122",
    ]

    init(_ policy: CompiledPolicy, _ evaluation: Evaluation, unknowns: [[String]], kept: [[String]] = []) {
        self.kept = kept
        self.policy = policy
        self.evaluation = evaluation
        self.unknowns = unknowns
    }

    /// What is left of a query, with the values of its variables.
    func queries(
        _ block: Block, slotCount: Int, variables: [String: Int]
    ) throws(RegoError) -> [[ResidualExpression]] {
        let states = try run(block, [State(slots: empty(slotCount))])
        return states.map { state in
            var state = state
            for (name, slot) in variables.sorted(by: { $0.key < $1.key }) {
                let value = state.slots[slot]
                guard value != .variable(name) else { continue }
                let sides = value.known == nil ? [value, .variable(name)] : [.variable(name), value]
                state.residue.append(.init(kind: .call("eq", sides)))
            }
            return finished(state)
        }
    }

    func empty(_ slotCount: Int) -> [ResidualTerm] { Array(repeating: .value(.null), count: slotCount) }

    /// The residue, with what was only to be defined.
    private func finished(_ state: State) -> [ResidualExpression] {
        var residue = state.residue
        for case .reference(let head, let keys) in state.pending
        where !residue.contains(where: { $0.mentions(head, keys) }) {
            residue.append(.init(kind: .call("eq", [newVariable(), .reference(head, keys)])))
        }
        var seen: Set<ResidualExpression> = []
        return residue.filter { seen.insert($0).inserted }
    }

    func newVariable() -> ResidualTerm {
        defer { nextVariable += 1 }
        return .variable("x\(nextVariable)")
    }

    func unsupported(_ what: String, _ location: Location) -> RegoError {
        RegoError(.compile, "partial evaluation cannot look into \(what) that depends on unknowns", at: location)
    }

    // MARK: Statements

    func run(_ block: Block, _ states: [State]) throws(RegoError) -> [State] {
        var current = states
        for step in block.steps {
            var next: [State] = []
            for state in current {
                try evaluation.count(-1)
                next += try run(step, state)
            }
            self.states += next.count
            guard self.states <= Self.statesMax else {
                throw RegoError(.cancelled, "more than \(Self.statesMax) partial solutions", at: step.location)
            }
            current = next
            if current.isEmpty { break }
        }
        return current
    }

    private func run(_ step: Step, _ state: State) throws(RegoError) -> [State] {
        switch step.kind {
        case .match(let expression, let pattern): return match(term(expression, state), pattern, state)
        case .test(let expression): return asked(term(expression, state), state)
        case .fail: return []
        case .scan(let reference, let pattern): return try scan(reference, pattern, state, step.location)
        case .call(let call): return try self.call(call, state, step.location)
        case .comprehension(let comprehension, let slot):
            var state = state
            state.slots[slot] = try term(comprehension, state)
            return [state]
        case .template(let pieces, let slot): return [try template(pieces, slot, state)]
        case .not(let block): return try negation(block, state, step.location)
        case .every(let every): return try self.every(every, state, step.location)
        case .with(let overrides, let block): return try with(overrides, block, state, step.location)
        }
    }

    /// The value must not be false.
    func asked(_ term: ResidualTerm, _ state: State) -> [State] {
        if let known = term.known { return known.isTrue ? [state] : [] }
        var state = state
        state.residue.append(.init(kind: .term(term)))
        return [state]
    }

    func term(_ expression: Expression, _ state: State) -> ResidualTerm {
        switch expression {
        case .constant(let value): return .value(value)
        case .slot(let slot): return state.slots[slot]
        case .array(let elements):
            let terms = elements.map { term($0, state) }
            if let known = Self.known(terms) { return .value(.array(known)) }
            return .array(terms)
        case .set(let elements):
            let terms = elements.map { term($0, state) }
            if let known = Self.known(terms) { return .value(.set(RegoSet(known))) }
            return .set(terms)
        case .object(let pairs):
            let members = pairs.map { ResidualTerm.Member(key: term($0.key, state), value: term($0.value, state)) }
            if let keys = Self.known(members.map(\.key)), let values = Self.known(members.map(\.value)) {
                return .value(.object(RegoObject(zip(keys, values).map { .init(key: $0, value: $1) })))
            }
            return .object(members)
        }
    }

    static func known(_ terms: [ResidualTerm]) -> [RegoValue]? {
        var values: [RegoValue] = []
        for term in terms {
            guard let value = term.known else { return nil }
            values.append(value)
        }
        return values
    }

    /// The states in which the term has the pattern's form.
    func match(_ found: ResidualTerm, _ pattern: Pattern?, _ state: State) -> [State] {
        guard let pattern else { return asked(found, state) }
        switch pattern {
        case .any: return [state]
        case .bind(let slot):
            var state = state
            state.slots[slot] = found
            if case .reference = found { state.pending.append(found) }
            return [state]
        case .equal(let expression): return equal(found, term(expression, state), state)
        case .array(let patterns):
            let elements: [ResidualTerm]
            switch found {
            case .value(.array(let values)): elements = values.map { .value($0) }
            case .array(let terms): elements = terms
            case .value, .set, .object: return []
            default:
                var state = state
                let variables = patterns.map { _ in newVariable() }
                state.residue.append(.init(kind: .call("eq", [found, .array(variables)])))
                return match(variables, patterns, state)
            }
            return elements.count == patterns.count ? match(elements, patterns, state) : []
        case .object(let members):
            var states = [state]
            if let object = found.known?.object, object.count != members.count { return [] }
            for member in members {
                states = states.flatMap { state -> [State] in
                    let key = term(member.key, state)
                    if let object = found.known {
                        guard let known = key.known, let value = object[known] else { return [] }
                        return match(.value(value), member.value, state)
                    }
                    return match(self.member(of: found, key), member.value, state)
                }
            }
            return states
        }
    }

    private func match(_ terms: [ResidualTerm], _ patterns: [Pattern], _ state: State) -> [State] {
        zip(terms, patterns).reduce([state]) { states, pair in
            states.flatMap { match(pair.0, pair.1, $0) }
        }
    }

    private func equal(_ one: ResidualTerm, _ other: ResidualTerm, _ state: State) -> [State] {
        if let left = one.known, let right = other.known { return left == right ? [state] : [] }
        if one == other { return [state] }
        if case .array(let left) = one, case .array(let right) = other {
            guard left.count == right.count else { return [] }
            return zip(left, right).reduce([state]) { states, pair in
                states.flatMap { equal(pair.0, pair.1, $0) }
            }
        }
        var state = state
        state.residue.append(.init(kind: .call("eq", one.known == nil ? [one, other] : [other, one])))
        return [state]
    }

    /// A reference that goes on from a term.
    func member(of term: ResidualTerm, _ key: ResidualTerm) -> ResidualTerm {
        switch (term, key) {
        case (.variable(let name), _): return .reference(name, [key])
        case (.reference(let head, let keys), _): return .reference(head, keys + [key])
        case (.array(let terms), .value(let index)):
            if let index = index.int, terms.indices.contains(index) { return terms[index] }
        case (.object(let members), .value):
            if let member = members.first(where: { $0.key == key }) { return member.value }
        default: break
        }
        return .reference("undefined", [])
    }

    // MARK: Support

    /// A name for a rule that stands for a part of a body.
    func supportName(_ what: String) -> String {
        defer { nextSupport += 1 }
        return "__\(what)\(nextSupport)__"
    }

    func addSupport(_ path: [String], _ rules: () throws(RegoError) -> [PartialResult.SupportRule]) throws(RegoError) {
        guard supported.insert(path).inserted else { return }
        support += try rules()
    }

    func addSupport(_ rule: PartialResult.SupportRule) { support.append(rule) }

    func nested<Result>(_ location: Location, _ body: () throws(RegoError) -> Result) throws(RegoError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw RegoError(.cancelled, "rules nested deeper than \(Self.depthMax) levels", at: location)
        }
        return try body()
    }

    func residue(of state: State) -> [ResidualExpression] { finished(state) }
}
