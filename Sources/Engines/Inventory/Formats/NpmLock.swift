import Documents
import Packages
import WaybillCore

/// package-lock.json and npm-shrinkwrap.json, lockfile versions 1, 2 and 3.
enum NpmLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else { throw DocumentError(at: root.position, "expected an object, found \(root.typeName)") }
        var result = ParsedInventory()
        if let packages = root["packages"]?.members {
            let direct = directNames(packages.first { $0.key.isEmpty }?.node)
            for member in packages where !member.key.isEmpty { installed(member, direct, file, &result) }
        } else if let dependencies = root["dependencies"] {
            nested(dependencies, file, 0, &result)
        }
        return result
    }

    private static func directNames(_ root: Node?) -> Set<String> {
        var names: Set<String> = []
        for group in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            for member in root?[group]?.members ?? [] { names.insert(member.key) }
        }
        return names
    }

    /// Versions 2 and 3: `node_modules/a/node_modules/@scope/b`.
    private static func installed(
        _ member: Node.Member, _ direct: Set<String>, _ file: InventoryFile, _ result: inout ParsedInventory
    ) {
        let node = member.node
        // A link only points to another entry.
        if node["link"]?.scalar?.bool == true { return }
        let name = node["name"]?.string ?? folderName(member.key)
        let commit = node["resolved"]?.string.flatMap(commit)
        let version = node["version"]?.string ?? ""
        guard !name.isEmpty, !version.isEmpty || commit != nil else {
            // A workspace of one's own needs no version.
            if member.key.contains("node_modules/") {
                result.problems.append(file.incomplete("\(name) has no version", member.keyPosition))
            }
            return
        }
        let isTop = member.key == "node_modules/\(folderName(member.key))"
        result.packages.append(
            package(name, commit == nil ? version : "", commit, node, member.keyPosition, file, isDirect: isTop && direct.contains(name)))
    }

    private static func folderName(_ path: String) -> String {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return "" }
        if parts.count >= 2, parts[parts.count - 2].hasPrefix("@") { return "\(parts[parts.count - 2])/\(last)" }
        return String(last)
    }

    /// Version 1: dependencies inside dependencies.
    private static func nested(_ dependencies: Node, _ file: InventoryFile, _ depth: Int, _ result: inout ParsedInventory) {
        for member in dependencies.members ?? [] {
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
            if version.isEmpty, commit == nil, node["version"] == nil {
                result.problems.append(file.incomplete("\(name) has no version", member.keyPosition))
            } else {
                result.packages.append(package(name, version, commit, node, member.keyPosition, file, isDirect: nil))
            }
            if let inner = node["dependencies"] { nested(inner, file, depth + 1, &result) }
        }
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
        guard let hash = address.lastIndex(of: "#"), !address.hasPrefix("http") || address.contains(".git#") else { return nil }
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
        guard let name = root["name"]?.string, let version = root["version"]?.string, !name.isEmpty, !version.isEmpty else {
            return ParsedInventory()
        }
        return ParsedInventory(packages: [
            Package(
                ecosystem: .npm, name: name, version: version, place: file.place(root.position(of: Pointer(["version"]))),
                licences: root["license"]?.string.map { [$0] } ?? [])
        ])
    }
}
