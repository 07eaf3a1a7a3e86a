import Documents
import KubernetesAPI

/// What makes flow schemas and priority levels unfit.
enum FlowRules {
    typealias Cause = FieldError

    private static let precedenceMax = 10_000
    private static let verbs = [
        "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch",
    ]

    // MARK: Flow schemas

    static func schema(_ schema: Value) -> [Cause] {
        let spec = schema["spec"] ?? [:]
        var causes: [Cause] = []
        let precedence = spec["matchingPrecedence"]?.integer ?? 0
        let field = "spec.matchingPrecedence"
        if precedence <= 0 { causes.append(.invalid(field, .integer(precedence), "must be a positive value")) }
        if precedence > precedenceMax {
            causes.append(.invalid(field, .integer(precedence), "must not be greater than \(precedenceMax)"))
        }
        if precedence == 1, schema.name != "exempt" {
            causes.append(
                .invalid(
                    field, .integer(precedence), "only the schema named 'exempt' may have matchingPrecedence 1"))
        }
        if let method = spec["distinguisherMethod"],
            !["ByNamespace", "ByUser"].contains(FieldRules.text(method["type"]))
        {
            causes.append(
                .unsupported(
                    "spec.distinguisherMethod.type", ["Type": method["type"] ?? ""], ["ByNamespace", "ByUser"]))
        }
        let level = FieldRules.text(spec[path: "priorityLevelConfiguration", "name"])
        causes +=
            level.isEmpty
            ? [.required("spec.priorityLevelConfiguration.name", "must reference a priority level")]
            : FieldRules.invalid("spec.priorityLevelConfiguration.name", level, NameRules.subdomainProblems(level))
        for (index, rule) in (spec["rules"]?.array ?? []).enumerated() {
            causes += self.rule(rule, "spec.rules[\(index)]")
        }
        return causes
    }

    private static func rule(_ rule: Value, _ path: String) -> [Cause] {
        let subjects = rule["subjects"]?.array ?? []
        let resources = rule["resourceRules"]?.array ?? []
        let others = rule["nonResourceRules"]?.array ?? []
        var causes: [Cause] =
            subjects.isEmpty ? [.required("\(path).subjects", "subjects must contain at least one value")] : []
        for (index, subject) in subjects.enumerated() { causes += self.subject(subject, "\(path).subjects[\(index)]") }
        if resources.isEmpty, others.isEmpty {
            causes.append(
                .required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"))
        }
        for (index, rule) in resources.enumerated() { causes += resource(rule, "\(path).resourceRules[\(index)]") }
        for (index, rule) in others.enumerated() { causes += nonResource(rule, "\(path).nonResourceRules[\(index)]") }
        return causes
    }

    private static func subject(_ subject: Value, _ path: String) -> [Cause] {
        let kinds = ["ServiceAccount": "serviceAccount", "User": "user", "Group": "group"]
        let kind = FieldRules.text(subject["kind"])
        guard let key = kinds[kind] else {
            return [.unsupported("\(path).kind", .string(kind), ["Group", "ServiceAccount", "User"])]
        }
        var causes: [Cause] = []
        if let given = subject[key] {
            let name = given.named
            if name.isEmpty {
                causes.append(.required("\(path).\(key).name"))
            } else if kind == "ServiceAccount", name != "*" {
                causes += FieldRules.invalid("\(path).\(key).name", name, NameRules.subdomainProblems(name))
            }
            if kind == "ServiceAccount" {
                let namespace = FieldRules.text(given["namespace"])
                causes +=
                    namespace.isEmpty
                    ? [.required("\(path).\(key).namespace", "must specify namespace for service account")]
                    : FieldRules.invalid("\(path).\(key).namespace", namespace, NameRules.labelProblems(namespace))
            }
        } else {
            causes.append(.required("\(path).\(key)", "\(key) is required when subject kind is '\(kind)'"))
        }
        for (other, name) in [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")]
        where other != kind && subject[name] != nil {
            causes.append(.forbidden("\(path).\(name)", "\(name) is forbidden when subject kind is not '\(other)'"))
        }
        return causes
    }

    /// A list that is not empty and in which `*` stands alone.
    private static func words(_ rule: Value, _ key: String, _ path: String, _ missing: String, _ others: String)
        -> [Cause]
    {
        let words = (rule[key]?.array ?? []).compactMap(\.string)
        if words.isEmpty { return [.required("\(path).\(key)", missing)] }
        guard words.count > 1, words.contains("*") else { return [] }
        return [
            .invalid(
                "\(path).\(key)", .array(words.map { .string($0) }),
                "if '*' is present, must not specify other \(others)")
        ]
    }

    private static func verbs(_ rule: Value, _ path: String) -> [Cause] {
        let given = (rule["verbs"]?.array ?? []).compactMap(\.string)
        let causes = words(rule, "verbs", path, "verbs must contain at least one value", "verbs")
        guard causes.isEmpty, !given.contains("*"), !given.allSatisfy(verbs.contains) else { return causes }
        return [.unsupported("\(path).verbs", .array(given.map { .string($0) }), verbs)]
    }

    private static func resource(_ rule: Value, _ path: String) -> [Cause] {
        var causes = verbs(rule, path)
        causes += words(rule, "apiGroups", path, "resource rules must supply at least one api group", "api groups")
        causes += words(rule, "resources", path, "resource rules must supply at least one resource", "resources")
        let namespaces = (rule["namespaces"]?.array ?? []).compactMap(\.string)
        if namespaces.isEmpty {
            if rule["clusterScope"]?.bool != true {
                causes.append(
                    .required(
                        "\(path).namespaces",
                        "resource rules that are not cluster scoped must supply at least one namespace"))
            }
        } else if namespaces.contains("*") {
            causes += words(rule, "namespaces", path, "", "namespaces")
        } else {
            let rule = "each member of this list must be '*' or a DNS-1123 label; "
            for (index, name) in namespaces.enumerated() {
                causes += FieldRules.invalid(
                    "\(path).namespaces[\(index)]", name, NameRules.labelProblems(name).map { rule + $0 })
            }
        }
        return causes
    }

    private static func nonResource(_ rule: Value, _ path: String) -> [Cause] {
        let urls = (rule["nonResourceURLs"]?.array ?? []).compactMap(\.string)
        var causes =
            verbs(rule, path)
            + words(
                rule, "nonResourceURLs", path, "nonResourceURLs must contain at least one value", "non-resource URLs")
        guard !urls.contains("*") else { return causes }
        for (index, url) in urls.enumerated() {
            let field = "\(path).nonResourceURLs[\(index)]"
            if url.isEmpty {
                causes.append(.invalid(field, .string(url), "must not be empty"))
            } else if !url.hasPrefix("/") {
                causes.append(.invalid(field, .string(url), "must start with slash"))
            } else if url.contains(" ") {
                causes.append(.invalid(field, .string(url), "must not contain white-space"))
            } else if url.contains("//") {
                causes.append(.invalid(field, .string(url), "must not contain double slash"))
            } else if let star = url.firstIndex(of: "*"), !url.hasSuffix("/*") || url.index(after: star) != url.endIndex
            {
                causes.append(.invalid(field, .string(url), "wildcard can only do suffix matching"))
            }
        }
        return causes
    }
}
