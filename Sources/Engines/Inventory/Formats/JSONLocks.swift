import Documents
import Packages
import WaybillCore

/// Pipfile.lock: `default` and `develop`.
enum PipfileLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else { throw DocumentError(at: root.position, "expected an object, found \(root.typeName)") }
        var result = ParsedInventory()
        for (section, isDevelopment) in [("default", false), ("develop", true)] {
            for member in root[section]?.members ?? [] {
                guard let pin = member.node["version"]?.string, pin.hasPrefix("==") else {
                    let commit = member.node["ref"]?.string
                    if commit == nil { result.problems.append(file.incomplete("\(member.key) is not pinned", member.keyPosition)) }
                    continue
                }
                result.packages.append(
                    Package(
                        ecosystem: .pypi, name: member.key, version: Text.trimmed(pin.drop { $0 == "=" }),
                        place: file.place(member.keyPosition), isDevelopment: isDevelopment, groups: isDevelopment ? ["dev"] : []))
            }
        }
        return result
    }
}

/// composer.lock: `packages` and `packages-dev`.
enum ComposerLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard root.members != nil else { throw DocumentError(at: root.position, "expected an object, found \(root.typeName)") }
        var result = ParsedInventory()
        for (section, isDevelopment) in [("packages", false), ("packages-dev", true)] {
            for node in root[section]?.elements ?? [] {
                guard let name = node["name"]?.string, let version = node["version"]?.string else {
                    result.problems.append(file.incomplete("a package without name or version", node.position))
                    continue
                }
                let reference = node["source"]?["reference"]?.string ?? node["dist"]?["reference"]?.string
                result.packages.append(
                    Package(
                        ecosystem: .packagist, name: name, version: normal(version, node),
                        place: file.place(node.member("name")?.keyPosition ?? node.position), isDevelopment: isDevelopment,
                        groups: isDevelopment ? ["dev"] : [], commit: reference.flatMap { $0.count == 40 && Text.isCommit($0) ? $0 : nil },
                        licences: (node["license"]?.elements ?? []).compactMap(\.string)))
            }
        }
        return result
    }

    /// Drupal's site says which version its tag means.
    private static func normal(_ version: String, _ node: Node) -> String {
        if let drupal = node["extra"]?["drupal"]?["version"]?.string, drupal.first?.isNumber == true { return unprefixed(drupal) }
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
            for member in framework.node.members ?? [] where member.node["type"]?.string != "Project" {
                guard let version = member.node["resolved"]?.string else {
                    result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
                    continue
                }
                result.packages.append(
                    Package(
                        ecosystem: .nuget, name: member.key, version: version, place: file.place(member.keyPosition),
                        isDirect: member.node["type"]?.string == "Direct"))
            }
        }
        return result
    }
}
