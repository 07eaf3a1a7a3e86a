import Documents
import Packages
import WaybillCore

/// Dart's pubspec.lock.
enum PubspecLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        for member in root["packages"]?.members ?? [] {
            guard let version = member.node["version"]?.string else {
                result.problems.append(file.incomplete("\(member.key) has no version", member.keyPosition))
                continue
            }
            let kind = member.node["dependency"]?.string ?? ""
            result.packages.append(
                Package(
                    ecosystem: .pub, name: member.key, version: version, place: file.place(member.keyPosition),
                    isDirect: kind.hasPrefix("direct"), isDevelopment: kind == "direct dev",
                    groups: kind == "direct dev" ? ["dev"] : [],
                    commit: member.node["description"]?["resolved-ref"]?.string))
        }
        return result
    }
}

/// SwiftPM's Package.resolved, versions 1 to 3.
enum PackageResolved {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let pins = (root["pins"] ?? root["object"]?["pins"])?.elements else {
            throw DocumentError(at: root.position, "the member “pins” is missing")
        }
        var result = ParsedInventory()
        for pin in pins {
            guard let location = (pin["location"] ?? pin["repositoryURL"])?.string else {
                result.problems.append(file.incomplete("a pin without location", pin.position))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .swift, name: name(location), version: pin["state"]?["version"]?.string ?? "",
                    place: file.place(pin.position(of: Pointer(["location"]))),
                    commit: pin["state"]?["revision"]?.string))
        }
        return result
    }

    /// Host and path: `github.com/apple/swift-nio`.
    private static func name(_ location: String) -> String {
        var rest = location[...]
        for scheme in ["https://", "http://", "ssh://", "git://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        if let at = rest.firstIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        var name = String(rest.map { $0 == ":" ? "/" : $0 })
        if name.hasSuffix(".git") { name.removeLast(4) }
        return name
    }
}

/// CocoaPods' Podfile.lock.
enum PodfileLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        var needs: [[String]] = []
        let direct = Set(
            (root["DEPENDENCIES"]?.elements ?? []).compactMap { $0.string?.prefix { $0 != " " } }.map(String.init))
        for node in root["PODS"]?.elements ?? [] {
            let text = node.string ?? node.members?.first?.key ?? ""
            guard let (name, rest) = Text.split(text, at: " "), rest.hasPrefix("("), rest.hasSuffix(")") else {
                result.problems.append(
                    file.incomplete("\(Redaction.excerpt(text)) is no “name (version)”", node.position))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .cocoaPods, name: name, version: String(rest.dropFirst().dropLast()),
                    place: file.place(node.position), isDirect: direct.isEmpty ? nil : direct.contains(name)))
            let inner = node.members?.first?.node.elements ?? []
            needs.append(inner.compactMap { $0.string?.prefix { $0 != " " } }.map(String.init))
        }
        let identifiers = Dictionary(
            result.packages.map { ($0.name, $0.identifier) }, uniquingKeysWith: { first, _ in first })
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { identifiers[$0] })
        }
        return result
    }
}

/// mix.lock of Elixir and Erlang: a map with one package per line.
enum MixLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for (index, line) in file.lines.enumerated() {
            let text = Text.trimmed(Text.string(line))
            guard text.hasPrefix("\"") else {
                if !["", "%{", "}", "%{}"].contains(text), !text.hasPrefix("#") {
                    throw DocumentError(at: Position(line: index + 1, column: 1), "expected a package, “\"name\": {…}”")
                }
                continue
            }
            let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 6, let kind = parts.dropFirst(2).first else {
                result.problems.append(
                    file.incomplete("\(parts[1]) cannot be read", Position(line: index + 1, column: 1)))
                continue
            }
            let isGit = kind.contains(":git")
            result.packages.append(
                Package(
                    ecosystem: .hex, name: parts[1], version: isGit ? "" : parts[3], place: file.place(line: index + 1),
                    commit: parts[5]))
        }
        return result
    }
}
