import Documents
import KubernetesAPI

/// What makes roles and their bindings unfit.
enum AccessRoleRules {
    typealias Cause = FieldError

    static let group = "rbac.authorization.k8s.io"

    static func role(_ role: Value, isCluster: Bool) -> [Cause] {
        var causes = (role["rules"]?.array ?? []).enumerated().flatMap {
            rule($1, "rules[\($0)]", isCluster: isCluster)
        }
        guard isCluster, let aggregation = role["aggregationRule"] else { return causes }
        let selectors = aggregation["clusterRoleSelectors"]?.array ?? []
        if selectors.isEmpty {
            causes.append(
                .required(
                    "aggregationRule.clusterRoleSelectors",
                    "at least one clusterRoleSelector required if aggregationRule is non-nil"))
        }
        for (index, selector) in selectors.enumerated() {
            let path = "aggregationRule.clusterRoleSelectors[\(index)]"
            let problems = FieldRules.selector(selector, path)
            causes += problems
            if !problems.isEmpty { causes.append(.invalid(path, selector, "invalid label selector.")) }
        }
        return causes
    }

    private static func rule(_ rule: Value, _ path: String, isCluster: Bool) -> [Cause] {
        var causes: [Cause] = []
        func isEmpty(_ key: String) -> Bool { rule[key]?.array?.isEmpty ?? true }
        if isEmpty("verbs") { causes.append(.required("\(path).verbs", "verbs must contain at least one value")) }
        if !isEmpty("nonResourceURLs") {
            let (field, shown) = ("\(path).nonResourceURLs", rule["nonResourceURLs"] ?? .null)
            if !isCluster {
                causes.append(.invalid(field, shown, "namespaced rules cannot apply to non-resource URLs"))
            }
            if !isEmpty("apiGroups") || !isEmpty("resources") || !isEmpty("resourceNames") {
                causes.append(
                    .invalid(field, shown, "rules cannot apply to both regular resources and non-resource URLs"))
            }
            return causes
        }
        if isEmpty("apiGroups") {
            causes.append(.required("\(path).apiGroups", "resource rules must supply at least one api group"))
        }
        if isEmpty("resources") {
            causes.append(.required("\(path).resources", "resource rules must supply at least one resource"))
        }
        return causes
    }

    static func binding(_ binding: Value, isCluster: Bool) -> [Cause] {
        let reference = binding["roleRef"] ?? [:]
        var causes = FieldRules.supportedWord(reference["apiGroup"], "roleRef.apiGroup", [group])
        causes += FieldRules.supportedWord(
            reference["kind"], "roleRef.kind", isCluster ? ["ClusterRole"] : ["Role", "ClusterRole"])
        causes += FieldRules.segment(reference.named, "roleRef.name")
        for (index, subject) in (binding["subjects"]?.array ?? []).enumerated() {
            causes += self.subject(subject, "subjects[\(index)]", isCluster: isCluster)
        }
        return causes
    }

    private static func subject(_ subject: Value, _ path: String, isCluster: Bool) -> [Cause] {
        var causes: [Cause] = subject.named.isEmpty ? [.required("\(path).name")] : []
        let group = FieldRules.text(subject["apiGroup"])
        switch FieldRules.text(subject["kind"]) {
        case "ServiceAccount":
            causes += FieldRules.optionalSubdomain(subject["name"], "\(path).name")
            if !group.isEmpty { causes.append(.unsupported("\(path).apiGroup", .string(group), [""])) }
            if isCluster, FieldRules.text(subject["namespace"]).isEmpty {
                causes.append(.required("\(path).namespace"))
            }
        case "User", "Group":
            if group != Self.group {
                causes.append(.unsupported("\(path).apiGroup", .string(group), [Self.group]))
            }
        case let other:
            causes.append(.unsupported("\(path).kind", .string(other), ["ServiceAccount", "User", "Group"]))
        }
        return causes
    }
}
