import Documents
import WaybillCore

/// The lines of a kustomization, edited at the positions that its nodes remember.
///
/// Its caller reads the result again and compares: an edit that goes wrong is noticed and not used.
struct KustomizationText {
    private var lines: [String]
    var text: String { lines.joined(separator: "\n") }

    init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// False where the layout is none that can be edited.
    mutating func set(image: String, newName: String?, digest: String, in root: Node) -> Bool {
        guard let images = root.member("images"), let entries = images.node.elements else {
            return appendSection(image, newName, digest, root)
        }
        guard let entry = entries.first(where: { $0["name"]?.string == image }) else {
            return insertEntry(image, newName, digest, before: entries)
        }
        return edit(entry, newName, digest)
    }

    private mutating func appendSection(_ image: String, _ newName: String?, _ digest: String, _ root: Node) -> Bool {
        guard root.member("images") == nil, root.scalar == .null || root.position.column == 1 else { return false }
        while lines.last == "" { lines.removeLast() }
        lines.append("images:")
        lines += Self.entry(image, newName, digest, margin: "")
        lines.append("")
        return true
    }

    private mutating func insertEntry(_ image: String, _ newName: String?, _ digest: String, before entries: [Node])
        -> Bool
    {
        guard let first = entries.first else { return false }
        let line = first.position.line - 1
        let margin = lines[line].prefix { $0 == " " }
        guard lines[line].dropFirst(margin.count).hasPrefix("- ") else { return false }
        lines.insert(contentsOf: Self.entry(image, newName, digest, margin: String(margin)), at: line)
        return true
    }

    private static func entry(_ image: String, _ newName: String?, _ digest: String, margin: String) -> [String] {
        var entry: Value = ["name": .string(image)]
        if let newName { entry["newName"] = .string(newName) }
        entry["digest"] = .string(digest)
        return YAMLWriter.string(.array([entry])).split(separator: "\n").map { margin + $0 }
    }

    /// Works from the end of the entry to its start, so that earlier positions stay true.
    private mutating func edit(_ entry: Node, _ newName: String?, _ digest: String) -> Bool {
        var wanted: [(key: String, value: String)] = [("digest", digest)]
        if let newName { wanted.append(("newName", newName)) }
        var replacements: [(member: Node.Member, text: String)] = []
        var removed: Node.Member?
        var added: [(key: String, value: String)] = []
        for (key, value) in wanted {
            if let member = entry.member(key) {
                replacements.append((member, "\(key): \(value)"))
            } else if key == "digest", let tag = entry.member("newTag") {
                replacements.append((tag, "\(key): \(value)"))
            } else {
                added.append((key, value))
            }
        }
        if entry.member("digest") != nil { removed = entry.member("newTag") }
        guard let name = entry.member("name") else { return false }
        var edits: [(at: Position, run: (inout KustomizationText) -> Bool)] = replacements.map { replacement in
            (replacement.member.keyPosition, { $0.replace(replacement.member, with: replacement.text) })
        }
        if let removed { edits.append((removed.keyPosition, { $0.remove(removed) })) }
        if !added.isEmpty { edits.append((name.keyPosition, { $0.insert(added, after: name) })) }
        for edit in edits.sorted(by: { $0.at > $1.at }) {
            guard edit.run(&self) else { return false }
        }
        return true
    }

    private mutating func replace(_ member: Node.Member, with text: String) -> Bool {
        guard let span = span(of: member) else { return false }
        lines[span.line].replaceSubrange(span.range, with: text)
        return true
    }

    /// Only a member that has its line for itself can go without a trace.
    private mutating func remove(_ member: Node.Member) -> Bool {
        guard let span = span(of: member) else { return false }
        let line = lines[span.line]
        guard line[..<span.range.lowerBound].allSatisfy({ $0 == " " }),
            line[span.range.upperBound...].allSatisfy({ $0 == " " })
        else {
            return false
        }
        lines.remove(at: span.line)
        return true
    }

    private mutating func insert(_ members: [(key: String, value: String)], after name: Node.Member) -> Bool {
        guard let span = span(of: name) else { return false }
        let texts = members.map { "\($0.key): \($0.value)" }
        let line = lines[span.line]
        if line[..<span.range.lowerBound].contains("{") {
            lines[span.line].insert(contentsOf: texts.map { ", " + $0 }.joined(), at: span.range.upperBound)
        } else {
            let margin = String(repeating: " ", count: name.keyPosition.column - 1)
            lines.insert(contentsOf: texts.map { margin + $0 }, at: span.line + 1)
        }
        return true
    }

    /// From a member's key to the end of its value, where both are plain or quoted words on one line.
    private func span(of member: Node.Member) -> (line: Int, range: Range<String.Index>)? {
        let value = member.node.position
        guard value.line == member.keyPosition.line, lines.indices.contains(value.line - 1) else { return nil }
        let line = lines[value.line - 1]
        // Columns count Unicode scalars.
        let scalars = line.unicodeScalars
        guard
            let start = scalars.index(
                scalars.startIndex, offsetBy: member.keyPosition.column - 1, limitedBy: scalars.endIndex),
            let first = scalars.index(scalars.startIndex, offsetBy: value.column - 1, limitedBy: scalars.endIndex),
            first < scalars.endIndex
        else { return nil }
        var end = first
        if scalars[first] == "\"" || scalars[first] == "'" {
            let quote = scalars[first]
            guard let close = scalars[scalars.index(after: first)...].firstIndex(of: quote) else { return nil }
            end = scalars.index(after: close)
        } else {
            end = scalars[first...].firstIndex { $0 == " " || $0 == "," || $0 == "}" || $0 == "\r" } ?? scalars.endIndex
        }
        return (value.line - 1, start..<end)
    }
}
