import Packages

/// Says of each package of a file whether it is asked for directly, and whether only by what builds and tests need.
enum DependencyTree {
    /// `direct` and `development` hold identifiers; a package that only development reaches is development's.
    static func mark(_ packages: inout [Package], direct: Set<String>, development: Set<String>) {
        guard !direct.isEmpty || !development.isEmpty else { return }
        let byIdentifier = Dictionary(packages.map { ($0.identifier, $0.dependencies) }, uniquingKeysWith: { $0 + $1 })
        let needed = reached(from: direct, byIdentifier)
        let wanted = reached(from: development, byIdentifier)
        for index in packages.indices {
            let identifier = packages[index].identifier
            packages[index].isDirect = direct.contains(identifier) || development.contains(identifier)
            if wanted.contains(identifier), !needed.contains(identifier) {
                packages[index].isDevelopment = true
                if !packages[index].groups.contains("dev") { packages[index].groups.append("dev") }
            }
        }
    }

    private static func reached(from roots: Set<String>, _ edges: [String: [String]]) -> Set<String> {
        var seen = roots
        var pending = Array(roots)
        while let next = pending.popLast() {
            for neighbour in edges[next] ?? [] where seen.insert(neighbour).inserted { pending.append(neighbour) }
        }
        return seen
    }

    /// The identifiers in the order of their bytes, each once.
    static func sorted(_ identifiers: some Sequence<String>) -> [String] {
        Set(identifiers).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
