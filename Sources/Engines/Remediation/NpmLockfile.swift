import Documents
import Packages
public import WaybillCore

/// Where a registry keeps a version of a package, and what its archive's digest is.
public struct PackageArchive: Hashable, Sendable {
    public var url: String?
    public var integrity: String?
    public init(url: String?, integrity: String?) {
        self.url = url
        self.integrity = integrity
    }
}

/// A package-lock.json: the installed tree, and its text.
public struct NpmLockfile: Sendable {
    public let graph: DependencyGraph
    private let bytes: [UInt8]
    private let file: String
    /// The path in the document of each node.
    private var places: [[String]] = [[]]

    public init(_ bytes: [UInt8], file: String) throws(WaybillError) {
        self.bytes = bytes
        self.file = file
        let document: Value
        do {
            document = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: JSONTextEditor.depthMax))
        } catch {
            throw error.inFile(file, remedy: "check the file with npm")
        }
        var reader = LockTree()
        if let packages = document["packages"]?.object {
            reader.read(packages: packages)
        } else if document["dependencies"]?.object != nil || document["lockfileVersion"] != nil {
            reader.read(dependencies: document)
        } else {
            throw WaybillError(.invalidInput, "has neither packages nor dependencies", subject: file)
        }
        reader.connect()
        graph = reader.graph
        places = reader.places
    }

    /// The file with other versions of some packages; everything else stays byte for byte.
    ///
    /// - Parameter archive: what the registry says about a version. Where it is not known, the digest of the old archive
    ///   must not stay: npm then fetches the new one and writes it down.
    public func text(
        changing updates: [RemediationPatch.Update], archive: (_ name: String, _ version: String) -> PackageArchive?
    ) throws(WaybillError) -> [UInt8] {
        var editor = try JSONTextEditor(bytes, file: file)
        for update in updates {
            let archive = archive(update.name, update.to)
            for (index, node) in graph.nodes.enumerated() where node.name == update.name && node.version == update.from
            {
                let place = places[index]
                editor.replace(place + ["version"], with: .string(update.to))
                let url = archive?.url ?? Self.url(update.name, update.to)
                editor.replace(place + ["resolved"], with: .string(url))
                editor.replace(place + ["integrity"], with: .string(archive?.integrity ?? ""))
            }
        }
        return editor.result
    }

    /// Where npm's registry keeps archives.
    private static func url(_ name: String, _ version: String) -> String {
        "https://registry.npmjs.org/\(name)/-/\(name.split(separator: "/").last ?? "")-\(version).tgz"
    }
}

/// Reads the two shapes of npm's lockfiles into a graph.
private struct LockTree {
    var graph = DependencyGraph(root: .init(name: "", version: "", path: ""))
    var places: [[String]] = [[]]
    private var byPath: [String: Int] = ["": 0]
    private var requirements: [[Requirement]] = [[]]
    /// Links to folders of the project: `node_modules/a` stands for `packages/a`.
    private var links: [String: String] = [:]

    mutating func read(packages: Object) {
        requirements[0] = PackageManifest.requirements(of: packages[""] ?? .null, isRoot: true)
        places[0] = ["packages", ""]
        for member in packages where !member.key.isEmpty {
            if member.value["link"]?.bool == true, let target = member.value["resolved"]?.string {
                links[member.key] = target
                continue
            }
            let name = member.value["name"]?.string ?? Self.name(of: member.key)
            let isProject = !member.key.contains("node_modules/")
            add(
                name, member.value["version"]?.string ?? "", member.key, ["packages", member.key],
                PackageManifest.requirements(of: member.value, isRoot: isProject))
        }
    }

    mutating func read(dependencies document: Value) {
        walk(document["dependencies"]?.object ?? Object(), "", ["dependencies"], depth: 0)
        // The first shape does not say what the project asks for: everything at the top may be.
        requirements[0] = (document["dependencies"]?.object ?? Object()).map { member in
            Requirement(
                name: graph.nodes[byPath["node_modules/" + member.key] ?? 0].name, alias: member.key, constraint: "*")
        }
    }

    private mutating func walk(_ object: Object, _ prefix: String, _ place: [String], depth: Int) {
        guard depth < 32 else { return }
        for member in object {
            var name = member.key, version = member.value["version"]?.string ?? ""
            if version.hasPrefix("npm:"), let at = version.dropFirst(5).firstIndex(of: "@") {
                name = String(version.dropFirst(4)[..<at])
                version = String(version[version.index(after: at)...])
            }
            let path = prefix + "node_modules/" + member.key
            let needs = (member.value["requires"]?.object ?? Object()).compactMap { each in
                each.value.string.map { Requirement(name: each.key, constraint: $0) }
            }
            add(name, version, path, place + [member.key], needs)
            walk(
                member.value["dependencies"]?.object ?? Object(), path + "/", place + [member.key, "dependencies"],
                depth: depth + 1)
        }
    }

    private mutating func add(
        _ name: String, _ version: String, _ path: String, _ place: [String], _ needs: [Requirement]
    ) {
        byPath[path] = graph.nodes.count
        graph.nodes.append(.init(name: name, version: version, path: path))
        places.append(place)
        requirements.append(needs)
    }

    private static func name(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return path }
        if parts.count > 1, parts[parts.count - 2].hasPrefix("@") { return "\(parts[parts.count - 2])/\(last)" }
        return String(last)
    }

    /// Finds for each requirement the package that Node.js would load: upwards from where it is asked for.
    mutating func connect() {
        for (index, node) in graph.nodes.enumerated() {
            for requirement in requirements[index] {
                guard let target = find(requirement.installedName, from: node.path) else { continue }
                var requirement = requirement
                requirement.name = graph.nodes[target].name
                graph.edges.append(.init(from: index, to: target, requirement: requirement))
            }
        }
    }

    private func find(_ name: String, from path: String) -> Int? {
        var folder = path
        while true {
            let candidate = (folder.isEmpty ? "" : folder + "/") + "node_modules/" + name
            if let target = links[candidate], let index = byPath[target] { return index }
            if let index = byPath[candidate] { return index }
            if folder.isEmpty { return nil }
            folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
        }
    }
}
