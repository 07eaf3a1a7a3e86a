import Documents
import Packages
import WaybillCore

/// pnpm-lock.yaml: the keys of `packages` hold name and version, each generation in another way.
enum PnpmLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        if root.scalar == .null { return ParsedInventory() }
        guard root.members != nil else { throw DocumentError(at: root.position, "expected an object, found \(root.typeName)") }
        let version = root["lockfileVersion"]?.scalar.map { $0.string ?? $0.number?.text ?? "" } ?? ""
        let generation = Int(version.prefix { $0 != "." }) ?? 0
        var result = ParsedInventory()
        for member in root["packages"]?.members ?? [] {
            let node = member.node
            let isDevelopment = node["dev"]?.scalar?.bool ?? false
            let commit = node["resolution"]?["commit"]?.string
            var name = node["name"]?.string ?? "", found = node["version"]?.string ?? ""
            if name.isEmpty || found.isEmpty {
                guard let split = try split(member, generation) else { continue }
                if name.isEmpty { name = split.name }
                if found.isEmpty { found = split.version }
            }
            if name.isEmpty || found.isEmpty { continue }
            result.packages.append(
                Package(
                    ecosystem: .npm, name: name, version: found, place: file.place(member.keyPosition),
                    isDevelopment: isDevelopment, groups: isDevelopment ? ["dev"] : [], commit: commit))
        }
        return result
    }

    /// Nil for keys that name no released package: files, addresses.
    private static func split(_ member: Node.Member, _ generation: Int) throws(DocumentError) -> (name: String, version: String)? {
        let key = member.key
        if key.hasPrefix("file:") || key.hasPrefix("link:") { return nil }
        let isOld = generation < 6
        // Peers follow in parentheses, before that after an underscore.
        var path = String(key.prefix { $0 != "(" })
        if let slash = path.firstIndex(of: "/"), slash == path.startIndex { path.removeFirst() }
        if isOld {
            guard path.contains("/") else {
                throw DocumentError(at: member.keyPosition, "the key \(Redaction.excerpt(key)) names no package and version")
            }
            let parts = path.split(separator: "/").map(String.init)
            guard let index = parts.firstIndex(where: { $0.first?.isNumber == true && $0.contains(".") }), index > 0 else { return nil }
            let version = String(parts[index].prefix { $0 != "_" })
            let isScoped = index >= 2 && parts[index - 2].hasPrefix("@")
            return (isScoped ? "\(parts[index - 2])/\(parts[index - 1])" : parts[index - 1], version)
        }
        guard let at = path.lastIndex(of: "@"), at > path.startIndex else {
            throw DocumentError(at: member.keyPosition, "the key \(Redaction.excerpt(key)) names no package and version")
        }
        let version = String(path[path.index(after: at)...])
        if version.contains("/") || version.contains(":") { return nil }
        return (String(path[..<at]), version)
    }
}
