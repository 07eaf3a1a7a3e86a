/// Finds out whether a clause reads anything unknown itself, and which rules it asks.
struct UnknownCollector {
    let tree: DocumentTree
    let unknowns: [[String]]
    private(set) var hasUnknown = false
    private(set) var groups: Set<Int> = []

    init(tree: DocumentTree, unknowns: [[String]]) {
        self.tree = tree
        self.unknowns = unknowns
    }

    mutating func visit(_ clause: Clause) {
        visit(clause.body)
        for alternative in clause.alternatives { visit(alternative) }
        var collector = DependencyCollector(tree: tree)
        collector.visit(clause)
        groups.formUnion(collector.found)
    }

    private mutating func visit(_ block: Block) {
        for step in block.steps {
            switch step.kind {
            case .match, .test, .fail, .call: break
            case .scan(let reference, _): visit(reference)
            case .comprehension(let comprehension, _): visit(comprehension.body)
            case .template(let pieces, _): for case .expression(let block, _, _) in pieces { visit(block) }
            case .not(let block): visit(block)
            case .every(let every): visit(every.body)
            case .with(_, let block): visit(block)
            }
        }
    }

    private mutating func visit(_ reference: Reference) {
        var path: [String]
        switch reference.head {
        case .input: path = ["input"]
        case .data: path = ["data"]
        case .value: return
        }
        for key in reference.keys {
            guard case .equal(.constant(.string(let name))) = key else { break }
            path.append(name)
        }
        // Either may lie inside the other.
        if unknowns.contains(where: { $0.starts(with: path) || path.starts(with: $0) }) { hasUnknown = true }
    }
}
