import Documents
import Packages
import WaybillCore

/// Gemfile.lock: sources with their indented specs.
enum GemfileLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        var section = "", commit: String?, isSpecs = false
        var direct: Set<String> = []
        var needs: [[String]] = []
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
                        ecosystem: .rubyGems, name: name,
                        version: String(rest.dropFirst().dropLast().prefix { $0 != "-" }),
                        place: file.place(line: index + 1), commit: commit))
                needs.append([])
            case 6 where isSpecs && !needs.isEmpty:
                needs[needs.count - 1].append(String(text.prefix { $0 != " " && $0 != "!" }))
            default: break
            }
        }
        let identifiers = Dictionary(
            result.packages.map { ($0.name, $0.identifier) }, uniquingKeysWith: { first, _ in first })
        for index in result.packages.indices {
            result.packages[index].dependencies = DependencyTree.sorted(needs[index].compactMap { identifiers[$0] })
            result.packages[index].isDirect = direct.contains(result.packages[index].name)
        }
        return result
    }
}

/// The description of an installed gem, as RubyGems writes it: Ruby code with one assignment per line.
enum GemSpecification {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var name: (String, Int)?, version = "", licences: [String] = []
        for (index, line) in file.lines.enumerated() {
            let text = Text.trimmed(Text.string(line))
            guard let (left, right) = Text.split(text, at: "="), let dot = left.firstIndex(of: ".") else { continue }
            switch Text.trimmed(left[left.index(after: dot)...]) {
            case "name" where name == nil: name = quoted(right).first.map { ($0, index + 1) }
            case "version" where version.isEmpty: version = quoted(right).first ?? ""
            case "license", "licenses": licences = quoted(right)
            default: break
            }
        }
        guard let name else { throw DocumentError(at: .start, "the gem's name is missing") }
        // A gem's own source may compute its version; RubyGems' copy of it never does.
        guard !version.isEmpty else {
            return ParsedInventory(problems: [
                file.problem(
                    "WB-SCAN-005", "\(name.0) does not say its version, its advisories cannot be matched", .start,
                    severity: .low)
            ])
        }
        return ParsedInventory(packages: [
            Package(
                ecosystem: .rubyGems, name: name.0, version: version, place: file.place(line: name.1),
                licences: licences)
        ])
    }

    /// The texts in quotes of a line.
    private static func quoted(_ text: String) -> [String] {
        var result: [String] = []
        var current: String?, quote: Character = "\""
        for character in text {
            if let open = current {
                if character == quote {
                    result.append(open)
                    current = nil
                } else {
                    current = open + String(character)
                }
            } else if character == "\"" || character == "'" {
                (current, quote) = ("", character)
            } else if character == "#" {
                break
            }
        }
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
                    file.incomplete(
                        "the line \(Redaction.excerpt(text)) is no “group:artifact:version”",
                        Position(line: index + 1, column: 1)))
                continue
            }
            let scopes = text.drop { $0 != "=" }.dropFirst().split(separator: ",")
            let isTest = !scopes.isEmpty && scopes.allSatisfy { $0.hasPrefix("test") }
            result.packages.append(
                Package(
                    ecosystem: .maven, name: "\(parts[0]):\(parts[1])", version: String(parts[2]),
                    place: file.place(line: index + 1), isDevelopment: isTest))
        }
        return result
    }
}

/// cabal.project.freeze: constraints, one package with its version each.
enum CabalFreeze {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for (index, line) in file.lines.enumerated() {
            var text = Text.trimmed(Text.string(line))
            if text.hasPrefix("--") { continue }
            if text.hasPrefix("constraints:") { text = Text.trimmed(text.dropFirst(12)) }
            for part in text.split(separator: ",") {
                let words = part.split(separator: " ", maxSplits: 1).map { Text.trimmed($0) }
                // Others are flags: `name +flag`.
                guard words.count == 2, words[1].hasPrefix("=="), let first = words.first else { continue }
                let name = first.hasPrefix("any.") ? String(first.dropFirst(4)) : first
                let version = Text.trimmed(words[1].dropFirst(2))
                guard !name.isEmpty, version.first?.isNumber == true else {
                    result.problems.append(
                        file.incomplete(
                            "\(Redaction.excerpt(part)) is no “name ==version”", Position(line: index + 1, column: 1)))
                    continue
                }
                result.packages.append(
                    Package(ecosystem: .hackage, name: name, version: version, place: file.place(line: index + 1)))
            }
        }
        return result
    }
}

/// stack.yaml.lock: packages as `name-version@sha256:…`.
enum StackLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        for node in root["packages"]?.elements ?? [] {
            let completed = node["completed"]
            if let text = completed?["hackage"]?.string {
                let plain = text.prefix { $0 != "@" }
                guard let hyphen = plain.lastIndex(of: "-"), hyphen > plain.startIndex else {
                    result.problems.append(
                        file.incomplete("\(Redaction.excerpt(text)) is no “name-version”", node.position))
                    continue
                }
                result.packages.append(
                    Package(
                        ecosystem: .hackage, name: String(plain[..<hyphen]),
                        version: String(plain[plain.index(after: hyphen)...]), place: file.place(node.position)))
            } else if let name = completed?["name"]?.string {
                // From a repository.
                result.packages.append(
                    Package(
                        ecosystem: .hackage, name: name, version: completed?["version"]?.string ?? "",
                        place: file.place(node.position), commit: completed?["commit"]?.string))
            }
        }
        return result
    }
}

/// rebar.lock of Erlang: `{<<"name">>,{pkg,<<"name">>,<<"version">>},depth}`.
enum RebarLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for (index, line) in file.lines.enumerated() {
            let text = Text.string(line)
            let texts = text.split(separator: "<<\"").dropFirst().compactMap { $0.split(separator: "\"").first }
            if ["{git,", "{hg,", "{git_subdir,"].contains(where: text.contains), let name = texts.first {
                // From a repository: `{ref,"…"}` says at which commit.
                let commit = text.split(separator: "{ref,\"").dropFirst().first?.prefix { $0 != "\"" }
                result.packages.append(
                    Package(
                        ecosystem: .hex, name: String(name), version: "", place: file.place(line: index + 1),
                        isDirect: text.contains("},0}"), commit: commit.map(String.init)))
                continue
            }
            guard text.contains("{pkg,") else { continue }
            guard texts.count >= 3 else {
                result.problems.append(
                    file.incomplete(
                        "\(Redaction.excerpt(text)) is no package with name and version",
                        Position(line: index + 1, column: 1)))
                continue
            }
            let depth = text.split(separator: ",").last.map { $0.prefix { $0.isNumber } }
            result.packages.append(
                Package(
                    ecosystem: .hex, name: String(texts[1]), version: String(texts[2]),
                    place: file.place(line: index + 1), isDirect: depth == "0"))
        }
        return result
    }
}
