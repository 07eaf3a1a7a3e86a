import Documents
import Packages
import WaybillCore

/// Pipfile.lock: `default` and `develop`.
enum PipfileLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        for (section, isDevelopment) in [("default", false), ("develop", true)] {
            for member in root[section]?.members ?? [] {
                guard let pin = member.node["version"]?.string, pin.hasPrefix("==") else {
                    let commit = member.node["ref"]?.string
                    if commit == nil {
                        result.problems.append(file.incomplete("\(member.key) is not pinned", member.keyPosition))
                    }
                    continue
                }
                result.packages.append(
                    Package(
                        ecosystem: .pypi, name: member.key, version: Text.trimmed(pin.drop { $0 == "=" }),
                        place: file.place(member.keyPosition), isDevelopment: isDevelopment,
                        groups: isDevelopment ? ["dev"] : []))
            }
        }
        return result
    }
}

/// composer.lock: `packages` and `packages-dev`; and Composer's own note of what it installed.
enum ComposerLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        var needs: [[String]] = [], identifiers: [String: String] = [:]
        for (section, isDevelopment) in [("packages", false), ("packages-dev", true)] {
            for node in root[section]?.elements ?? [] {
                add(node, isDevelopment, file, &result, &needs, &identifiers)
            }
        }
        link(&result, needs, identifiers)
        if let bytes = file.sibling("composer.json"),
            let project = try? JSONReader.node(from: bytes, limits: InventoryFile.limits)
        {
            func wanted(_ key: String) -> Set<String> {
                Set((project[key]?.members ?? []).compactMap { identifiers[$0.key.lowercased()] })
            }
            DependencyTree.mark(&result.packages, direct: wanted("require"), development: wanted("require-dev"))
        }
        return result
    }

    /// vendor/composer/installed.json: a list, since Composer 2 inside an object.
    static func readInstalled(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let nodes = root.elements ?? root["packages"]?.elements else {
            throw DocumentError(at: root.position, "the member “packages” is missing")
        }
        let development = Set((root["dev-package-names"]?.elements ?? []).compactMap(\.string))
        var result = ParsedInventory()
        var needs: [[String]] = [], identifiers: [String: String] = [:]
        for node in nodes {
            add(node, development.contains(node["name"]?.string ?? ""), file, &result, &needs, &identifiers)
        }
        link(&result, needs, identifiers)
        return result
    }

    private static func add(
        _ node: Node, _ isDevelopment: Bool, _ file: InventoryFile, _ result: inout ParsedInventory,
        _ needs: inout [[String]], _ identifiers: inout [String: String]
    ) {
        guard let name = node["name"]?.string, let version = node["version"]?.string else {
            result.problems.append(file.incomplete("a package without name or version", node.position))
            return
        }
        let reference = node["source"]?["reference"]?.string ?? node["dist"]?["reference"]?.string
        let package = Package(
            ecosystem: .packagist, name: name, version: normal(version, node),
            place: file.place(node.member("name")?.keyPosition ?? node.position),
            isDevelopment: isDevelopment, groups: isDevelopment ? ["dev"] : [],
            commit: reference.flatMap { $0.count == 40 && Text.isCommit($0) ? $0 : nil },
            licences: (node["license"]?.elements ?? []).compactMap(\.string))
        identifiers[name.lowercased()] = package.identifier
        needs.append((node["require"]?.members ?? []).map { $0.key.lowercased() })
        result.packages.append(package)
    }

    private static func link(_ result: inout ParsedInventory, _ needs: [[String]], _ identifiers: [String: String]) {
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { identifiers[$0] })
        }
    }

    /// Drupal's site says which version its tag means.
    private static func normal(_ version: String, _ node: Node) -> String {
        if let drupal = node["extra"]?["drupal"]?["version"]?.string, drupal.first?.isNumber == true {
            return unprefixed(drupal)
        }
        return version
    }

    private static func unprefixed(_ version: String) -> String {
        version.hasPrefix("8.x-") ? String(version.dropFirst(4)) : version
    }
}

/// NuGet's packages.lock.json: packages per target framework.
enum NuGetLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let frameworks = root["dependencies"]?.members else {
            throw DocumentError(at: root.position, "the member “dependencies” is missing")
        }
        var result = ParsedInventory()
        for framework in frameworks {
            let members = framework.node.members ?? []
            let identifiers = Dictionary(
                members.compactMap { member in
                    member.node["resolved"]?.string.map { (member.key.lowercased(), "\(member.key)@\($0)") }
                }, uniquingKeysWith: { first, _ in first })
            for member in members where member.node["type"]?.string != "Project" {
                guard let version = member.node["resolved"]?.string else {
                    result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
                    continue
                }
                var package = Package(
                    ecosystem: .nuget, name: member.key, version: version, place: file.place(member.keyPosition),
                    isDirect: member.node["type"]?.string == "Direct")
                package.dependencies = DependencyTree.sorted(
                    (member.node["dependencies"]?.members ?? []).compactMap { identifiers[$0.key.lowercased()] })
                result.packages.append(package)
            }
        }
        return result
    }
}

/// sbt's lockfile of the plugin sbt-dependency-lock.
enum SbtLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let nodes = root["dependencies"]?.elements else {
            throw DocumentError(at: root.position, "the member “dependencies” is missing")
        }
        var result = ParsedInventory()
        for node in nodes {
            guard let group = node["org"]?.string, let name = node["name"]?.string,
                let version = node["version"]?.string
            else {
                result.problems.append(file.incomplete("a dependency without org, name or version", node.position))
                continue
            }
            let scopes = (node["configurations"]?.elements ?? []).compactMap(\.string)
            result.packages.append(
                Package(
                    ecosystem: .maven, name: "\(group):\(name)", version: version, place: file.place(node.position),
                    isDevelopment: !scopes.isEmpty && scopes.allSatisfy { $0 == "test" }, groups: scopes))
        }
        return result
    }
}
