import Documents
import Packages
import WaybillCore

/// pnpm-lock.yaml: the keys of `packages` hold name and version, each generation in another way.
enum PnpmLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        if root.scalar == .null { return ParsedInventory() }
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        let version = root["lockfileVersion"]?.scalar.map { $0.string ?? $0.number?.text ?? "" } ?? ""
        let generation = Int(version.prefix { $0 != "." }) ?? 0
        var result = ParsedInventory()
        // Since generation 9 what a package needs stands apart.
        let snapshots = Dictionary(
            (root["snapshots"]?.members ?? []).map { (withoutPeers($0.key), $0.node) },
            uniquingKeysWith: { first, _ in first })
        for member in root["packages"]?.members ?? [] {
            let node = member.node
            let isDevelopment = node["dev"]?.scalar?.bool ?? false
            let commit = node["resolution"]?["commit"]?.string
            var name = node["name"]?.string ?? "", found = node["version"]?.string ?? ""
            if name.isEmpty || found.isEmpty {
                guard let split = try split(member.key, member.keyPosition, generation) else { continue }
                if name.isEmpty { name = split.name }
                if found.isEmpty { found = split.version }
            }
            if name.isEmpty || found.isEmpty { continue }
            var package = Package(
                ecosystem: .npm, name: name, version: found, place: file.place(member.keyPosition),
                isDevelopment: isDevelopment, groups: isDevelopment ? ["dev"] : [], commit: commit)
            let needs = snapshots[member.key] ?? node
            package.dependencies = DependencyTree.sorted(
                ["dependencies", "optionalDependencies"].flatMap { needs[$0]?.members ?? [] }
                    .compactMap { identifier($0.key, reference($0.node), generation) })
            result.packages.append(package)
        }
        roots(root, generation, &result)
        return result
    }

    private static func roots(_ root: Node, _ generation: Int, _ result: inout ParsedInventory) {
        var direct: Set<String> = [], development: Set<String> = []
        for importer in (root["importers"]?.members ?? []).map(\.node) + [root] {
            for group in ["dependencies", "optionalDependencies", "devDependencies"] {
                for member in importer[group]?.members ?? [] {
                    guard let found = identifier(member.key, reference(member.node), generation) else { continue }
                    if group == "devDependencies" { development.insert(found) } else { direct.insert(found) }
                }
            }
        }
        DependencyTree.mark(&result.packages, direct: direct, development: development)
    }

    private static func reference(_ node: Node) -> String {
        node.string ?? node["version"]?.string ?? node.scalar?.number?.text ?? ""
    }

    /// A version, or the key of a package where it has another name.
    private static func identifier(_ name: String, _ reference: String, _ generation: Int) -> String? {
        if reference.isEmpty || reference.hasPrefix("link:") || reference.hasPrefix("file:") { return nil }
        let plain = withoutPeers(reference)
        let isKey = plain.hasPrefix("/") || plain.dropFirst().contains("@")
        if isKey, let found = try? split(plain, .start, generation) { return "\(found.name)@\(found.version)" }
        return "\(name)@\(plain.prefix { generation >= 6 || $0 != "_" })"
    }

    private static func withoutPeers(_ key: String) -> String { String(key.prefix { $0 != "(" }) }

    /// Nil for keys that name no released package: files, addresses.
    private static func split(
        _ key: String, _ position: Position, _ generation: Int
    ) throws(DocumentError) -> (name: String, version: String)? {
        if key.hasPrefix("file:") || key.hasPrefix("link:") { return nil }
        let isOld = generation < 6
        // Peers follow in parentheses, before that after an underscore.
        var path = withoutPeers(key)
        if let slash = path.firstIndex(of: "/"), slash == path.startIndex { path.removeFirst() }
        if isOld {
            guard path.contains("/") else {
                throw DocumentError(at: position, "the key \(Redaction.excerpt(key)) names no package and version")
            }
            let parts = path.split(separator: "/").map(String.init)
            guard let index = parts.firstIndex(where: { $0.first?.isNumber == true && $0.contains(".") }), index > 0
            else { return nil }
            let version = String(parts[index].prefix { $0 != "_" })
            let isScoped = index >= 2 && parts[index - 2].hasPrefix("@")
            return (isScoped ? "\(parts[index - 2])/\(parts[index - 1])" : parts[index - 1], version)
        }
        guard let at = path.lastIndex(of: "@"), at > path.startIndex else {
            throw DocumentError(at: position, "the key \(Redaction.excerpt(key)) names no package and version")
        }
        let version = String(path[path.index(after: at)...])
        if version.contains("/") || version.contains(":") { return nil }
        return (String(path[..<at]), version)
    }
}
