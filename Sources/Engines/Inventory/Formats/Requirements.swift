import Documents
import Packages
import WaybillCore

/// pip's requirements files. What is not pinned is listed without version: nothing can be said about it.
enum Requirements {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for (text, line) in logicalLines(file) {
            let requirement = Text.trimmed(text)
            if requirement.isEmpty || requirement.hasPrefix("-") || requirement.contains("://")
                || requirement.contains("${")
            {
                continue
            }
            guard let (name, version) = parsed(requirement) else { continue }
            if version.isEmpty {
                result.problems.append(
                    file.problem(
                        "WB-SCAN-005", "\(name) has no pinned version, its advisories cannot be matched",
                        Position(line: line, column: 1), severity: .low))
            }
            result.packages.append(
                Package(ecosystem: .pypi, name: name, version: version, place: file.place(line: line)))
        }
        return result
    }

    /// Lines joined at backslashes, comments taken off; the number is that of the first.
    private static func logicalLines(_ file: InventoryFile) -> [(String, Int)] {
        var result: [(String, Int)] = []
        var pending = "", start = 0
        for (index, line) in file.lines.enumerated() {
            let text = Text.string(line)
            if pending.isEmpty { start = index + 1 }
            let code = withoutComment(text)
            if code.hasSuffix("\\") {
                pending += code.dropLast()
                if pending.isEmpty { pending = " " }
            } else {
                result.append((pending + code, start))
                pending = ""
            }
        }
        if !pending.isEmpty { result.append((pending, start)) }
        return result
    }

    /// A comment starts at the line's start or after white space.
    private static func withoutComment(_ line: String) -> String {
        var previous: Character = " "
        for index in line.indices {
            if line[index] == "#", previous == " " || previous == "\t" { return String(line[..<index]) }
            previous = line[index]
        }
        return line
    }

    /// Nil for what is no requirement.
    private static func parsed(_ text: String) -> (String, String)? {
        var text = String(text.prefix { $0 != ";" })
        for option in [" --", " -C"] {
            if let range = find(option, in: text) { text = String(text[..<range]) }
        }
        let name = String(text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        guard !name.isEmpty, name.first?.isLetter == true || name.first?.isNumber == true else { return nil }
        var rest = Text.trimmed(text.dropFirst(name.count))
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            rest = Text.trimmed(rest[rest.index(after: close)...])
        }
        if rest.isEmpty { return (name, "") }
        if rest.hasPrefix("@") { return nil }
        let constraints = rest.split(separator: ",")
        guard let first = constraints.first.map({ Text.trimmed($0) }) else { return nil }
        for comparator in ["===", "==", ">=", "<=", "~="] where first.hasPrefix(comparator) {
            let version = Text.trimmed(first.dropFirst(comparator.count))
            if version.isEmpty { return nil }
            // A pattern, and several constraints, leave the version open.
            let isOpen = version.contains("*") || constraints.count > 1
            return (name, isOpen ? "" : version)
        }
        return first.hasPrefix("!=") || first.hasPrefix("<") || first.hasPrefix(">") ? (name, "") : nil
    }

    private static func find(_ needle: String, in text: String) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(needle) { return index }
            index = text.index(after: index)
        }
        return nil
    }
}

/// METADATA and PKG-INFO of installed Python packages.
enum PythonMetadata {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        // The description follows the headers after a blank line, or in a header of many lines.
        let headerEnd = file.lines.firstIndex { Text.trimmed($0).isEmpty } ?? file.lines.count
        var name: (String, Int)?, version = "", licence: String?
        for (index, line) in file.lines[..<headerEnd].enumerated() {
            guard let (key, value) = Text.split(Text.string(line), at: ":") else { continue }
            switch key {
            case "Name": name = name ?? (Text.trimmed(value), index + 1)
            case "Version": version = Text.trimmed(value)
            case "License", "License-Expression": licence = Text.trimmed(value)
            default: break
            }
        }
        guard let name, !name.0.isEmpty, !version.isEmpty else {
            throw DocumentError(at: .start, "the fields Name and Version are missing")
        }
        let licences = licence.map { $0.isEmpty || $0 == "UNKNOWN" ? [] : [$0] } ?? []
        return ParsedInventory(packages: [
            Package(
                ecosystem: .pypi, name: name.0, version: version, place: file.place(line: name.1), licences: licences)
        ])
    }
}
