import Documents
import WaybillCore

/// Reads `# METADATA` blocks and finds what they describe.
struct AnnotationReader {
    var comments: [Comment]
    var module: Module

    func annotations() throws(RegoError) -> [Annotation] {
        var result: [Annotation] = []
        var index = 0
        while index < comments.count {
            let first = comments[index]
            index += 1
            guard first.text.trimmingSpaces == "METADATA" else { continue }
            var lines: [Substring] = []
            var lastRow = first.location.row
            while index < comments.count, comments[index].location.row == lastRow + 1,
                comments[index].location.column == first.location.column
            {
                lines.append(
                    comments[index].text.hasPrefix(" ") ? comments[index].text.dropFirst() : comments[index].text[...])
                lastRow = comments[index].location.row
                index += 1
            }
            result.append(try annotation(lines.joined(separator: "\n"), at: first.location, lastRow: lastRow))
        }
        return result
    }

    private func annotation(_ text: String, at location: Location, lastRow: Int) throws(RegoError) -> Annotation {
        let fields: Documents.Value
        do {
            fields = try YAMLReader.node(from: text, schema: .core).value
        } catch {
            let (line, message) = Self.yamlError(error)
            throw RegoError(
                .parse, "yaml: line \(line): \(message)", file: location.file,
                row: min(location.row + max(line, 0) + 1, lastRow), column: location.column)
        }
        guard let object = fields.object else {
            throw RegoError(.parse, "expected METADATA block, found whitespace", at: location)
        }
        let isPackage = module.packageLocation.row > lastRow
        let row = module.rules.map(\.location.row).filter { $0 > lastRow }.min() ?? 0
        let scope = object["scope"]?.string ?? (isPackage ? "package" : "rule")
        guard ["package", "subpackages", "document", "rule"].contains(scope) else {
            throw RegoError(.parse, "invalid annotation scope '\(scope)'", at: location)
        }
        var members: [RegoObject.Member] = [.init(key: "scope", value: .string(scope))]
        for member in object.members where member.key != "scope" {
            let value = RegoValue(member.value)
            switch member.key {
            case "authors":
                members.append(.init(key: "authors", value: .array((value.array ?? []).map(author))))
            case "related_resources":
                members.append(
                    .init(
                        key: "related_resources",
                        value: .array(
                            (value.array ?? []).map {
                                $0.string.map { ["ref": .string($0)] } ?? $0
                            })))
            default: members.append(.init(key: .string(member.key), value: value))
            }
        }
        return Annotation(
            scope: scope, value: .object(RegoObject(members)), row: isPackage ? 0 : row, location: location)
    }

    /// Lines as OPA counts them: where a collection is not closed, from 0.
    private static func yamlError(_ error: DocumentError) -> (Int, String) {
        let words = error.message.split(separator: " while ", maxSplits: 1)
        let message = words.first.map(String.init) ?? error.message
        let isUnclosed = message.hasPrefix("did not find expected")
        return (error.position.line - (isUnclosed ? 1 : 0), message)
    }

    /// `Name Surname <mail@host>` in its parts.
    private func author(_ value: RegoValue) -> RegoValue {
        guard let text = value.string else { return value }
        var names = text.split(separator: " ").map(String.init)
        var members: [RegoObject.Member] = []
        if let last = names.last, last.hasPrefix("<"), last.hasSuffix(">") {
            names.removeLast()
            members.append(.init(key: "email", value: .string(String(last.dropFirst().dropLast()))))
        }
        if !names.isEmpty { members.append(.init(key: "name", value: .string(names.joined(separator: " ")))) }
        return .object(RegoObject(members))
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        let scalars = Array(unicodeScalars)
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[first...last])
        return String(result)
    }
}
