import Packages
import WaybillCore

/// What a Maven project asks for once its parents are known: direct dependencies, and versions said from above.
struct MavenRequirements: Hashable, Sendable {
    var direct: [Requirement]
    /// Versions of packages by name, for whoever asks for them.
    var managed: [String: String]

    /// - Parameter models: the project first, then its parents from near to far.
    init(_ models: [ProjectModel]) {
        managed = [:]
        direct = []
        func resolved(_ text: String) -> String { models.reduce(text) { $1.resolved($0) } }
        for model in models {
            for entry in model.management {
                guard let version = entry.version, managed[entry.name] == nil else { continue }
                managed[entry.name] = resolved(version)
            }
        }
        var seen: Set<String> = []
        for model in models {
            for entry in model.dependencies where seen.insert("\(entry.name) \(entry.hasVariant)").inserted {
                guard let version = entry.version.map(resolved) ?? managed[entry.name] else { continue }
                direct.append(
                    Requirement(
                        name: entry.name, constraint: version, isDevelopment: entry.scope == "test",
                        isOptional: entry.isOptional, scope: entry.scope, hasVariant: entry.hasVariant))
            }
        }
    }

    /// The package in another version, wherever it is asked for.
    mutating func override(_ name: String, with version: String) {
        var isDirect = false
        for index in direct.indices where direct[index].name == name {
            direct[index].constraint = version
            isDirect = true
        }
        if !isDirect || managed[name] != nil { managed[name] = version }
    }
}

/// Finds what a project gets: the nearest wins, the first among equals.
enum MavenResolver {
    static let nodesMax = 100_000

    static func resolve(_ requirements: MavenRequirements, _ universe: PackageUniverse) throws(WaybillError)
        -> DependencyGraph
    {
        var graph = DependencyGraph(root: .init(name: "", version: "", path: ""))
        var chosen: [String: Int] = [:]
        var pending: [(node: Int, requirements: [Requirement])] = [(0, requirements.direct)]
        var next = 0
        while next < pending.count {
            let (node, list) = pending[next]
            next += 1
            for var requirement in list {
                if node != 0 {
                    // What others need for testing, or only perhaps, is not ours.
                    if requirement.isOptional || requirement.isDevelopment || requirement.scope == "test"
                        || requirement.scope == "provided"
                    {
                        continue
                    }
                    if let version = requirements.managed[requirement.name] { requirement.constraint = version }
                }
                let key = requirement.name + (requirement.hasVariant ? " variant" : "")
                if let found = chosen[key] {
                    graph.edges.append(.init(from: node, to: found, requirement: requirement))
                    continue
                }
                guard graph.nodes.count < nodesMax else {
                    throw WaybillError(.limitExceeded, "more than \(nodesMax) packages", subject: "dependency tree")
                }
                guard let version = version(requirement, universe) else { continue }
                graph.nodes.append(.init(name: requirement.name, version: version, path: requirement.name))
                chosen[key] = graph.nodes.count - 1
                graph.edges.append(.init(from: node, to: graph.nodes.count - 1, requirement: requirement))
                pending.append((graph.nodes.count - 1, universe.requirements(of: requirement.name, version) ?? []))
            }
        }
        return graph
    }

    private static func version(_ requirement: Requirement, _ universe: PackageUniverse) -> String? {
        let constraint = requirement.constraint
        if constraint.hasPrefix("[") || constraint.hasPrefix("(") { return universe.best(requirement.name, constraint) }
        return constraint.isEmpty ? nil : constraint
    }
}
