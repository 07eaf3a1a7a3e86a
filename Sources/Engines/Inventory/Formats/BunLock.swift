import Documents
import Packages
import WaybillCore

/// bun.lock: JSON with commas before closing brackets. Each package is a list whose first element is `name@version`.
enum BunLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try JSONReader.node(from: withoutTrailingCommas(file.bytes), limits: InventoryFile.limits)
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        var identifiers: [String: String] = [:], needs: [(key: String, names: [String])] = []
        for member in root["packages"]?.members ?? [] {
            guard let reference = member.node[0]?.string, let at = reference.dropFirst().firstIndex(of: "@") else {
                result.problems.append(file.incomplete("\(member.key) has no name and version", member.keyPosition))
                continue
            }
            let name = String(reference[..<at])
            let version = String(reference[reference.index(after: at)...])
            if version.hasPrefix("workspace:") { continue }
            let commit = version.split(separator: "#").dropFirst().last.map(String.init)
            let isRelease = version.first?.isNumber == true
            let package = Package(
                ecosystem: .npm, name: name, version: isRelease ? version : "", place: file.place(member.keyPosition),
                commit: isRelease ? nil : commit)
            identifiers[member.key] = package.identifier
            let facts = member.node.elements?.first { $0.members != nil }
            needs.append(
                (
                    member.key,
                    ["dependencies", "optionalDependencies", "peerDependencies"].flatMap { facts?[$0]?.members ?? [] }
                        .map(\.key)
                ))
            result.packages.append(package)
        }
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(
                needs[index].names.compactMap { lookup($0, from: needs[index].key, identifiers) })
        }
        roots(root, identifiers, &result)
        return result
    }

    /// A nested package has the key `outer/inner`.
    private static func lookup(_ name: String, from key: String, _ identifiers: [String: String]) -> String? {
        var parts = key.split(separator: "/")
        while !parts.isEmpty {
            if let found = identifiers[parts.joined(separator: "/") + "/" + name] { return found }
            parts.removeLast()
        }
        return identifiers[name]
    }

    private static func roots(_ root: Node, _ identifiers: [String: String], _ result: inout ParsedInventory) {
        var direct: Set<String> = [], development: Set<String> = []
        for workspace in root["workspaces"]?.members ?? [] {
            for group in NpmLock.directGroups {
                let found = (workspace.node[group]?.members ?? []).compactMap { identifiers[$0.key] }
                if group == "devDependencies" { development.formUnion(found) } else { direct.formUnion(found) }
            }
        }
        DependencyTree.mark(&result.packages, direct: direct, development: development)
    }

    /// Spaces instead of commas that only a closing bracket follows, so that positions stay as they are.
    static func withoutTrailingCommas(_ bytes: [UInt8]) -> [UInt8] {
        var output = bytes
        var comma: Int?
        var isText = false, isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ","): comma = index
            case 0x20, 0x09, 0x0A, 0x0D: break
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { output[comma] = 0x20 }
                comma = nil
            default:
                comma = nil
                isText = byte == UInt8(ascii: "\"")
            }
        }
        return output
    }
}
