import Packages

/// Which installed package asks for which other. Node 0 is the project.
public struct DependencyGraph: Sendable {
    public struct Node: Hashable, Sendable {
        public var name: String
        public var version: String
        /// Where it stands in the lockfile: `node_modules/a/node_modules/g`.
        public var path: String
    }

    public struct Edge: Hashable, Sendable {
        public var from: Int
        public var to: Int
        public var requirement: Requirement
    }

    public var nodes: [Node]
    public var edges: [Edge] = []

    public init(root: Node) { nodes = [root] }

    /// Every node through which the given one is reached, with the distance to it.
    func ancestors(of node: Int, through edges: [Edge]) -> [Int: Int] {
        var parents: [Int: [Int]] = [:]
        for edge in edges where edge.from != edge.to { parents[edge.to, default: []].append(edge.from) }
        var distance = [node: 0]
        var pending = [node]
        var next = 0
        while next < pending.count {
            let current = pending[next]
            next += 1
            for parent in parents[current] ?? [] where distance[parent] == nil {
                distance[parent] = (distance[current] ?? 0) + 1
                pending.append(parent)
            }
        }
        return distance
    }
}
