/// Package, imports and the order of statements.
extension FormatWriter {
    private enum Item {
        case `import`(Module.Import)
        case rule(Rule)

        var location: Location {
            switch self {
            case .import(let item): item.location
            case .rule(let rule): rule.location
            }
        }
    }

    mutating func module(_ module: Module) {
        header(module)
        var imports = imports(of: module).map { Item.import($0) }
        let rules = module.rules.map { Item.rule($0) }
        // Imports keep their place among the rules.
        imports += rules
        let items = imports.enumerated().sorted {
            ($0.element.location.row, $0.element.location.column, $0.offset)
                < ($1.element.location.row, $1.element.location.column, $1.offset)
        }.map(\.element)
        var index = 0
        while index < items.count {
            var imports: [Module.Import] = []
            while index < items.count, case .import(let item) = items[index] {
                imports.append(item)
                index += 1
            }
            write(imports)
            var rules: [Rule] = []
            while index < items.count, case .rule(let rule) = items[index] {
                rules.append(rule)
                index += 1
            }
            write(rules)
        }
        for comment in comments { line("#\(comment.text)") }
        if !comments.isEmpty { write("\n") }
        comments = []
    }

    private mutating func header(_ module: Module) {
        try? takeComments(before: module.packageLocation.row)
        startLine()
        write("package ")
        if let term = module.packageTerm { reference(of: term) }
        blankLine()
    }

    /// Imports that new Rego has no use for are left out.
    private func imports(of module: Module) -> [Module.Import] {
        guard module.imports.contains(where: { $0.path == ["rego", "v1"] }) else { return module.imports }
        return module.imports.filter { !$0.path.starts(with: ["future", "keywords"]) || $0.path.last == "not" }
    }

    private mutating func write(_ imports: [Module.Import]) {
        guard !imports.isEmpty else { return }
        var behind: [Int: Comment] = [:]
        comments.removeAll { comment in
            guard imports.contains(where: { $0.location.row == comment.location.row }) else { return false }
            behind[comment.location.row] = comment
            return true
        }
        for group in Self.groups(imports) {
            try? takeComments(before: group[0].location.row)
            for item in group.sorted(by: Self.comesFirst) {
                startLine()
                write("import ")
                reference(of: item.term)
                if let alias = item.alias { write(" as \(alias)") }
                if let comment = behind[item.location.row] { write(" #\(comment.text)") }
                endLine()
            }
            blankLine()
        }
    }

    /// Imports in neighbouring rows stay together.
    private static func groups(_ imports: [Module.Import]) -> [[Module.Import]] {
        var groups: [[Module.Import]] = []
        for item in imports {
            if let last = groups.last?.last, item.location.row - last.location.row <= 1 {
                groups[groups.count - 1].append(item)
            } else {
                groups.append([item])
            }
        }
        return groups
    }

    private static func comesFirst(_ one: Module.Import, _ other: Module.Import) -> Bool {
        for (left, right) in zip(one.path, other.path) where left != right {
            return RegoValue.compare(left, right) < 0
        }
        if one.path.count != other.path.count { return one.path.count < other.path.count }
        return RegoValue.compare(one.alias ?? "", other.alias ?? "") < 0
    }

    /// A path as in `package` and `import`.
    private mutating func reference(of term: Term) {
        guard case .reference(let head, let keys) = term.kind else { return write(term.written) }
        write(head.written)
        for key in keys { self.key(key) }
    }

    /// A text behind a reference's head: with a dot where that can be read again.
    mutating func key(_ key: Term) {
        guard let text = key.value?.string else { return }
        let isQuoted = bytes(key.location).first == UInt8(ascii: "\"")
        if !Term.isVariableName(text) || style.keywords.contains(text) && isQuoted {
            write("[\(key.written)]")
        } else {
            write(".\(text)")
        }
    }
}
