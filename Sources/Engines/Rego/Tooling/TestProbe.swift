/// Finds the statement at which a rule's body has no solution, by asking for longer and longer beginnings of it.
///
/// Asking costs an evaluation for each statement, so it is done only for a test that has failed.
public struct TestProbe: Sendable {
    /// The statement that does not hold.
    public struct Failure: Sendable {
        public var file: String
        public var row: Int
        public var column: Int
        /// The sign of a comparison, `==`; nil for every other statement.
        public var comparison: String?
        /// Both sides' values for each solution of the statements before, when it is a comparison.
        public var operands: [(left: RegoValue, right: RegoValue)]
    }

    private let modules: [PolicyModule]
    private let home: Module
    private let rule: Rule

    /// Not the name of any rule that people write.
    private static let package = "waybill_probe"

    /// `index` is the place of the module among `modules`, `row` that of the rule in it.
    public init?(modules: [PolicyModule], module index: Int, row: Int) {
        guard modules.indices.contains(index),
            let rule = modules[index].module.rules.first(where: { $0.location.row == row && !$0.body.isEmpty })
        else { return nil }
        self.modules = modules
        home = modules[index].module
        self.rule = rule
    }

    /// Nil when every statement of the body has a solution, so that the failure is elsewhere.
    public func failure(
        _ evaluate: (CompiledPolicy, String) throws -> RegoValue?, _ compile: ([PolicyModule]) throws -> CompiledPolicy
    )
        rethrows -> Failure?
    {
        let rules = rule.body.indices.map { beginning(upTo: $0 + 1) }
        let policy = try compile(modules + [extended(with: rules)])
        for (index, literal) in rule.body.enumerated() {
            if try evaluate(policy, path(name(index + 1))) != nil { continue }
            return try failure(at: index, literal, evaluate, compile)
        }
        return nil
    }

    private func failure(
        at index: Int, _ literal: Literal, _ evaluate: (CompiledPolicy, String) throws -> RegoValue?,
        _ compile: ([PolicyModule]) throws -> CompiledPolicy
    ) rethrows -> Failure {
        var failure = Failure(
            file: literal.location.file, row: literal.location.row, column: literal.location.column, operands: [])
        guard let (sign, left, right) = Self.comparison(literal) else { return failure }
        failure.comparison = sign
        let rules = operands(index, literal, left, right)
        let policy: CompiledPolicy
        do {
            policy = try compile(modules + [extended(with: rules)])
        } catch {
            // One side gets its value only from the other: there is nothing to compare.
            return failure
        }
        if let found = try evaluate(policy, path("operands")), case .set(let pairs) = found {
            failure.operands = pairs.elements.compactMap { pair in
                guard let sides = pair.array, sides.count == 2 else { return nil }
                return (sides[0], sides[1])
            }
        }
        return failure
    }

    // MARK: Rules that ask

    private func name(_ count: Int) -> String { "holds_\(count)" }
    private func path(_ name: String) -> String {
        (["data"] + home.package + ["\(Self.package)_\(name)"]).joined(separator: ".")
    }

    private func beginning(upTo count: Int) -> Rule {
        Rule(
            head: .init(
                reference: [constant("\(Self.package)_\(name(count))")], isAssigned: false, location: rule.location),
            body: Array(rule.body.prefix(count)), at: rule.location)
    }

    private func operands(_ index: Int, _ literal: Literal, _ left: Term, _ right: Term) -> [Rule] {
        let place = literal.location
        let (one, other) = (Term(.variable("waybill_left"), at: place), Term(.variable("waybill_right"), at: place))
        let body =
            rule.body.prefix(index) + [
                Literal(.assign(one, left), with: literal.modifiers, at: place),
                Literal(.assign(other, right), with: literal.modifiers, at: place),
            ]
        let head = Rule.Head(
            reference: [constant("\(Self.package)_operands")], element: Term(.array([one, other]), at: place),
            isAssigned: false, location: place)
        return [Rule(head: head, body: Array(body), at: place)]
    }

    private func constant(_ name: String) -> Term { Term(.value(.string(name)), at: rule.location) }

    private func extended(with rules: [Rule]) -> PolicyModule {
        var module = home
        module.rules = rules
        module.annotations = []
        return PolicyModule(module)
    }

    private static func comparison(_ literal: Literal) -> (String, Term, Term)? {
        switch literal.kind {
        case .unify(let left, let right): return ("=", left, right)
        case .term(let term):
            guard case .call(.builtin(let name), let arguments) = term.kind, arguments.count == 2,
                let sign = ["equal": "==", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="][name]
            else { return nil }
            return (sign, arguments[0], arguments[1])
        default: return nil
        }
    }
}

/// The cases of a test that has several: `test_sum[note] if { some note, tc in cases; … }`.
public struct TestCases: Sendable {
    private let home: Module
    private let rule: Rule

    public init?(modules: [PolicyModule], module index: Int, row: Int) {
        guard modules.indices.contains(index),
            let rule = modules[index].module.rules.first(where: { $0.location.row == row && !$0.body.isEmpty }),
            rule.head.reference.count > 1
        else { return nil }
        home = modules[index].module
        self.rule = rule
    }

    /// The keys of every case that the body meets, whether or not it holds in the end.
    public func keys(
        _ evaluate: (CompiledPolicy, String) throws -> RegoValue?, _ compile: ([PolicyModule]) throws -> CompiledPolicy,
        modules: [PolicyModule]
    ) throws -> [[RegoValue]] {
        let keys = Array(rule.head.reference.dropFirst())
        for count in 1...rule.body.count {
            let head = Rule.Head(
                reference: [Term(.value(.string("waybill_probe_cases")), at: rule.location)],
                element: Term(.array(keys), at: rule.location), isAssigned: false, location: rule.location)
            var module = home
            module.rules = [Rule(head: head, body: Array(rule.body.prefix(count)), at: rule.location)]
            module.annotations = []
            let policy: CompiledPolicy
            do {
                policy = try compile(modules + [PolicyModule(module)])
            } catch {
                // The keys are not bound yet: more of the body is needed.
                continue
            }
            let path = (["data"] + home.package + ["waybill_probe_cases"]).joined(separator: ".")
            guard let found = try evaluate(policy, path), case .set(let set) = found else { return [] }
            return set.elements.compactMap(\.array)
        }
        return []
    }
}
