import Documents
import Packages
import WaybillCore

/// Gemfile.lock: sources with their indented specs.
enum GemfileLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        var section = "", commit: String?, isSpecs = false
        var direct: Set<String> = []
        for (index, line) in file.lines.enumerated() {
            let text = Text.trimmed(Text.string(line))
            if text.isEmpty { continue }
            switch Text.indent(line) {
            case 0: (section, commit, isSpecs) = (text, nil, false)
            case 2 where text.hasPrefix("revision:"): commit = Text.trimmed(text.dropFirst(9))
            case 2 where section == "DEPENDENCIES": direct.insert(String(text.prefix { $0 != " " && $0 != "!" }))
            case 2: isSpecs = text == "specs:"
            case 4 where isSpecs:
                guard let (name, rest) = Text.split(text, at: " "), rest.hasPrefix("("), rest.hasSuffix(")") else {
                    throw DocumentError(at: Position(line: index + 1, column: 5), "expected “name (version)”")
                }
                // A path is the project's own code; a platform after the hyphen is no part of the version.
                result.packages.append(
                    Package(
                        ecosystem: .rubyGems, name: name, version: String(rest.dropFirst().dropLast().prefix { $0 != "-" }),
                        place: file.place(line: index + 1), commit: commit))
            default: break
            }
        }
        for index in result.packages.indices { result.packages[index].isDirect = direct.contains(result.packages[index].name) }
        return result
    }
}

/// gradle.lockfile: `group:artifact:version=configurations`.
enum GradleLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for (index, line) in file.lines.enumerated() {
            let text = Text.trimmed(Text.string(line))
            if text.isEmpty || text.hasPrefix("#") || text.hasPrefix("empty=") { continue }
            let parts = text.prefix { $0 != "=" }.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
                result.problems.append(
                    file.incomplete("the line \(Redaction.excerpt(text)) is no “group:artifact:version”", Position(line: index + 1, column: 1)))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .maven, name: "\(parts[0]):\(parts[1])", version: String(parts[2]), place: file.place(line: index + 1)))
        }
        return result
    }
}
