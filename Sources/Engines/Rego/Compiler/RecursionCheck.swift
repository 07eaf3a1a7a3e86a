/// Finds documents and functions that need themselves.
struct RecursionCheck {
    let groups: [RuleGroup]
    let tree: DocumentTree
    let locations: [Location]

    func errors() -> [RegoError] {
        let edges = groups.map { group -> [Int] in
            var collector = DependencyCollector(tree: tree)
            for clause in group.clauses + (group.fallback.map { [$0] } ?? []) { collector.visit(clause) }
            return collector.found.sorted()
        }
        var errors: [RegoError] = []
        for id in entangled(edges) {
            guard let cycle = cycle(from: id, edges) else { continue }
            let path = (cycle + [id]).map { groups[$0].name }.joined(separator: " -> ")
            errors.append(RegoError(.recursion, "rule \(groups[id].name) is recursive: \(path)", at: locations[id]))
        }
        return errors
    }

    /// The groups that are left when those that need nothing more are taken away again and again.
    private func entangled(_ edges: [[Int]]) -> [Int] {
        var users = [[Int]](repeating: [], count: edges.count)
        var needs = edges.map(\.count)
        for (id, targets) in edges.enumerated() {
            for target in targets { users[target].append(id) }
        }
        var free = needs.indices.filter { needs[$0] == 0 }
        var isFree = needs.map { $0 == 0 }
        while let id = free.popLast() {
            for user in users[id] {
                needs[user] -= 1
                if needs[user] == 0 {
                    isFree[user] = true
                    free.append(user)
                }
            }
        }
        return isFree.indices.filter { !isFree[$0] }
    }

    /// The shortest way back.
    private func cycle(from start: Int, _ edges: [[Int]]) -> [Int]? {
        var previous: [Int: Int] = [:]
        var queue = [start]
        var index = 0
        while index < queue.count {
            let node = queue[index]
            index += 1
            for next in edges[node] {
                if next == start {
                    var path = [node]
                    while let last = path.last, last != start, let before = previous[last] { path.append(before) }
                    return path.reversed()
                }
                if previous[next] == nil {
                    previous[next] = node
                    queue.append(next)
                }
            }
        }
        return nil
    }
}

/// Which groups a clause asks for.
struct DependencyCollector {
    let tree: DocumentTree
    var found: Set<Int> = []

    mutating func visit(_ clause: Clause) {
        visit(clause.body)
        for alternative in clause.alternatives { visit(alternative) }
    }

    private mutating func visit(_ block: Block) {
        for step in block.steps {
            switch step.kind {
            case .match, .test, .fail: break
            case .scan(let reference, _): visit(reference)
            case .call(let call): if case .function(let group) = call.callee { found.insert(group) }
            case .comprehension(let comprehension, _): visit(comprehension.body)
            case .template(let pieces, _):
                for case .expression(let block, _, _) in pieces { visit(block) }
            case .not(let block): visit(block)
            case .every(let every): visit(every.body)
            case .with(let overrides, let block):
                visit(block)
                for override in overrides {
                    if case .callee(.function(let group)) = override.replacement { found.insert(group) }
                }
            }
        }
    }

    private mutating func visit(_ reference: Reference) {
        guard case .data = reference.head else { return }
        visit(node: DocumentTree.root, reference.keys[...])
    }

    private mutating func visit(node: Int, _ keys: ArraySlice<Pattern>) {
        if let group = tree.nodes[node].group {
            // A function has no value to refer to.
            found.insert(group)
            found.formUnion(tree.groups(below: node))
            return
        }
        guard let key = keys.first else { return found.formUnion(tree.groups(below: node)) }
        if case .equal(.constant(let value)) = key {
            if let name = value.string, let child = tree.nodes[node].children[name] {
                visit(node: child, keys.dropFirst())
            }
        } else {
            for name in tree.nodes[node].names {
                if let child = tree.nodes[node].children[name] { visit(node: child, keys.dropFirst()) }
            }
        }
    }
}
