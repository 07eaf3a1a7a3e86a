import Documents
import Kubernetes

/// Which requests a webhook or a policy wants to see: rules and selectors.
struct MatchRules: Sendable {
    var rules: [Value]
    var excluded: [Value] = []
    var namespaceSelector: Value
    var objectSelector: Value
    /// The rules count for every version of a resource.
    var isEquivalent: Bool

    init(webhook: Value) {
        rules = webhook["rules"]?.array ?? []
        namespaceSelector = webhook["namespaceSelector"] ?? [:]
        objectSelector = webhook["objectSelector"] ?? [:]
        isEquivalent = webhook["matchPolicy"]?.string != "Exact"
    }

    init(policy: Value) {
        rules = policy["resourceRules"]?.array ?? []
        excluded = policy["excludeResourceRules"]?.array ?? []
        namespaceSelector = policy["namespaceSelector"] ?? [:]
        objectSelector = policy["objectSelector"] ?? [:]
        isEquivalent = policy["matchPolicy"]?.string != "Exact"
    }

    /// The version of the resource for which the rules match; nil where they do not. `namespaceLabels` are those of the
    /// request's namespace, nil where it has none. A selector that cannot be read matches: the question is asked rather
    /// than passed by.
    func match(_ review: Review, namespaceLabels: [String: String]?, in registry: TypeRegistry) -> ResourceType? {
        if let namespaceLabels, let selector = try? LabelSelector(namespaceSelector), !selector.matches(namespaceLabels)
        {
            return nil
        }
        if let selector = try? LabelSelector(objectSelector), !selector.requirements.isEmpty {
            let fits = [review.object, review.oldObject].contains { object in
                object.flatMap { try? Resource($0) }.map(selector.matches) ?? false
            }
            guard fits else { return nil }
        }
        if excluded.contains(where: { Self.rule($0, review, review.type) }) { return nil }
        if rules.contains(where: { Self.rule($0, review, review.type) }) { return review.type }
        guard isEquivalent else { return nil }
        return KindConversion.equivalents(of: review.type, in: registry).first { other in
            rules.contains { Self.rule($0, review, other) }
        }
    }

    private static func rule(_ rule: Value, _ review: Review, _ type: ResourceType) -> Bool {
        func has(_ key: String, _ word: String) -> Bool {
            (rule[key]?.array ?? []).contains { $0 == "*" || $0 == .string(word) }
        }
        guard has("operations", review.operation.rawValue), has("apiGroups", type.group),
            has("apiVersions", type.kind.version)
        else { return false }
        let scope = rule["scope"]?.string ?? "*"
        guard scope == "*" || scope == "Namespaced" && type.isNamespaced || scope == "Cluster" && !type.isNamespaced
        else { return false }
        let names = (rule["resourceNames"]?.array ?? []).compactMap(\.string)
        guard names.isEmpty || names.contains(review.name) else { return false }
        return (rule["resources"]?.array ?? []).contains { pattern in
            let parts = (pattern.string ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            guard let resource = parts.first, resource == "*" || resource == type.plural else { return false }
            guard let subresource = review.subresource else { return parts.count == 1 || parts[1] == "*" }
            // `*` alone does not take subresources in; `*/*` and `pods/*` do.
            return parts.count == 2 && (parts[1] == "*" || parts[1] == subresource)
        }
    }
}
