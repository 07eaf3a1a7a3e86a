import Documents
import WaybillCore

/// One resource of a goss file with what is expected of it.
struct TestResource: Sendable {
    struct Expectation: Sendable {
        var property: String
        var matcher: Matcher
        /// As it is written, for reports.
        var written: Value
        var position: Position
    }

    var type: ResourceType
    /// What is tested: a path, a name, a command line.
    var id: String
    /// The key in the file.
    var key: String
    var title: String
    var meta: Value?
    var isSkipped: Bool
    var expectations: [Expectation]
    var settings: [String: Node]
    var position: Position

    init(_ type: ResourceType, id: String, _ node: Node, at position: Position) throws(DocumentError) {
        self.type = type
        self.position = position
        key = id
        var fields = try Fields(node, of: "\(type.rawValue) \(Redaction.excerpt(id))")
        title = try fields.string("title") ?? ""
        meta = fields.node("meta")?.value
        isSkipped = try fields.bool("skip") ?? false
        settings = [:]
        for setting in type.settings { settings[setting] = fields.node(setting) }
        let isReader = type == .matching && settings["as-reader"]?.scalar?.bool == true
        expectations = []
        for (index, property) in type.properties.enumerated() {
            // `contains` is what `contents` was called before.
            let found = fields.node(property) ?? (property == "contents" ? settings["contains"] : nil)
            guard let found else {
                if index == 0, type.needsFirstProperty { _ = try fields.required(property) }
                continue
            }
            if property == "mode", found.scalar?.number != nil {
                throw DocumentError(at: found.position, "mode: write it as a string with four digits: \"0644\"")
            }
            expectations.append(
                Expectation(
                    property: property,
                    matcher: try Matcher(found, isReader: isReader || type.readers.contains(property)),
                    written: found.value, position: found.position))
        }
        try fields.finish()
        if type == .matching, settings["content"] == nil {
            throw DocumentError(at: position, "matching \(Redaction.excerpt(id)): the key “content” is missing")
        }
        let named = ["path", "groupname", "name", "username"].lazy.compactMap { [settings] in settings[$0]?.string }
            .first
        self.id = named ?? id
    }

    static func inReadingOrder(_ left: TestResource, _ right: TestResource) -> Bool {
        if left.type != right.type { return left.type.title.precedesByBytes(right.type.title) }
        return left.key.precedesByBytes(right.key)
    }

    /// Judges every expectation. When the first one finds nothing there, the others have nothing to look at.
    func results(_ subject: any TestSubject, file: String) -> [ImageTestResult] {
        var results: [ImageTestResult] = []
        var isAbsent = false
        for expectation in expectations {
            var result = ImageTestResult(
                resourceType: type.title, resource: key, property: expectation.property, title: title, meta: meta,
                expectation: expectation.written, outcome: .skipped,
                location: SourceLocation(file: file, position: expectation.position))
            defer { results.append(result) }
            if isSkipped || isAbsent { continue }
            let actual: Actual
            switch subject.value(of: expectation.property) {
            case .found(let value): actual = value
            case .unsupported(let reason):
                result.outcome = .unsupported(reason)
                continue
            }
            result.found = actual.value
            do throws(MatcherError) {
                if try expectation.matcher.holds(for: actual) {
                    result.outcome = .passed
                } else {
                    let explanation = Explanation(expectation.matcher, actual)
                    result.outcome = .failed(explanation.text, compact: explanation.compactText)
                }
            } catch {
                result.outcome = .failed(
                    "Error\n    "
                        + error.message.split(separator: "\n", omittingEmptySubsequences: false).joined(
                            separator: "\n    "),
                    compact: "Error " + error.message.split(whereSeparator: \.isWhitespace).joined(separator: " "))
            }
            if type.isFoundFirst, expectation.property == type.properties[0], actual.value == .bool(false) {
                isAbsent = true
            }
        }
        return results
    }
}

extension ResourceType {
    /// Whether the first property says that the thing is there at all.
    var isFoundFirst: Bool { ["exists", "installed"].contains(properties[0]) }
}
