import Packages
public import WaybillCore

/// A Maven project file: what it asks for, and its text.
public struct ProjectModel: Sendable {
    /// A dependency as it is written, with the place of its version.
    struct Entry: Sendable {
        var group: String
        var artifact: String
        /// As written, properties not resolved; nil where it is managed elsewhere.
        var version: String?
        var scope: String?
        var hasVariant: Bool
        var isOptional: Bool
        var versionPlace: Range<Int>?
        var place: Range<Int>

        var name: String { "\(group):\(artifact)" }
    }

    let bytes: [UInt8]
    let file: String
    private(set) var dependencies: [Entry] = []
    private(set) var management: [Entry] = []
    private(set) var properties: [String: (value: String, place: Range<Int>)] = [:]
    private(set) var parent: (name: String, version: String, place: Range<Int>)?
    /// Where a new management section goes, and where a new entry of an existing one goes.
    private var projectEnd = 0
    private var managementEnd: Int?

    public init(_ bytes: [UInt8], file: String) throws(WaybillError) {
        self.bytes = bytes
        self.file = file
        let root = try XMLTextReader.root(bytes, file: file)
        guard root.name == "project" else {
            throw WaybillError(.invalidInput, "is no Maven project", subject: file)
        }
        projectEnd = root.content.upperBound
        for property in root.first("properties")?.children ?? [] {
            properties[property.name] = (text(property.content), property.content)
        }
        if let element = root.first("parent"), let version = element.first("version") {
            parent = (
                "\(text(element, "groupId")):\(text(element, "artifactId"))", text(version.content), version.content
            )
        }
        dependencies = (root.first("dependencies")?.all("dependency") ?? []).map(entry)
        let section = root.first("dependencyManagement")?.first("dependencies")
        management = (section?.all("dependency") ?? []).map(entry)
        managementEnd = section?.content.upperBound
        for profile in root.first("profiles")?.all("profile") ?? [] {
            dependencies += (profile.first("dependencies")?.all("dependency") ?? []).map(entry)
            management +=
                (profile.first("dependencyManagement")?.first("dependencies")?.all("dependency") ?? []).map(entry)
        }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self).trimmed }
    private func text(_ element: XMLTextElement, _ name: String) -> String {
        element.first(name).map { text($0.content) } ?? ""
    }

    private func entry(_ element: XMLTextElement) -> Entry {
        let version = element.first("version")
        let type = text(element, "type")
        return Entry(
            group: resolved(text(element, "groupId")), artifact: resolved(text(element, "artifactId")),
            version: version.map { text($0.content) }, scope: element.first("scope").map { text($0.content) },
            hasVariant: !text(element, "classifier").isEmpty || !type.isEmpty && type != "jar" && type != "pom",
            isOptional: text(element, "optional") == "true", versionPlace: version?.content, place: element.range)
    }

    /// With the properties of this file put in; at most a few levels deep.
    func resolved(_ text: String) -> String {
        var text = text
        for _ in 0..<8 {
            guard let start = text.range(ofLiteral: "${"), let end = text[start.upperBound...].firstIndex(of: "}"),
                let value = properties[String(text[start.upperBound..<end])]?.value
            else { return text }
            text = text[..<start.lowerBound] + value + text[text.index(after: end)...]
        }
        return text
    }

    /// The file with other versions; everything else stays byte for byte.
    ///
    /// A version that comes from a property changes the property. What is named nowhere becomes a new entry of the
    /// dependency management.
    public func text(changing updates: [RemediationPatch.Update], mayAddManagement: Bool = true) -> [UInt8] {
        var changes: [(range: Range<Int>, text: String)] = []
        var added: [RemediationPatch.Update] = []
        for update in updates {
            var isWritten = false
            for entry in dependencies + management where entry.name == update.name {
                guard let version = entry.version, let place = entry.versionPlace,
                    update.from.isEmpty || resolved(version) == update.from
                else { continue }
                isWritten = true
                if version.hasPrefix("${"), version.hasSuffix("}"),
                    let property = properties[String(version.dropFirst(2).dropLast())]
                {
                    changes.append((property.place, update.to))
                } else {
                    changes.append((place, update.to))
                }
            }
            if let parent, parent.name == update.name, parent.version == update.from {
                changes.append((parent.place, update.to))
                isWritten = true
            }
            if !isWritten, update.isTransitive, mayAddManagement { added.append(update) }
        }
        if !added.isEmpty { changes.append(insertion(of: added)) }
        var output = bytes
        var done: Set<Range<Int>> = []
        for change in changes.sorted(by: { $0.range.lowerBound > $1.range.lowerBound })
        where done.insert(change.range).inserted {
            output.replaceSubrange(change.range, with: Array(change.text.utf8))
        }
        return output
    }

    private func insertion(of updates: [RemediationPatch.Update]) -> (range: Range<Int>, text: String) {
        let unit = indentation
        func entry(_ update: RemediationPatch.Update, _ depth: Int) -> String {
            let parts = update.name.split(separator: ":", maxSplits: 1)
            let outer = String(repeating: unit, count: depth), inner = outer + unit
            return """
                \(outer)<dependency>
                \(inner)<groupId>\(parts.first ?? "")</groupId>
                \(inner)<artifactId>\(parts.last ?? "")</artifactId>
                \(inner)<version>\(update.to)</version>
                \(outer)</dependency>

                """
        }
        let sorted = updates.sorted { $0.name < $1.name }
        if let managementEnd {
            let place = lineStart(managementEnd)
            return (place..<place, sorted.map { entry($0, 3) }.joined())
        }
        let place = lineStart(projectEnd)
        return (
            place..<place,
            "\(unit)<dependencyManagement>\n\(unit)\(unit)<dependencies>\n" + sorted.map { entry($0, 3) }.joined()
                + "\(unit)\(unit)</dependencies>\n\(unit)</dependencyManagement>\n\n"
        )
    }

    /// The start of the line where only space stands before the place; else the place itself.
    private func lineStart(_ place: Int) -> Int {
        var index = place
        while index > 0, bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 { index -= 1 }
        return index == 0 || bytes[index - 1] == 0x0A ? index : place
    }

    /// What the file indents by.
    private var indentation: String {
        var index = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? 0
        while index < bytes.count {
            let start = index
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            if index > start, index < bytes.count, bytes[index] == UInt8(ascii: "<") {
                return String(decoding: bytes[start..<index], as: UTF8.self)
            }
            guard let next = bytes[index...].firstIndex(of: 0x0A) else { break }
            index = next + 1
        }
        return "  "
    }
}

extension String {
    fileprivate func range(ofLiteral needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
