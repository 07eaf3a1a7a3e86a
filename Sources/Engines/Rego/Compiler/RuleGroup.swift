/// Everything that defines one document or function.
final class RuleGroup: Sendable {
    enum Kind: Sendable, Equatable {
        case complete
        case set
        /// Members are added below the group's path, at any depth.
        case object
        case function(arity: Int)
    }

    let id: Int
    /// Behind `data`.
    let path: [String]
    let kind: Kind
    let clauses: [Clause]
    let fallback: Clause?

    init(id: Int, path: [String], kind: Kind, clauses: [Clause], fallback: Clause?) {
        self.id = id
        self.path = path
        self.kind = kind
        self.clauses = clauses
        self.fallback = fallback
    }

    var name: String { (["data"] + path).joined(separator: ".") }
}

/// One rule: parameters, a body and what it yields.
final class Clause: Sendable {
    enum Yield: Sendable {
        case value(Expression)
        case element(Expression)
    }

    let slotCount: Int
    let parameters: [Pattern]
    let body: Block
    /// Behind the group's path.
    let keys: [Expression]
    let yield: Yield
    /// Tried, in order, when the body has no solution. They share the slots.
    let alternatives: [Clause]
    let location: Location

    init(
        slotCount: Int, parameters: [Pattern], body: Block, keys: [Expression], yield: Yield, alternatives: [Clause],
        location: Location
    ) {
        self.slotCount = slotCount
        self.parameters = parameters
        self.body = body
        self.keys = keys
        self.yield = yield
        self.alternatives = alternatives
        self.location = location
    }

    /// The first solution is as good as all when nothing of it is in the result.
    var hasConstantResult: Bool {
        guard keys.isEmpty, case .value(.constant) = yield else { return false }
        return true
    }
}

/// The tree of packages and rules.
struct DocumentTree: Sendable {
    struct Node: Sendable {
        var children: [String: Int] = [:]
        var group: Int?
        /// In order, for enumeration.
        var names: [String] = []
    }

    private(set) var nodes: [Node] = [Node()]

    static let root = 0

    mutating func node(at path: [String]) -> Int {
        var node = Self.root
        for name in path {
            if let child = nodes[node].children[name] {
                node = child
            } else {
                nodes.append(Node())
                nodes[node].children[name] = nodes.count - 1
                nodes[node].names.append(name)
                nodes[node].names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                node = nodes.count - 1
            }
        }
        return node
    }

    func existingNode(at path: [String]) -> Int? {
        var node = Self.root
        for name in path {
            guard let child = nodes[node].children[name] else { return nil }
            node = child
        }
        return node
    }

    mutating func setGroup(_ group: Int, at node: Int) { nodes[node].group = group }

    func groups(below node: Int) -> [Int] {
        var result = nodes[node].group.map { [$0] } ?? []
        for name in nodes[node].names {
            if let child = nodes[node].children[name] { result += groups(below: child) }
        }
        return result
    }
}
