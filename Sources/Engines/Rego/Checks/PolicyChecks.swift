/// What is wrong with a set of modules, in the stages in which OPA finds it: only the first stage that finds something
/// tells it, so that one mistake is one error.
struct PolicyChecks {
    struct Checked {
        var rules: [PlainRule]
        var variables: PlainVariables
        var names: Names
    }

    let modules: [Module]
    let options: CheckOptions
    private(set) var checked: [Checked] = []
    let annotations: AnnotationSet

    init(_ modules: [Module], _ options: CheckOptions) {
        self.modules = modules
        self.options = options
        annotations = AnnotationSet(modules)
    }

    /// Imports, names that must not be taken, variables declared twice or never used, targets of `with`.
    mutating func names(_ surroundings: (Module) -> Lowering.Surroundings) -> [RegoError] {
        var errors = options.isStrict ? modules.flatMap(unusedImports) : []
        if !errors.isEmpty { return errors }
        for module in modules where options.isStrict || module.version == .v1 {
            errors += duplicateImports(module) + shadows(module)
        }
        if !errors.isEmpty { return errors }
        for module in modules {
            let surroundings = surroundings(module)
            for rule in module.rules {
                let rewriter = RuleRewriter(surroundings, isStrict: options.isStrict)
                let rules = rewriter.rules(rule, module)
                errors += rewriter.errors
                // Calls inside texts are asked for like all others.
                if var first = rules.first, !rewriter.templateCalls.isEmpty {
                    first.body = PlainBody(rewriter.templateCalls)
                    templateBodies.append((first, rewriter.variables))
                }
                checked.append(Checked(rules: rules, variables: rewriter.variables, names: surroundings.names))
            }
        }
        return errors
    }

    private var templateBodies: [(PlainRule, PlainVariables)] = []

    // MARK: Imports and shadows

    private func unusedImports(_ module: Module) -> [RegoError] {
        var used: Set<String> = []
        for rule in module.rules {
            for key in rule.head.reference.dropFirst() { key.collectNames(&used) }
            for parameter in rule.head.parameters ?? [] { parameter.collectNames(&used) }
            rule.head.element?.collectNames(&used)
            rule.head.value?.collectNames(&used)
            for literal in rule.body { literal.collectEveryName(&used) }
            for alternative in rule.alternatives {
                alternative.value?.collectNames(&used)
                for literal in alternative.body { literal.collectEveryName(&used) }
            }
            rule.head.value?.collectCallNames(&used)
            rule.head.element?.collectCallNames(&used)
            for alternative in rule.alternatives { alternative.value?.collectCallNames(&used) }
        }
        return module.imports.filter { $0.path[0] != "future" && $0.path[0] != "rego" && !used.contains($0.name) }
            .map { item in
                let alias = item.alias.map { " as \($0)" } ?? ""
                return RegoError(.compile, "import \(item.term.written)\(alias) unused", at: item.location)
            }
    }

    private func duplicateImports(_ module: Module) -> [RegoError] {
        var first: [String: Module.Import] = [:]
        var errors: [RegoError] = []
        for item in module.imports where item.path[0] != "future" && item.path[0] != "rego" {
            if let other = first[item.name] {
                let alias = other.alias.map { " as \($0)" } ?? ""
                errors.append(
                    RegoError(
                        .compile, "import must not shadow import \(other.term.written)\(alias)", at: item.location))
            } else {
                first[item.name] = item
            }
        }
        return errors
    }

    private func shadows(_ module: Module) -> [RegoError] {
        var errors: [RegoError] = []
        for rule in module.rules {
            let name = rule.head.reference[0].value?.string ?? ""
            if name == "input" || name == "data" {
                errors.append(
                    RegoError(
                        .compile, "rules must not shadow \(name) (use a different rule name)", at: rule.location))
            }
            for parameter in rule.head.parameters ?? [] {
                if let name = parameter.variable, name == "input" || name == "data" {
                    errors.append(
                        RegoError(
                            .compile, "args must not shadow \(name) (use a different variable name)",
                            at: parameter.location))
                }
            }
            for body in [rule.body] + rule.alternatives.map(\.body) {
                for literal in body {
                    literal.visitLiterals { literal in
                        guard case .assign(let left, _) = literal.kind, let name = left.variable,
                            name == "input" || name == "data"
                        else { return }
                        errors.append(
                            RegoError(
                                .compile, "variables must not shadow \(name) (use a different variable name)",
                                at: literal.location))
                    }
                }
            }
        }
        return errors
    }

    // MARK: Functions and safety

    /// Calls of functions that do not exist, or with other numbers of arguments.
    func functions(_ arity: @escaping (PlainExpression.Operator) -> Int?) -> [RegoError] {
        let check = CallCheck(arity: arity)
        return checked.flatMap { entry in entry.rules.flatMap { check.errors(in: $0.body) } }
            + templateBodies.flatMap { check.errors(in: $0.0.body) }
    }

    /// Variables of heads that no body names.
    func heads() -> [RegoError] {
        var errors: [RegoError] = []
        for entry in checked {
            for rule in entry.rules {
                var known = rule.body.expressions.reduce(into: Set<Int>()) { $0.formUnion($1.variables) }
                for parameter in rule.parameters { parameter.collect(&known) }
                var seen: Set<String> = []
                for term in rule.keys + [rule.element, rule.value].compactMap({ $0 }) {
                    term.visit { inner in
                        guard let variable = inner.variable, !known.contains(variable),
                            !entry.variables[variable].isGenerated,
                            seen.insert(entry.variables[variable].name).inserted
                        else { return }
                        errors.append(
                            RegoError(
                                .unsafeVariable, "var \(entry.variables[variable].name) is unsafe",
                                at: inner.location))
                    }
                }
            }
        }
        return errors
    }

