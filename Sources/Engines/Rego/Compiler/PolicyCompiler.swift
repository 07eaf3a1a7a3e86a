/// Turns modules into groups of clauses, and finds what is wrong with them as a whole.
struct PolicyCompiler {
    private struct Entry {
        var rule: Rule
        var module: Module
        /// How many keys of the head belong to the group's path.
        var pathCount: Int
    }

    private let modules: [Module]
    private let builtins: Builtins
    private let options: CheckOptions
    private var tree = DocumentTree()
    private var entries: [[Entry]] = []
    private var paths: [[String]] = []
    private var kinds: [RuleGroup.Kind] = []
    /// Groups whose rules are of several kinds.
    private var mixed: Set<Int> = []
    private var errors: [RegoError] = []

    /// What is wrong beyond this is not told.
    static let errorsMax = 10

    struct Result {
        var tree: DocumentTree
        var groups: [RuleGroup]
        var surroundings: Lowering.Surroundings
    }

    init(modules: [Module], builtins: Builtins, checks: CheckOptions = CheckOptions()) {
        self.modules = modules
        self.builtins = builtins
        options = checks
    }

    mutating func compile() throws(RegoErrors) -> Result {
        for module in modules {
            _ = tree.node(at: module.package)
            for rule in module.rules { collect(rule, module) }
        }
        let conflicts = errors
        errors = []
        let surroundings = Lowering.Surroundings(names: Names(), tree: tree, kinds: kinds, builtins: builtins)
        let ruleNames = ruleNamesByPackage()
        var checks = PolicyChecks(modules, options)
        errors = checks.names { module in
            var own = surroundings
            own.names = names(of: module, ruleNames)
            return own
        }
        try report()
        let annotations = checks.annotations
        errors = annotations.errors
        try report()
        errors = conflicts
        checkConflicts()
        if errors.isEmpty { checkKinds() }
        if errors.isEmpty { checkPackages() }
        try report()
        let arity = Self.arities(surroundings)
        errors = checks.functions(arity)
        try report()
        errors = checks.heads()
        try report()
        errors = checks.bodies(arity)
        try report()
        var groups: [RuleGroup] = []
        for (id, entries) in entries.enumerated() {
            var clauses: [Clause] = []
            var fallback: Clause?
            for entry in entries {
                var own = surroundings
                own.names = names(of: entry.module, ruleNames)
                own.hasSafeNegation = entry.module.hasSafeNegation
                own.metadata = Lowering.Metadata(annotations: annotations, rule: entry.rule, module: entry.module)
                var compiler = RuleCompiler(entry.rule, pathCount: entry.pathCount, own)
                let clause = compiler.clause()
                errors += compiler.errors
                if entry.rule.isDefault { fallback = clause } else { clauses.append(clause) }
            }
            groups.append(RuleGroup(id: id, path: paths[id], kind: kinds[id], clauses: clauses, fallback: fallback))
        }
        try report()
        errors = RecursionCheck(groups: groups, tree: tree, locations: entries.map { $0[0].rule.location }).errors()
        try report()
        errors = checks.types()
        try report()
        errors = checks.deprecatedCalls()
        try report()
        return Result(tree: tree, groups: groups, surroundings: surroundings)
    }

    /// How many arguments functions have; nil for those that do not exist.
    static func arities(_ surroundings: Lowering.Surroundings) -> (PlainExpression.Operator) -> Int? {
        { operation in
            switch operation {
            case .equality: return 2
            case .builtin(let name):
                return surroundings.builtins.index(of: name).map { surroundings.builtins[$0].arity }
            case .function(let path):
                guard let node = surroundings.tree.existingNode(at: path),
                    let group = surroundings.tree.nodes[node].group,
                    case .function(let arity) = surroundings.kinds[group]
                else { return nil }
                return arity
            case .unknown: return nil
            }
        }
    }

    private func report() throws(RegoErrors) {
        guard !errors.isEmpty else { return }
        let order = Dictionary(modules.enumerated().map { ($1.file, $0) }) { first, _ in first }
        let sorted = errors.enumerated().sorted { one, other in
            let left = (order[one.element.file] ?? 0, one.element.row, one.element.column, one.offset)
            let right = (order[other.element.file] ?? 0, other.element.row, other.element.column, other.offset)
            return left < right
        }
        throw RegoErrors(sorted.prefix(Self.errorsMax).map(\.element))
    }

