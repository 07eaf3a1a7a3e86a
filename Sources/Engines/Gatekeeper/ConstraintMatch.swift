import Documents
import Kubernetes
import WaybillCore

/// Which objects a constraint is about. Everything that is stated must hold; what is not stated always does.
public struct ConstraintMatch: Sendable {
    struct Kinds: Sendable {
        var groups: [String]
        var kinds: [String]
    }

    enum Scope: String, Sendable, CaseIterable {
        case any = "*"
        case cluster = "Cluster"
        case namespaced = "Namespaced"
    }

    enum Source: String, Sendable, CaseIterable {
        case all = "All"
        case generated = "Generated"
        case original = "Original"
    }

    var kinds: [Kinds] = []
    var namespaces: [Wildcard] = []
    var excludedNamespaces: [Wildcard] = []
    var labels: LabelSelector?
    var namespaceLabels: LabelSelector?
    var scope = Scope.any
    var name: Wildcard?
    var source = Source.all
    var operations: [String] = []

    init() {}

    /// A misspelt key would widen the match in silence: it is refused.
    init(_ value: Value, file: String) throws(WaybillError) {
        guard !value.isNull else { return }
        let reader = MatchReader(file: file)
        guard let object = value.object else { throw reader.failure("match is not an object") }
        for member in object where !member.value.isNull {
            switch member.key {
            case "kinds":
                for (index, entry) in try reader.list(member.value, "kinds").enumerated() {
                    kinds.append(
                        Kinds(
                            groups: try reader.strings(entry["apiGroups"], "kinds[\(index)].apiGroups"),
                            kinds: try reader.strings(entry["kinds"], "kinds[\(index)].kinds")))
                }
            case "namespaces": namespaces = try reader.strings(member.value, member.key).map(Wildcard.init)
            case "excludedNamespaces":
                excludedNamespaces = try reader.strings(member.value, member.key).map(Wildcard.init)
            case "labelSelector": labels = try reader.selector(member.value, member.key)
            case "namespaceSelector": namespaceLabels = try reader.selector(member.value, member.key)
            case "scope": scope = try reader.word(member.value, member.key)
            case "source": source = try reader.word(member.value, member.key)
            case "name": name = Wildcard(try reader.string(member.value, member.key))
            case "operations": operations = try reader.strings(member.value, member.key)
            default: throw reader.unknown(member.key)
            }
        }
    }

    /// Whether the constraint applies. Throws where a namespace's labels count and are not known.
    func matches(_ review: Review, namespaces known: [String: [String: String]]) throws(WaybillError) -> Bool {
        guard matchesOperation(review.operation), source == .all || (source == .generated) == review.isGenerated else {
            return false
        }
        // An update is about both states: one that matches is enough, so that nothing escapes by a changed label.
        for object in [review.object, review.oldObject].compactMap({ $0 }) {
            if try matches(ReviewedObject(object, in: review), known) { return true }
        }
        return false
    }

    private func matchesOperation(_ operation: String) -> Bool {
        operations.isEmpty || operations.contains("*") || operations.contains(operation)
    }

    private func matches(_ object: ReviewedObject, _ known: [String: [String: String]]) throws(WaybillError) -> Bool {
        guard matchesKind(object), matchesScope(object), matchesNamespace(object) else { return false }
        if let name, !name.matches(object.name), !(object.generateName.map(name.matchesStart) ?? false) { return false }
        if let labels, !labels.matches(object.labels) { return false }
        guard let namespaceLabels else { return true }
        if object.isNamespace { return namespaceLabels.matches(object.labels) }
        guard let namespace = object.namespace else { return true }
        guard let own = known[namespace] else {
            throw WaybillError(
                .notFound, "the constraint selects namespaces by label and “\(namespace)” is not known",
                subject: object.name, remedy: "add the Namespace to the inventory")
        }
        return namespaceLabels.matches(own)
    }

    private func matchesKind(_ object: ReviewedObject) -> Bool {
        kinds.isEmpty
            || kinds.contains { entry in
                (entry.kinds.isEmpty || entry.kinds.contains("*") || entry.kinds.contains(object.kind))
                    && (entry.groups.isEmpty || entry.groups.contains("*") || entry.groups.contains(object.group))
            }
    }

    private func matchesScope(_ object: ReviewedObject) -> Bool {
        switch scope {
        case .any: true
        case .cluster: object.namespace == nil || object.isNamespace
        case .namespaced: object.namespace != nil && !object.isNamespace
        }
    }

    /// What has no namespace cannot be left out by one.
    private func matchesNamespace(_ object: ReviewedObject) -> Bool {
        guard let namespace = object.isNamespace ? object.name : object.namespace else { return true }
        guard namespaces.isEmpty || namespaces.contains(where: { $0.matches(namespace) }) else { return false }
        return !excludedNamespaces.contains { $0.matches(namespace) }
    }
}

/// A name, perhaps with `*` in front, behind or both.
struct Wildcard: Sendable, Hashable {
    private let text: String
    private let isOpenBefore: Bool
    private let isOpenAfter: Bool

    init(_ pattern: String) {
        isOpenBefore = pattern.hasPrefix("*")
        isOpenAfter = pattern.hasSuffix("*")
        var text = Substring(pattern)
        if isOpenBefore { text = text.dropFirst() }
        if isOpenAfter { text = text.dropLast() }
        self.text = String(text)
    }

    func matches(_ name: String) -> Bool {
        switch (isOpenBefore, isOpenAfter) {
        case (true, true): text.isEmpty || name.contains(text)
        case (true, false): name.hasSuffix(text)
        case (false, true): name.hasPrefix(text)
        case (false, false): name.hasSameBytes(as: text)
        }
    }

    /// For a name of which only the beginning is known yet.
    func matchesStart(_ start: String) -> Bool {
        !start.isEmpty && isOpenAfter && matches(start)
    }
}

/// Reads the parts of a match.
private struct MatchReader {
    let file: String

    func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file) }

    func unknown(_ key: String) -> WaybillError {
        let keys = [
            "kinds", "namespaces", "excludedNamespaces", "labelSelector", "namespaceSelector", "scope", "name",
            "source",
            "operations",
        ]
        let hint = Spelling.nearest(to: key, among: keys).map { ", did you mean “\($0)”?" } ?? ""
        return failure("match: unknown key \(Redaction.excerpt(key))\(hint)")
    }

    func list(_ value: Value, _ key: String) throws(WaybillError) -> [Value] {
        guard let list = value.array else { throw failure("match.\(key) is not a list") }
        return list
    }

    func strings(_ value: Value?, _ key: String) throws(WaybillError) -> [String] {
        guard let value, !value.isNull else { return [] }
        let list = try list(value, key)
        let strings = list.compactMap(\.string)
        guard strings.count == list.count else { throw failure("match.\(key) is not a list of texts") }
        return strings
    }

    func string(_ value: Value, _ key: String) throws(WaybillError) -> String {
        guard let text = value.string else { throw failure("match.\(key) is not a text") }
        return text
    }

    func word<Word: RawRepresentable & CaseIterable>(_ value: Value, _ key: String) throws(WaybillError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try string(value, key)) else {
            throw failure("match.\(key) is not one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func selector(_ value: Value, _ key: String) throws(WaybillError) -> LabelSelector {
        do {
            return try LabelSelector(value)
        } catch {
            throw failure("match.\(key): \(error.message)")
        }
    }
}
