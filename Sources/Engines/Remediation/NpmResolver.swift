import Packages
import WaybillCore

/// Puts packages into a tree as npm does: the highest allowed version, as near to the root as names leave room.
struct NpmResolver {
    /// More installed packages than this are no honest project.
    static let nodesMax = 200_000

    private let universe: PackageUniverse
    private var graph: DependencyGraph
    private var parents: [Int] = [-1]
    private var children: [[String: Int]] = [[:]]

    private init(_ universe: PackageUniverse, _ root: DependencyGraph.Node) {
        self.universe = universe
        graph = DependencyGraph(root: root)
    }

    /// What cannot be found is left out of the graph.
    static func resolve(_ requirements: [Requirement], _ universe: PackageUniverse) throws(WaybillError)
        -> DependencyGraph
    {
        var resolver = NpmResolver(universe, DependencyGraph.Node(name: "", version: "", path: ""))
        var pending: [(node: Int, requirements: [Requirement])] = [(0, requirements)]
        var next = 0
        while next < pending.count {
            let (node, list) = pending[next]
            next += 1
            for requirement in list.sorted(by: { $0.installedName < $1.installedName }) {
                if node != 0, requirement.isDevelopment { continue }
                guard let placed = resolver.place(requirement, for: node) else { continue }
                guard resolver.graph.nodes.count <= nodesMax else {
                    throw WaybillError(.limitExceeded, "more than \(nodesMax) packages", subject: "dependency tree")
                }
                if placed.isNew {
                    let package = resolver.graph.nodes[placed.node]
                    pending.append((placed.node, universe.requirements(of: package.name, package.version) ?? []))
                }
            }
        }
        return resolver.graph
    }

    private mutating func place(_ requirement: Requirement, for node: Int) -> (node: Int, isNew: Bool)? {
        let key = requirement.installedName
        var place = node, holder = node
        var isTaken = false
        while true {
            if let found = children[holder][key] {
                let package = graph.nodes[found]
                if package.name == requirement.name, allows(requirement, package.version) {
                    graph.edges.append(.init(from: node, to: found, requirement: requirement))
                    return (found, false)
                }
                isTaken = true
            }
            if !isTaken { place = holder }
            if parents[holder] < 0 || isTaken { break }
            holder = parents[holder]
        }
        guard children[place][key] == nil else { return nil }
        guard let version = version(requirement) else { return nil }
        let path = (graph.nodes[place].path.isEmpty ? "" : graph.nodes[place].path + "/") + "node_modules/" + key
        graph.nodes.append(.init(name: requirement.name, version: version, path: path))
        let new = graph.nodes.count - 1
        parents.append(place)
        children.append([:])
        children[place][key] = new
        graph.edges.append(.init(from: node, to: new, requirement: requirement))
        return (new, true)
    }

    private func allows(_ requirement: Requirement, _ version: String) -> Bool {
        if NpmRange(requirement.constraint, .loose) != nil {
            return Constraint.allows(requirement.constraint, version, .npm)
        }
        return self.version(requirement) == version
    }

    private func version(_ requirement: Requirement) -> String? {
        // A tag such as `latest`: the newest release.
        let constraint = NpmRange(requirement.constraint, .loose) == nil ? "*" : requirement.constraint
        return universe.best(requirement.name, constraint)
    }
}