    private mutating func collect(_ rule: Rule, _ module: Module) {
        let name = rule.head.reference[0].value?.string ?? ""
        if name == "input" || name == "data", rule.head.reference.count == 1 {
            errors.append(
                RegoError(.compile, "rules must not shadow \(name) (use a different rule name)", at: rule.location))
            return
        }
        let prefix = rule.head.reference.prefix { $0.value?.string != nil }.compactMap { $0.value?.string }
        let path = module.package + prefix
        let node = tree.node(at: path)
        let entry = Entry(rule: rule, module: module, pathCount: prefix.count)
        let kind: RuleGroup.Kind =
            if let parameters = rule.head.parameters {
                .function(arity: parameters.count)
            } else if prefix.count < rule.head.reference.count {
                .object
            } else if rule.head.element != nil {
                .set
            } else {
                .complete
            }
        guard let group = tree.nodes[node].group else {
            tree.setGroup(entries.count, at: node)
            entries.append([entry])
            paths.append(path)
            kinds.append(kind)
            return
        }
        entries[group].append(entry)
        if kinds[group] != kind { mixed.insert(group) }
    }

    /// Rules of one document must be of one kind, and at most one of them the default.
    private mutating func checkKinds() {
        for (id, group) in entries.enumerated() {
            let name = (["data"] + paths[id]).joined(separator: ".")
            let defaults = group.filter(\.rule.isDefault)
            if mixed.contains(id) {
                errors.append(
                    RegoError(.type, "conflicting rules \(name) found", at: group[0].rule.location))
            } else if defaults.count > 1 {
                let places = defaults.map { "\($0.module.file):\($0.rule.location.row)" }.joined(separator: ", ")
                errors.append(
                    RegoError(
                        .type, "multiple default rules \(name) found at \(places)",
                        at: defaults[0].module.packageLocation))
            }
        }
    }

    /// A package cannot have the path of a rule.
    private mutating func checkPackages() {
        let packages = Dictionary(modules.map { ($0.package, $0) }) { first, _ in first }
        for module in modules {
            for rule in module.rules {
                let names = rule.head.reference.compactMap { $0.value?.string }
                guard names.count == rule.head.reference.count, let other = packages[module.package + names],
                    other.file != module.file
                else { continue }
                errors.append(
                    RegoError(
                        .type,
                        "package \(other.package.joined(separator: ".")) conflicts with rule"
                            + " \(names.joined(separator: ".")) defined at \(rule.location.file):\(rule.location.row)",
                        at: module.packageLocation))
            }
        }
    }

    /// A document whose value is whole cannot have rules below it.
    private mutating func checkConflicts() {
        for (id, kind) in kinds.enumerated() where kind != .object {
            guard let node = tree.existingNode(at: paths[id]) else { continue }
            let below = tree.groups(below: node).filter { $0 != id }
            guard !below.isEmpty else { continue }
            let list = below.flatMap { group in
                entries[group].map {
                    "rule data.\(paths[group].joined(separator: ".")) at \($0.module.file):\($0.rule.location.row)"
                }
            }
            errors.append(
                RegoError(
                    .type,
                    "rule data.\(paths[id].joined(separator: ".")) conflicts with:\n  \(list.joined(separator: "\n  "))",
                    at: entries[id][0].rule.location))
        }
    }

    private func ruleNamesByPackage() -> [[String]: Set<String>] {
        var result: [[String]: Set<String>] = [:]
        for module in modules {
            for rule in module.rules {
                if let name = rule.head.reference[0].value?.string { result[module.package, default: []].insert(name) }
            }
        }
        return result
    }

    private func names(of module: Module, _ ruleNames: [[String]: Set<String>]) -> Names {
        var names = Names(package: module.package, rules: ruleNames[module.package] ?? [])
        for item in module.imports where item.path[0] == "data" || item.path[0] == "input" {
            names.imports[item.name] = item.path
        }
        return names
    }
}