    func bodies(_ arity: @escaping (PlainExpression.Operator) -> Int?) -> [RegoError] {
        var errors: [RegoError] = []
        var undeclared: [RegoError] = []
        for entry in checked {
            for rule in entry.rules {
                var safety = SafetyCheck(arity: arity)
                var given: Set<Int> = []
                for parameter in rule.parameters { parameter.collect(&given) }
                safety.order(rule.body, given: given)
                errors += safety.errors(entry.variables)
                var check = UndeclaredCheck(entry.variables, lacking: Set(safety.lacking.map(\.variable)))
                check.look(at: rule.body)
                undeclared += check.errors
            }
        }
        return undeclared.isEmpty ? errors : undeclared
    }

    // MARK: Functions that are going away

    static let deprecated: Set<String> = [
        "all", "any", "cast_array", "cast_boolean", "cast_null", "cast_object", "cast_set", "cast_string",
        "net.cidr_overlap", "re_match", "set_diff",
    ]

    func deprecatedCalls() -> [RegoError] {
        var errors: [RegoError] = []
        func check(_ expression: PlainExpression) {
            if case .call(.builtin(let name), _) = expression.kind, Self.deprecated.contains(name) {
                errors.append(
                    RegoError(
                        .type, "deprecated built-in function calls in expression: \(name)",
                        at: expression.location))
            }
            for closure in expression.closures { for inner in closure.body.expressions { check(inner) } }
        }
        for entry in checked {
            for rule in entry.rules where options.isStrict || rule.module.version == .v1 {
                for expression in rule.body.expressions { check(expression) }
            }
        }
        return errors
    }
}

extension PlainExpression.Operator {
    var written: String {
        switch self {
        case .equality: "eq"
        case .builtin(let name), .unknown(let name): name
        case .function(let path):
            "data" + path.map { Term.isVariableName($0) ? ".\($0)" : "[\(RegoValue.string($0))]" }.joined()
        }
    }
}

extension Literal {
    /// The statement and those inside it.
    func visitLiterals(_ body: (Literal) -> Void) {
        body(self)
        var terms: [Term] = modifiers.flatMap { [$0.target, $0.value] }
        switch kind {
        case .term(let term): terms.append(term)
        case .unify(let left, let right), .assign(let left, let right): terms += [left, right]
        case .not(let literal): literal.visitLiterals(body)
        case .notBody(let literals): for literal in literals { literal.visitLiterals(body) }
        case .logical(_, let left, let right):
            for literal in left.body + right.body { literal.visitLiterals(body) }
        case .some: break
        case .someIn(let key, let value, let collection): terms += [key, value, collection].compactMap { $0 }
        case .every(_, _, let domain, let literals):
            terms.append(domain)
            for literal in literals { literal.visitLiterals(body) }
        }
        for term in terms {
            term.visitTerms { inner in
                switch inner.kind {
                case .arrayComprehension(_, let literals), .setComprehension(_, let literals),
                    .objectComprehension(_, let literals):
                    for literal in literals { literal.visitLiterals(body) }
                case .template(let pieces): for case .expression(let literal) in pieces { literal.visitLiterals(body) }
                default: break
                }
            }
        }
    }

    /// Names of variables and of what is called.
    func collectEveryName(_ names: inout Set<String>) {
        collectNames(&names)
        var found: Set<String> = []
        visitLiterals { literal in
            for modifier in literal.modifiers {
                modifier.target.collectCallNames(&found)
                modifier.value.collectCallNames(&found)
            }
            switch literal.kind {
            case .term(let term): term.collectCallNames(&found)
            case .unify(let left, let right), .assign(let left, let right):
                left.collectCallNames(&found)
                right.collectCallNames(&found)
            case .someIn(let key, let value, let collection):
                for term in [key, value, collection].compactMap({ $0 }) { term.collectCallNames(&found) }
            case .every(_, _, let domain, _): domain.collectCallNames(&found)
            default: break
            }
        }
        names.formUnion(found)
    }
}

extension Term {
    /// The term and those inside it; bodies of comprehensions are left to `Literal`.
    func visitTerms(_ body: (Term) -> Void) {
        body(self)
        switch kind {
        case .value, .variable, .template: break
        case .reference(let head, let keys):
            head.visitTerms(body)
            for key in keys { key.visitTerms(body) }
        case .call(_, let arguments): for argument in arguments { argument.visitTerms(body) }
        case .array(let terms), .set(let terms): for term in terms { term.visitTerms(body) }
        case .object(let pairs):
            for pair in pairs {
                pair.key.visitTerms(body)
                pair.value.visitTerms(body)
            }
        case .arrayComprehension(let head, _), .setComprehension(let head, _): head.visitTerms(body)
        case .objectComprehension(let pair, _):
            pair.key.visitTerms(body)
            pair.value.visitTerms(body)
        }
    }

    func collectCallNames(_ names: inout Set<String>) {
        visitTerms { term in
            if case .call(.name(let callee), _) = term.kind, let name = callee.dottedPath?[0] { names.insert(name) }
            switch term.kind {
            case .arrayComprehension(_, let body), .setComprehension(_, let body), .objectComprehension(_, let body):
                for literal in body { literal.collectEveryName(&names) }
            default: break
            }
        }
    }
}
