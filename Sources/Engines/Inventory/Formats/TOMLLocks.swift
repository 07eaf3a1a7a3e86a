import Documents
import Packages
import WaybillCore

/// Cargo.lock.
enum CargoLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        for node in root["package"]?.elements ?? [] {
            guard let name = node["name"]?.string, let version = node["version"]?.string else {
                result.problems.append(file.incomplete("a package without name or version", node.position))
                continue
            }
            let source = node["source"]?.string
            let commit = source.flatMap { $0.hasPrefix("git+") ? $0.split(separator: "#").last.map(String.init) : nil }
            result.packages.append(
                Package(ecosystem: .cargo, name: name, version: version, place: file.place(node.position(of: Pointer(["name"]))), commit: commit))
        }
        return result
    }
}

/// The TOML lockfiles of Python's tools: tables of packages with name and version.
enum PythonTOMLLock {
    enum Tool { case poetry, uv, pdm, pylock }

    static func read(_ file: InventoryFile, _ tool: Tool) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        for node in root[tool == .pylock ? "packages" : "package"]?.elements ?? [] {
            guard let name = node["name"]?.string else {
                result.problems.append(file.incomplete("a package without name", node.position))
                continue
            }
            let isProject = node["source"]?["virtual"] != nil || node["source"]?["editable"] != nil || node["directory"] != nil
            if tool == .uv && isProject || tool == .pylock && node["directory"] != nil { continue }
            let commit = node["source"]?["resolved_reference"]?.string ?? node["vcs"]?["commit-id"]?.string
                ?? node["revision"]?.string
            guard let version = node["version"]?.string ?? (commit == nil ? nil : "") else {
                result.problems.append(file.incomplete("\(name) has no version", node.position))
                continue
            }
            let groups = groups(node, tool)
            result.packages.append(
                Package(
                    ecosystem: .pypi, name: name, version: version, place: file.place(node.position(of: Pointer(["name"]))),
                    isDevelopment: groups == ["dev"], groups: groups, commit: commit))
        }
        return result
    }

    private static func groups(_ node: Node, _ tool: Tool) -> [String] {
        switch tool {
        case .poetry:
            var groups = (node["groups"]?.elements ?? []).compactMap(\.string).filter { $0 != "main" }
            if let category = node["category"]?.string, category != "main" { groups.append(category) }
            if node["optional"]?.scalar?.bool == true { groups.append("optional") }
            return groups
        case .pdm: return (node["groups"]?.elements ?? []).compactMap(\.string).filter { $0 != "default" }
        case .uv, .pylock: return []
        }
    }
}
