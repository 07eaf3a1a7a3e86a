import Documents
import Packages
import WaybillCore

/// package-lock.json and npm-shrinkwrap.json, lockfile versions 1, 2 and 3.
enum NpmLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        if let packages = root["packages"]?.members {
            installed(packages, file, &result)
        } else if let dependencies = root["dependencies"] {
            nested(dependencies, [], file, &result)
        }
        if let name = root["name"]?.string, !name.isEmpty {
            result.projects.append(
                Package(
                    ecosystem: .npm, name: name, version: root["version"]?.string ?? "",
                    place: file.place(root.position)))
        }
        return result
    }

    static let directGroups = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]

    private static func directNames(_ root: Node?) -> Set<String> {
        var names: Set<String> = []
        for group in directGroups {
            for member in root?[group]?.members ?? [] { names.insert(member.key) }
        }
        return names
    }

    // MARK: versions 2 and 3, by folder: `node_modules/a/node_modules/@scope/b`

    private static func installed(_ members: [Node.Member], _ file: InventoryFile, _ result: inout ParsedInventory) {
        let direct = directNames(members.first { $0.key.isEmpty }?.node)
        var found: [(key: String, node: Node, package: Package)] = []
        var identifiers: [String: String] = [:]
        for member in members where !member.key.isEmpty {
            guard let package = installed(member, direct, file, &result) else { continue }
            identifiers[member.key] = package.identifier
            found.append((member.key, member.node, package))
        }
        for (key, node, package) in found {
            var package = package
            let needs = ["dependencies", "optionalDependencies", "peerDependencies"]
                .flatMap { node[$0]?.members ?? [] }.compactMap { lookup($0.key, from: key, identifiers) }
            package.dependencies = DependencyTree.sorted(needs)
            result.packages.append(package)
        }
    }

    /// As Node looks for a module: in the folder's own modules, then in those of every folder above.
    private static func lookup(_ name: String, from key: String, _ identifiers: [String: String]) -> String? {
        var parts = key.split(separator: "/").map(String.init)
        while true {
            let folder = parts.joined(separator: "/")
            if let found = identifiers[(folder.isEmpty ? "" : folder + "/") + "node_modules/" + name] { return found }
            guard !parts.isEmpty else { return nil }
            parts.removeLast()
        }
    }

    private static func installed(
        _ member: Node.Member, _ direct: Set<String>, _ file: InventoryFile, _ result: inout ParsedInventory
    ) -> Package? {
        let node = member.node
        // A link only points to another entry.
        if node["link"]?.scalar?.bool == true { return nil }
        let name = node["name"]?.string ?? folderName(member.key)
        let commit = node["resolved"]?.string.flatMap(commit)
        let version = node["version"]?.string ?? ""
        guard !name.isEmpty, !version.isEmpty || commit != nil else {
            // A workspace of one's own needs no version.
            if member.key.contains("node_modules/") {
                result.problems.append(file.incomplete("\(name) has no version", member.keyPosition))
            }
            return nil
        }
        let isTop = member.key == "node_modules/\(folderName(member.key))"
        return package(
            name, commit == nil ? version : "", commit, node, member.keyPosition, file,
            isDirect: isTop && direct.contains(folderName(member.key)))
    }

    private static func folderName(_ path: String) -> String {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return "" }
        if parts.count >= 2, parts[parts.count - 2].hasPrefix("@") { return "\(parts[parts.count - 2])/\(last)" }
        return String(last)
    }

    // MARK: version 1, dependencies inside dependencies

    private static func nested(
        _ dependencies: Node, _ scopes: [[String: String]], _ file: InventoryFile, _ result: inout ParsedInventory
    ) {
        var here: [String: String] = [:]
        var found: [(member: Node.Member, package: Package?)] = []
        for member in dependencies.members ?? [] {
            let package = nestedPackage(member, file, &result)
            if let package { here[member.key] = package.identifier }
            found.append((member, package))
        }
        let visible = scopes + [here]
        for (member, package) in found {
            if var package {
                var own: [String: String] = [:]
                for inner in member.node["dependencies"]?.members ?? [] {
                    if let found = nestedName(inner) { own[inner.key] = "\(found.name)@\(found.version)" }
                }
                let needs = (member.node["requires"]?.members ?? []).compactMap { need in
                    (visible + [own]).reversed().lazy.compactMap { $0[need.key] }.first
                }
                package.dependencies = DependencyTree.sorted(needs)
                result.packages.append(package)
            }
            if let inner = member.node["dependencies"] { nested(inner, visible, file, &result) }
        }
    }

    private static func nestedPackage(
        _ member: Node.Member, _ file: InventoryFile, _ result: inout ParsedInventory
    ) -> Package? {
        guard let found = nestedName(member) else {
            result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
            return nil
        }
        return package(
            found.name, found.version, found.commit, member.node, member.keyPosition, file, isDirect: nil)
    }

    private static func nestedName(_ member: Node.Member) -> (name: String, version: String, commit: String?)? {
        let node = member.node
        var name = member.key
        var version = node["version"]?.string ?? ""
        let commit = commit(version)
        if version.hasPrefix("npm:") {
            // An alias: the name and version of the package that stands behind.
            let target = version.dropFirst(4)
            if let at = target.lastIndex(of: "@"), at > target.startIndex {
                name = String(target[..<at])
                version = String(target[target.index(after: at)...])
            }
        } else if version.hasPrefix("file:") || commit != nil {
            version = ""
        } else if version.hasPrefix("http"), let at = tarballVersion(version, name) {
            version = at
        }
        if version.isEmpty, commit == nil, node["version"] == nil { return nil }
        return (name, version, commit)
    }

    private static func package(
        _ name: String, _ version: String, _ commit: String?, _ node: Node, _ position: Position, _ file: InventoryFile,
        isDirect: Bool?
    ) -> Package {
        var groups: [String] = []
        if node["inBundle"]?.scalar?.bool == true || node["bundled"]?.scalar?.bool == true { groups.append("bundled") }
        if node["dev"]?.scalar?.bool == true { groups.append("dev") }
        if node["optional"]?.scalar?.bool == true { groups.append("optional") }
        if node["devOptional"]?.scalar?.bool == true { groups += ["dev", "optional"] }
        return Package(
            ecosystem: .npm, name: name, version: version, place: file.place(position), isDirect: isDirect,
            isDevelopment: groups.contains("dev"), groups: groups, commit: commit,
            licences: node["license"]?.string.map { [$0] } ?? [])
    }

    /// The commit at the end of a repository's address.
    static func commit(_ address: String) -> String? {
        guard let hash = address.lastIndex(of: "#"), !address.hasPrefix("http") || address.contains(".git#") else {
            return nil
        }
        let text = address[address.index(after: hash)...]
        return Text.isCommit(text) ? String(text) : nil
    }

    /// `…/name-1.2.3.tgz`.
    private static func tarballVersion(_ address: String, _ name: String) -> String? {
        guard let file = address.split(separator: "/").last, file.hasSuffix(".tgz") else { return nil }
        let stem = file.dropLast(4), base = name.split(separator: "/").last ?? ""
        return stem.hasPrefix("\(base)-") ? String(stem.dropFirst(base.count + 1)) : nil
    }
}

