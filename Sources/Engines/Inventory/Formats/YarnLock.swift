import Documents
import Packages
import WaybillCore

/// yarn.lock of yarn 1 and of yarn 2 and later: a header with the wanted ranges, then indented properties.
enum YarnLock {
    private struct Entry {
        var header: String
        var line: Int
        var version: String?
        var address: String?
        /// Name and range.
        var needs: [(String, String)] = []
    }

    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        var identifiers: [String: String] = [:]
        var needs: [[(String, String)]] = []
        for entry in try entries(file) where entry.header != "__metadata" {
            let wanted = unquoted(entry.header.split(separator: ",").first.map(String.init) ?? "")
            let name = name(of: entry.address.flatMap { $0.contains("@") ? $0 : nil } ?? wanted, wanted)
            // A workspace is the project itself.
            if entry.address?.contains("@workspace:") == true { continue }
            guard let version = entry.version else {
                result.problems.append(
                    file.incomplete("\(name) has no version", Position(line: entry.line, column: 1)))
                continue
            }
            let package = Package(
                ecosystem: .npm, name: name, version: version, place: file.place(line: entry.line),
                commit: entry.address.flatMap(commit))
            for key in unquoted(entry.header).split(separator: ",") {
                identifiers[unquoted(String(key))] = package.identifier
            }
            result.packages.append(package)
            needs.append(entry.needs)
        }
        func lookup(_ name: String, _ range: String) -> String? {
            identifiers["\(name)@\(range)"] ?? identifiers["\(name)@npm:\(range)"]
        }
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { lookup($0.0, $0.1) })
        }
        if let project = NodeProject(besides: file) {
            DependencyTree.mark(
                &result.packages, direct: Set(project.direct.compactMap { lookup($0.name, $0.range) }),
                development: Set(project.development.compactMap { lookup($0.name, $0.range) }))
            if var own = project.project {
                own.dependencies = DependencyTree.sorted(project.direct.compactMap { lookup($0.name, $0.range) })
                result.projects.append(own)
            }
        }
        return result
    }

    private static func entries(_ file: InventoryFile) throws(DocumentError) -> [Entry] {
        var entries: [Entry] = []
        var isInNeeds = false
        for (index, line) in file.lines.enumerated() {
            let text = Text.string(line)
            let trimmed = Text.trimmed(text)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let indent = Text.indent(line)
            if indent == 0 {
                guard trimmed.hasSuffix(":") else {
                    throw DocumentError(at: Position(line: index + 1, column: 1), "expected a package, “name@range:”")
                }
                entries.append(Entry(header: String(trimmed.dropLast()), line: index + 1))
                isInNeeds = false
            } else if indent == 2, !entries.isEmpty {
                let last = entries.count - 1
                isInNeeds = ["dependencies:", "optionalDependencies:", "peerDependencies:"].contains(trimmed)
                if let value = property("version", trimmed) { entries[last].version = value }
                if let value = property("resolved", trimmed) ?? property("resolution", trimmed) {
                    entries[last].address = value
                }
            } else if indent == 4, isInNeeds, !entries.isEmpty, let need = need(trimmed) {
                entries[entries.count - 1].needs.append(need)
            }
        }
        return entries
    }

    /// `name "range"` of yarn 1, `"@scope/name": "npm:range"` and `name: range` of later ones.
    private static func need(_ text: String) -> (String, String)? {
        var rest = text[...]
        let name: String
        if rest.first == "\"" {
            guard let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
            name = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            guard let end = rest.firstIndex(where: { $0 == " " || $0 == ":" }) else { return nil }
            name = String(rest[..<end])
            rest = rest[end...]
        }
        return (name, unquoted(Text.trimmed(rest.drop { $0 == ":" || $0 == " " })))
    }

    private static func property(_ name: String, _ text: String) -> String? {
        if text.hasPrefix("\(name) ") { return unquoted(Text.trimmed(text.dropFirst(name.count))) }
        if text.hasPrefix("\(name): ") { return unquoted(Text.trimmed(text.dropFirst(name.count + 1))) }
        return nil
    }

    private static func unquoted(_ text: String) -> String {
        let text = Text.trimmed(text)
        return text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
            ? String(text.dropFirst().dropLast()) : text
    }

    /// `@babel/core@npm:^7.0.0` is @babel/core; behind an alias stands the package that was meant.
    private static func name(of resolution: String, _ wanted: String) -> String {
        let isAddress = resolution.contains("://")
        let source = isAddress ? wanted : resolution
        guard let at = source.dropFirst().firstIndex(of: "@") else { return source }
        let range = source[source.index(after: at)...]
        if isAddress || source == wanted, range.hasPrefix("npm:"), let inner = range.dropFirst(5).firstIndex(of: "@") {
            return String(range[range.index(range.startIndex, offsetBy: 4)..<inner])
        }
        return String(source[..<at])
    }

    private static func commit(_ address: String) -> String? {
        if let found = NpmLock.commit(address) { return found }
        guard let range = Text.split(address, at: "#"), range.1.hasPrefix("commit=") else { return nil }
        return String(range.1.dropFirst(7).prefix { $0.isHexDigit })
    }
}
