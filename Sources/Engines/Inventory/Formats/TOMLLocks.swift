import Documents
import Packages
import WaybillCore

/// Cargo.lock.
enum CargoLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        var needs: [[String]] = [], byName: [String: [String]] = [:]
        for node in root["package"]?.elements ?? [] {
            guard let name = node["name"]?.string, let version = node["version"]?.string else {
                result.problems.append(file.incomplete("a package without name or version", node.position))
                continue
            }
            let source = node["source"]?.string
            let commit = source.flatMap { $0.hasPrefix("git+") ? $0.split(separator: "#").last.map(String.init) : nil }
            let package = Package(
                ecosystem: .cargo, name: name, version: version,
                place: file.place(node.position(of: Pointer(["name"]))), commit: commit)
            byName[name, default: []].append(package.identifier)
            needs.append((node["dependencies"]?.elements ?? []).compactMap(\.string))
            if source == nil { result.projects.append(package) }
            result.packages.append(package)
        }
        // `name` where there is one of it, else `name version`, perhaps with the source.
        func lookup(_ need: String) -> String? {
            let words = need.split(separator: " ")
            guard let name = words.first.map(String.init), let known = byName[name] else { return nil }
            return words.count >= 2 ? "\(name)@\(words[1])" : known.first
        }
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap(lookup))
        }
        // What has no source is the workspace's own; what it needs is asked for directly.
        let own = Set(result.projects.map(\.identifier))
        if !own.isEmpty {
            let needed = Set(result.packages.filter { own.contains($0.identifier) }.flatMap(\.dependencies))
                .subtracting(own)
            let testing = CargoProject.onlyForDevelopment(besides: file)
            let development = needed.filter { id in testing.contains { id.hasPrefix("\($0)@") } }
            DependencyTree.mark(&result.packages, direct: needed.subtracting(development), development: development)
            result.projects = result.packages.filter { own.contains($0.identifier) }
        }
        return result
    }
}

/// What a Cargo.toml asks for.
enum CargoProject {
    /// Crates that only tests, examples and benchmarks need; nothing where there is no readable manifest.
    static func onlyForDevelopment(besides file: InventoryFile) -> Set<String> {
        guard let bytes = file.sibling("Cargo.toml"), let root = try? TOMLReader.node(from: bytes) else { return [] }
        let tables = [root] + (root["target"]?.members ?? []).map(\.node)
        func names(_ keys: [String]) -> Set<String> {
            Set(
                tables.flatMap { table in
                    keys.flatMap { table[$0]?.members ?? [] }.map { $0.node["package"]?.string ?? $0.key }
                })
        }
        return names(["dev-dependencies", "dev_dependencies"])
            .subtracting(names(["dependencies", "build-dependencies", "build_dependencies"]))
    }
}

/// The TOML lockfiles of Python's tools: tables of packages with name and version.
enum PythonTOMLLock {
    enum Tool { case poetry, uv, pdm, pylock }

    static func read(_ file: InventoryFile, _ tool: Tool) throws(DocumentError) -> ParsedInventory {
        let root = try TOMLReader.node(from: file.bytes)
        var result = ParsedInventory()
        var needs: [[String]] = [], identifiers: [String: String] = [:]
        var direct: Set<String> = [], development: Set<String> = []
        for node in root[tool == .pylock ? "packages" : "package"]?.elements ?? [] {
            guard let name = node["name"]?.string else {
                result.problems.append(file.incomplete("a package without name", node.position))
                continue
            }
            if isProject(node, tool) {
                direct.formUnion(neededNames(node, tool))
                for group in node["optional-dependencies"]?.members ?? [] { direct.formUnion(names(in: group.node)) }
                for group in node["dev-dependencies"]?.members ?? [] { development.formUnion(names(in: group.node)) }
                result.projects.append(
                    Package(
                        ecosystem: .pypi, name: name, version: node["version"]?.string ?? "",
                        place: file.place(node.position)))
                continue
            }
            let commit =
                node["source"]?["resolved_reference"]?.string ?? node["vcs"]?["commit-id"]?.string
                ?? node["revision"]?.string
            guard let version = node["version"]?.string ?? (commit == nil ? nil : "") else {
                result.problems.append(file.incomplete("\(name) has no version", node.position))
                continue
            }
            let groups = groups(node, tool)
            let package = Package(
                ecosystem: .pypi, name: name, version: version,
                place: file.place(node.position(of: Pointer(["name"]))),
                isDevelopment: groups == ["dev"], groups: groups, commit: commit)
            identifiers[Ecosystem.pypi.normalized(name)] = package.identifier
            needs.append(neededNames(node, tool))
            result.packages.append(package)
        }
        if tool == .poetry || tool == .pdm { (direct, development) = PythonProject.wanted(besides: file) }
        func lookup(_ name: String) -> String? { identifiers[Ecosystem.pypi.normalized(name)] }
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap(lookup))
        }
        DependencyTree.mark(
            &result.packages, direct: Set(direct.compactMap(lookup)), development: Set(development.compactMap(lookup)))
        return result
    }

    private static func isProject(_ node: Node, _ tool: Tool) -> Bool {
        switch tool {
        case .uv: node["source"]?["virtual"] != nil || node["source"]?["editable"] != nil
        case .pylock: node["directory"] != nil
        case .poetry, .pdm: false
        }
    }

    private static func neededNames(_ node: Node, _ tool: Tool) -> [String] {
        if tool == .poetry { return (node["dependencies"]?.members ?? []).map(\.key) }
        return node["dependencies"].map(names) ?? []
    }

    /// Names out of `{ name = "…" }` or out of requirements.
    private static func names(in node: Node) -> [String] {
        (node.elements ?? []).compactMap { $0["name"]?.string ?? $0.string.map(PythonProject.name) }
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

/// What a pyproject.toml asks for.
enum PythonProject {
    /// Names, of what runs and of what builds and tests; nothing where there is no readable project file.
    static func wanted(besides file: InventoryFile) -> (direct: Set<String>, development: Set<String>) {
        guard let bytes = file.sibling("pyproject.toml"), let root = try? TOMLReader.node(from: bytes) else {
            return ([], [])
        }
        var direct = Set((root["project"]?["dependencies"]?.elements ?? []).compactMap(\.string).map(name))
        var development: Set<String> = []
        for group in root["project"]?["optional-dependencies"]?.members ?? [] {
            direct.formUnion((group.node.elements ?? []).compactMap(\.string).map(name))
        }
        for group in root["dependency-groups"]?.members ?? [] {
            development.formUnion((group.node.elements ?? []).compactMap(\.string).map(name))
        }
        let poetry = root["tool"]?["poetry"]
        direct.formUnion((poetry?["dependencies"]?.members ?? []).map(\.key))
        development.formUnion((poetry?["dev-dependencies"]?.members ?? []).map(\.key))
        for group in poetry?["group"]?.members ?? [] {
            development.formUnion((group.node["dependencies"]?.members ?? []).map(\.key))
        }
        return (direct, development)
    }

    /// The name at the start of a requirement.
    static func name(_ requirement: String) -> String {
        String(
            Text.trimmed(requirement).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".")
            })
    }
}
