import Documents
import Packages
import WaybillCore

/// Conan's conan.lock: version 0.4 has a graph of nodes, version 0.5 has lists of references.
enum ConanLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        graph(root["graph_lock"]?["nodes"]?.members ?? [], file, &result)
        for group in ["requires", "build_requires", "python_requires"] {
            for node in root[group]?.elements ?? [] { add(node.string, node.position, [group], file, &result) }
        }
        return result
    }

    /// Nodes name those that they require by number.
    private static func graph(_ nodes: [Node.Member], _ file: InventoryFile, _ result: inout ParsedInventory) {
        var needs: [[String]] = [], identifiers: [String: String] = [:], direct: Set<String> = []
        for member in nodes {
            let numbers = (member.node["requires"]?.elements ?? []).compactMap(\.string)
            // The node with a path is the project itself.
            if member.node["path"] != nil {
                direct.formUnion(numbers)
                continue
            }
            let count = result.packages.count
            add(member.node["ref"]?.string, member.node.position, [], file, &result)
            guard result.packages.count > count, let package = result.packages.last else { continue }
            identifiers[member.key] = package.identifier
            needs.append(numbers)
        }
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { identifiers[$0] })
        }
        DependencyTree.mark(&result.packages, direct: Set(direct.compactMap { identifiers[$0] }), development: [])
    }

    /// `name/version@user/channel#revision%time`.
    private static func add(
        _ reference: String?, _ position: Position, _ groups: [String], _ file: InventoryFile,
        _ result: inout ParsedInventory
    ) {
        let plain = String((reference ?? "").prefix { $0 != "#" && $0 != "%" && $0 != "@" })
        guard let (name, version) = Text.split(plain, at: "/"), !name.isEmpty, !version.isEmpty else {
            return result.problems.append(file.incomplete("\(Redaction.excerpt(plain)) is no “name/version”", position))
        }
        let isDevelopment = groups == ["build_requires"]
        result.packages.append(
            Package(
                ecosystem: .conan, name: name, version: version, place: file.place(position),
                isDevelopment: isDevelopment, groups: groups))
    }
}

/// R's renv.lock.
enum RenvLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        let members = root["Packages"]?.members ?? []
        let identifiers = Dictionary(
            members.map { ($0.key, "\($0.key)@\($0.node["Version"]?.string ?? "")") },
            uniquingKeysWith: { first, _ in first })
        for member in members {
            guard let version = member.node["Version"]?.string else {
                result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
                continue
            }
            var package = Package(
                ecosystem: .cran, name: member.node["Package"]?.string ?? member.key, version: version,
                place: file.place(member.keyPosition))
            package.dependencies = DependencyTree.sorted(
                (member.node["Requirements"]?.elements ?? []).compactMap(\.string).compactMap { identifiers[$0] })
            result.packages.append(package)
        }
        return result
    }
}

/// .NET's *.deps.json: the packages that an application was published with.
enum DotnetDependencies {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let libraries = root["libraries"]?.members else {
            throw DocumentError(at: root.position, "the member “libraries” is missing")
        }
        var result = ParsedInventory()
        for member in libraries {
            guard let (name, version) = Text.split(member.key, at: "/") else {
                result.problems.append(
                    file.incomplete("\(Redaction.excerpt(member.key)) is no “name/version”", member.keyPosition))
                continue
            }
            var package = Package(
                ecosystem: .nuget, name: name, version: version, place: file.place(member.keyPosition))
            let needs = (root["targets"]?.members ?? []).flatMap { $0.node[member.key]?["dependencies"]?.members ?? [] }
            package.dependencies = DependencyTree.sorted(needs.map { "\($0.key)@\($0.node.string ?? "")" })
            if member.node["type"]?.string == "project" { result.projects.append(package) }
            result.packages.append(package)
        }
        return result
    }
}

/// Julia's Manifest.toml. Packages of the standard library have no version of their own.
enum JuliaManifest {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        // Before Julia 1.6.2 the packages stood at the top.
        let members = root["deps"]?.members ?? (root["julia_version"] == nil ? root.members ?? [] : [])
        var needs: [[String]] = []
        for member in members {
            for node in member.node.elements ?? [] {
                guard let version = node["version"]?.string else { continue }
                result.packages.append(
                    Package(
                        ecosystem: .julia, name: member.key, version: version, place: file.place(node.position),
                        commit: node["git-tree-sha1"]?.string))
                needs.append(
                    (node["deps"]?.elements ?? []).compactMap(\.string) + (node["deps"]?.members ?? []).map(\.key))
            }
        }
        let identifiers = Dictionary(
            result.packages.map { ($0.name, $0.identifier) }, uniquingKeysWith: { first, _ in first })
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { identifiers[$0] })
        }
        return result
    }
}
