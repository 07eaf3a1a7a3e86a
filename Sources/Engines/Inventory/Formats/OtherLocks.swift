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
        for member in root["graph_lock"]?["nodes"]?.members ?? [] {
            // The node with a path is the project itself.
            if member.node["path"] != nil { continue }
            add(member.node["ref"]?.string, member.node.position, [], file, &result)
        }
        for group in ["requires", "build_requires", "python_requires"] {
            for node in root[group]?.elements ?? [] { add(node.string, node.position, [group], file, &result) }
        }
        return result
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
        for member in root["Packages"]?.members ?? [] {
            guard let version = member.node["Version"]?.string else {
                result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .cran, name: member.node["Package"]?.string ?? member.key, version: version,
                    place: file.place(member.keyPosition)))
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
            result.packages.append(
                Package(ecosystem: .nuget, name: name, version: version, place: file.place(member.keyPosition)))
        }
        return result
    }
}

/// Julia's Manifest.toml. Packages of the standard library have no version of their own.
enum JuliaManifest {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        for member in root["deps"]?.members ?? [] {
            for node in member.node.elements ?? [] {
                guard let version = node["version"]?.string else { continue }
                result.packages.append(
                    Package(
                        ecosystem: .julia, name: member.key, version: version, place: file.place(node.position),
                        commit: node["git-tree-sha1"]?.string))
            }
        }
        return result
    }
}