/// The description of an installed Node package.
enum NodePackage {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        // Packages keep descriptions without name or version for other purposes, such as {"type": "module"}.
        guard let name = root["name"]?.string, let version = root["version"]?.string, !name.isEmpty, !version.isEmpty
        else {
            return ParsedInventory()
        }
        return ParsedInventory(packages: [
            Package(
                ecosystem: .npm, name: name, version: version,
                place: file.place(root.position(of: Pointer(["version"]))), licences: licences(root))
        ])
    }

    /// A text, an object with a type, or old packages' list of them.
    static func licences(_ root: Node) -> [String] {
        if let text = root["license"]?.string ?? root["license"]?["type"]?.string { return [text] }
        return (root["licenses"]?.elements ?? []).compactMap { $0.string ?? $0["type"]?.string }
    }
}

/// What a project's package.json asks for.
struct NodeProject {
    var project: Package?
    /// `name@range` of what runs, and of what builds and tests.
    var direct: [(name: String, range: String)] = []
    var development: [(name: String, range: String)] = []

    /// Nil where there is none beside the lockfile, or it cannot be read: the tree is then without roots.
    init?(besides file: InventoryFile) {
        guard let bytes = file.sibling("package.json"),
            let root = try? JSONReader.node(from: bytes, limits: InventoryFile.limits)
        else { return nil }
        for group in ["dependencies", "optionalDependencies", "peerDependencies"] {
            direct += (root[group]?.members ?? []).map { ($0.key, $0.node.string ?? "") }
        }
        development = (root["devDependencies"]?.members ?? []).map { ($0.key, $0.node.string ?? "") }
        if let name = root["name"]?.string, !name.isEmpty {
            project = Package(
                ecosystem: .npm, name: name, version: root["version"]?.string ?? "", place: file.place(.start),
                licences: NodePackage.licences(root))
        }
    }
}
