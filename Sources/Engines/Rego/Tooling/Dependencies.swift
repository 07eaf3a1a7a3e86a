/// What a query needs: documents from outside and documents that rules define.
public struct Dependencies: Sendable, Equatable {
    /// Paths that begin with `input` or `data`, as far as their keys are constant; ordered, none within another.
    public var base: [[RegoValue]] = []
    /// Paths of rules, ordered.
    public var virtual: [[RegoValue]] = []

    public init(of query: String, in modules: [PolicyModule]) throws(RegoError) {
        let literals = try Parser.query(query)
        var search = DependencySearch(modules.map(\.module))
        var walker = SyntaxWalker()
        for literal in literals { walker.visit(literal) }
        search.add(walker.references, in: nil)
        base = search.minimalBase
        virtual = search.virtual.sorted { RegoValue.array($0) < RegoValue.array($1) }
    }
}

/// Follows references from rule to rule.
private struct DependencySearch {
    private let modules: [Module]
    private var rulesByPath: [[String]: [(module: Int, rule: Rule)]] = [:]
    private var names: [[String]: Set<String>] = [:]
    private var base: Set<[RegoValue]> = []
    private(set) var virtual: Set<[RegoValue]> = []

    init(_ modules: [Module]) {
        self.modules = modules
        for (index, module) in modules.enumerated() {
            for rule in module.rules {
                let path = rule.outline.path
                rulesByPath[module.package + path, default: []].append((index, rule))
                if let name = path.first { names[module.package, default: []].insert(name) }
            }
        }
    }

    var minimalBase: [[RegoValue]] {
        base.filter { path in !(1..<path.count).contains { base.contains(Array(path.prefix($0))) } }
            .sorted { RegoValue.array($0) < RegoValue.array($1) }
    }

    mutating func add(_ references: [SyntaxWalker.Found], in module: Int?) {
        for reference in references { add(reference, in: module) }
    }

    private mutating func add(_ reference: SyntaxWalker.Found, in module: Int?) {
        guard let path = resolved(reference, in: module) else { return }
        guard path[0] == "data" else {
            base.insert(path)
            return
        }
        let texts = path.dropFirst().prefix { $0.string != nil }.compactMap(\.string)
        // The longest path that has rules, or every rule below a package.
        for count in stride(from: texts.count, through: 1, by: -1) {
            let prefix = Array(texts.prefix(count))
            if rulesByPath[prefix] != nil {
                addRules(at: prefix)
                return
            }
        }
        let below = rulesByPath.keys.filter { $0.starts(with: texts) }
        if below.isEmpty || texts.isEmpty && module == nil && path.count == 1 {
            base.insert(path)
        }
        for path in below { addRules(at: path) }
    }

    private mutating func addRules(at path: [String]) {
        guard let found = rulesByPath[path], virtual.insert([.string("data")] + path.map { .string($0) }).inserted
        else {
            return
        }
        for (module, rule) in found {
            var walker = SyntaxWalker()
            for key in rule.head.reference.dropFirst() { walker.visit(key) }
            for term in (rule.head.parameters ?? []) + [rule.head.element, rule.head.value].compactMap({ $0 }) {
                walker.visit(term)
            }
            for literal in rule.body { walker.visit(literal) }
            for alternative in rule.alternatives {
                if let value = alternative.value { walker.visit(value) }
                for literal in alternative.body { walker.visit(literal) }
            }
            add(walker.references, in: module)
        }
    }

    /// From `data` or `input`; nil for a variable or a builtin.
    private func resolved(_ reference: SyntaxWalker.Found, in module: Int?) -> [RegoValue]? {
        if reference.head == "input" || reference.head == "data" { return [.string(reference.head)] + reference.keys }
        guard let module else { return nil }
        let package = modules[module].package
        for item in modules[module].imports where item.name == reference.head {
            guard item.path[0] == "input" || item.path[0] == "data" else { return nil }
            return item.path.map { .string($0) } + reference.keys
        }
        guard names[package]?.contains(reference.head) == true else { return nil }
        return [.string("data")] + package.map { .string($0) } + [.string(reference.head)] + reference.keys
    }
}
