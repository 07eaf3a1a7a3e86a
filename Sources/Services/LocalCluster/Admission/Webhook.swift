import Documents
import Kubernetes

/// One webhook of a configuration, and which requests it wants to see.
struct Webhook: Sendable {
    var value: Value
    var configuration: String
    var isMutating: Bool

    var name: String { value["name"]?.string ?? "" }
    /// Anything but the word `Ignore` keeps the gate closed.
    var failsClosed: Bool { value["failurePolicy"]?.string != "Ignore" }
    var timeoutSeconds: Int { min(30, max(1, value["timeoutSeconds"]?.integer ?? 10)) }
    var hasSideEffects: Bool { !["None", "NoneOnDryRun"].contains(value["sideEffects"]?.string ?? "") }

    /// `namespaceLabels` are those of the request's namespace, nil where it has none.
    /// A selector that cannot be read matches: the webhook is asked rather than passed by.
    func matches(_ review: Review, namespaceLabels: [String: String]?) -> Bool {
        guard (value["rules"]?.array ?? []).contains(where: { Self.rule($0, review) }) else { return false }
        if let namespaceLabels, let selector = try? LabelSelector(value["namespaceSelector"] ?? [:]),
            !selector.matches(namespaceLabels)
        {
            return false
        }
        guard let selector = try? LabelSelector(value["objectSelector"] ?? [:]), !selector.requirements.isEmpty else {
            return true
        }
        return [review.object, review.oldObject].contains { object in
            object.flatMap { try? Resource($0) }.map(selector.matches) ?? false
        }
    }

    private static func rule(_ rule: Value, _ review: Review) -> Bool {
        func has(_ key: String, _ words: String...) -> Bool {
            (rule[key]?.array ?? []).contains { $0 == "*" || words.map(Value.string).contains($0) }
        }
        guard has("operations", review.operation.rawValue), has("apiGroups", review.type.group),
            has("apiVersions", review.type.kind.version)
        else { return false }
        let scope = rule["scope"]?.string ?? "*"
        let isNamespaced = review.type.isNamespaced
        guard scope == "*" || scope == "Namespaced" && isNamespaced || scope == "Cluster" && !isNamespaced else {
            return false
        }
        return (rule["resources"]?.array ?? []).contains { pattern in
            let parts = (pattern.string ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            guard let resource = parts.first, resource == "*" || resource == review.type.plural else { return false }
            guard let subresource = review.subresource else { return parts.count == 1 }
            // `*` alone does not take subresources in; `*/*` and `pods/*` do.
            return parts.count == 2 && (parts[1] == "*" || parts[1] == subresource)
        }
    }
}
