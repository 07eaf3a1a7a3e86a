import Documents
import Packages
import WaybillCore

/// go.mod: required modules, with replacements applied, and the standard library of the toolchain.
enum GoModule {
    private struct Requirement {
        var name: String, version: String, line: Int, isDirect: Bool
    }

    private struct Replacement {
        var oldName: String, oldVersion: String?, newName: String, newVersion: String, line: Int
    }

    private static let directives: Set<String> = [
        "module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore",
    ]

    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var requirements: [Requirement] = [], replacements: [Replacement] = []
        var standardLibrary: (version: String, line: Int)?
        var block: String?
        var module: Package?
        for (index, line) in file.lines.enumerated() {
            let position = Position(line: index + 1, column: 1)
            let (code, comment) = splitComment(Text.string(line))
            var words = code.split { $0 == " " || $0 == "\t" }.map { unquoted(String($0)) }
            if words.isEmpty { continue }
            if words == [")"] {
                block = nil
                continue
            }
            if block == nil {
                guard directives.contains(words[0]) else {
                    throw DocumentError(at: position, "unknown directive \(Redaction.excerpt(words[0]))")
                }
                if words.count >= 2, words[1] == "(" {
                    block = words[0]
                    continue
                }
            }
            let directive = block ?? words.removeFirst()
            switch directive {
            case "module":
                if let name = words.first {
                    module = Package(ecosystem: .go, name: name, version: "", place: file.place(line: index + 1))
                }
            case "go": standardLibrary = standardLibrary ?? words.first.map { ($0, index + 1) }
            case "toolchain":
                // `go1.23.6-custom`: the suffix does not change the library.
                if let name = words.first, name.hasPrefix("go") {
                    standardLibrary = (String(name.dropFirst(2).prefix { $0 != "-" }), index + 1)
                }
            case "require":
                guard words.count >= 2 else { throw DocumentError(at: position, "expected a module and its version") }
                requirements.append(
                    Requirement(
                        name: words[0], version: version(words[1]), line: index + 1,
                        isDirect: !comment.contains("indirect")))
            case "replace":
                guard let replacement = replacement(words, index + 1) else {
                    throw DocumentError(at: position, "expected “old => new version”")
                }
                replacements.append(replacement)
            default: break
            }
        }
        var packages = packages(requirements, replacements, standardLibrary, file)
        // Before Go 1.17 the file named only what is asked for directly; the sums know the rest.
        if let version = standardLibrary?.version, VersionOrdering.go.isLess(version, than: "1.17") {
            packages += transitive(file, besides: Set(requirements.map(\.name)).union(packages.map(\.name)))
        }
        return ParsedInventory(packages: packages, projects: module.map { [$0] } ?? [])
    }

    /// Of each other module in go.sum whose contents were needed the highest version.
    private static func transitive(_ file: InventoryFile, besides known: Set<String>) -> [Package] {
        var versions: [String: String] = [:]
        for line in InventoryFile(path: "", bytes: file.sibling("go.sum") ?? []).lines {
            let words = Text.string(line).split(separator: " ")
            guard words.count == 3, !words[1].hasSuffix("/go.mod") else { continue }
            let name = String(words[0]), found = version(String(words[1]))
            guard !known.contains(name) else { continue }
            if let other = versions[name], !VersionOrdering.go.isLess(other, than: found) { continue }
            versions[name] = found
        }
        return versions.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
            Package(ecosystem: .go, name: $0.key, version: $0.value, place: file.place(nil), isDirect: false)
        }
    }

    private static func packages(
        _ requirements: [Requirement], _ replacements: [Replacement], _ library: (version: String, line: Int)?,
        _ file: InventoryFile
    ) -> [Package] {
        var packages: [Package] = []
        for requirement in requirements {
            let replacement = replacements.first {
                $0.oldName == requirement.name && ($0.oldVersion == nil || $0.oldVersion == requirement.version)
            }
            packages.append(
                Package(
                    ecosystem: .go, name: replacement?.newName ?? requirement.name,
                    version: replacement?.newVersion ?? requirement.version,
                    place: file.place(line: replacement?.line ?? requirement.line), isDirect: requirement.isDirect))
        }
        if let library {
            packages.append(
                Package(
                    ecosystem: .go, name: "stdlib", version: library.version, place: file.place(line: library.line),
                    isDirect: true))
        }
        return packages
    }

    private static func replacement(_ words: [String], _ line: Int) -> Replacement? {
        guard let arrow = words.firstIndex(of: "=>"), arrow >= 1, arrow + 1 < words.count else { return nil }
        return Replacement(
            oldName: words[0], oldVersion: arrow >= 2 ? version(words[1]) : nil, newName: words[arrow + 1],
            newVersion: arrow + 2 < words.count ? version(words[arrow + 2]) : "", line: line)
    }

    /// Advisories write Go's versions without the letter in front.
    private static func version(_ text: String) -> String { text.hasPrefix("v") ? String(text.dropFirst()) : text }

    private static func unquoted(_ text: String) -> String {
        text.count >= 2 && (text.hasPrefix("\"") || text.hasPrefix("`")) ? String(text.dropFirst().dropLast()) : text
    }

    private static func splitComment(_ line: String) -> (String, String) {
        let bytes = Array(line.utf8)
        for index in bytes.indices.dropLast()
        where bytes[index] == UInt8(ascii: "/") && bytes[index + 1] == UInt8(ascii: "/") {
            if index == 0 || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 {
                return (Text.string(bytes[..<index]), Text.string(bytes[index...]))
            }
        }
        return (line, "")
    }
}
