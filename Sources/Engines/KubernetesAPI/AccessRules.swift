public import Documents

/// Who asks: a name and its groups.
public struct AccessSubject: Hashable, Sendable {
    public var name: String
    public var groups: [String]

    public init(name: String, groups: [String]) {
        self.name = name
        self.groups = groups
    }
}

/// What somebody wants to do.
public struct AccessRequest: Hashable, Sendable {
    public var verb: String
    public var group: String
    public var resource: String
    public var subresource: String
    public var namespace: String
    public var name: String
    /// A path outside of the resources; empty for a resource.
    public var path: String

    public init(
        verb: String, group: String = "", resource: String = "", subresource: String = "", namespace: String = "",
        name: String = "", path: String = ""
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.path = path
    }

    var fullResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }
}

/// Role-based access control: rules, and the bindings that give them to subjects.
public enum AccessRules {
    private static func strings(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    /// The rule of a role allows the request.
    public static func rule(_ rule: Value, allows request: AccessRequest) -> Bool {
        func has(_ key: String, _ word: String) -> Bool {
            strings(rule[key]).contains { $0 == "*" || $0 == word }
        }
        guard has("verbs", request.verb) else { return false }
        if !request.path.isEmpty {
            return strings(rule["nonResourceURLs"]).contains { pattern in
                pattern == "*" || pattern == request.path
                    || pattern.hasSuffix("*") && request.path.hasPrefix(pattern.dropLast())
            }
        }
        guard has("apiGroups", request.group) else { return false }
        let resources = strings(rule["resources"])
        let fits = resources.contains { resource in
            resource == "*" || resource == request.fullResource
                || !request.subresource.isEmpty && resource == "*/\(request.subresource)"
        }
        guard fits else { return false }
        let names = strings(rule["resourceNames"])
        return names.isEmpty || names.contains(request.name)
    }

    /// The binding speaks of the subject: how messages name what matched, nil where it does not.
    public static func subject(of binding: Value, matching who: AccessSubject) -> String? {
        let namespace = binding["metadata"]?["namespace"]?.string ?? ""
        for subject in binding["subjects"]?.array ?? [] {
            let name = subject["name"]?.string ?? ""
            switch subject["kind"]?.string {
            case "User" where name == who.name: return "User \"\(name)\""
            case "Group" where who.groups.contains(name): return "Group \"\(name)\""
            case "ServiceAccount":
                let home = subject["namespace"]?.string ?? namespace
                if who.name == "system:serviceaccount:\(home):\(name)" {
                    return "ServiceAccount \"\(name)/\(home)\""
                }
            default: continue
            }
        }
        return nil
    }

    /// The rules cover everything that the other rule grants.
    public static func covers(_ rules: [Value], _ wanted: Value) -> Bool {
        let verbs = strings(wanted["verbs"])
        for path in strings(wanted["nonResourceURLs"]) {
            for verb in verbs where !rules.contains(where: { rule($0, allows: .init(verb: verb, path: path)) }) {
                return false
            }
        }
        let names = strings(wanted["resourceNames"])
        for group in strings(wanted["apiGroups"]) {
            for resource in strings(wanted["resources"]) {
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                for verb in verbs {
                    for name in names.isEmpty ? [""] : names {
                        let request = AccessRequest(
                            verb: verb, group: group, resource: parts.first ?? "",
                            subresource: parts.count == 2 ? parts[1] : "", name: name)
                        // A star is only covered by a star.
                        let covered = rules.contains { candidate in
                            rule(candidate, allows: request)
                                && (names.isEmpty ? strings(candidate["resourceNames"]).isEmpty : true)
                        }
                        if !covered { return false }
                    }
                }
            }
        }
        return true
    }
}
