import Documents
import Kubernetes

/// What objects of a namespace use, and what its quotas allow.
struct QuotaRules: Sendable {
    let store: ObjectStore

    /// Objects that are counted by a name of their own.
    private static let counted: [String: String] = [
        "pods": "pods", "services": "services", "secrets": "secrets", "configmaps": "configmaps",
        "persistentvolumeclaims": "persistentvolumeclaims", "replicationcontrollers": "replicationcontrollers",
        "resourcequotas": "resourcequotas",
    ]

    /// What the object uses, by the names of quotas.
    static func usage(of object: Value, _ type: ResourceType) -> [String: (Quantity, String)] {
        var usage: [String: (Quantity, String)] = [:]
        let one = (Quantity(thousandths: 1000), "1")
        usage["count/\(type.qualifiedName)"] = one
        if let name = counted[type.qualifiedName] { usage[name] = one }
        switch type.qualifiedName {
        case "pods":
            let phase = object[path: "status", "phase"]?.string
            if phase == "Succeeded" || phase == "Failed" { usage["pods"] = nil }
            guard usage["pods"] != nil else { return usage }
            for (part, prefix) in [("requests", "requests."), ("limits", "limits.")] {
                var sums: [String: (Quantity, String)] = [:]
                for container in object[path: "spec", "containers"]?.array ?? [] {
                    for member in container["resources"]?[part]?.object ?? Object() {
                        guard let text = member.value.string, let quantity = Quantity(text) else { continue }
                        sums[member.key] = add(sums[member.key], (quantity, text))
                    }
                }
                for (name, value) in sums {
                    usage[prefix + name] = value
                    if part == "requests", ["cpu", "memory", "ephemeral-storage"].contains(name) {
                        usage[name] = value
                    }
                }
            }
        case "services":
            let kind = object[path: "spec", "type"]?.string
            let ports = object[path: "spec", "ports"]?.array?.count ?? 0
            if kind == "LoadBalancer" { usage["services.loadbalancers"] = one }
            if kind == "NodePort" || kind == "LoadBalancer" {
                usage["services.nodeports"] = (Quantity(thousandths: ports * 1000), String(ports))
            }
        case "persistentvolumeclaims":
            if let text = object[path: "spec", "resources", "requests", "storage"]?.string,
                let quantity = Quantity(text)
            {
                usage["requests.storage"] = (quantity, text)
            }
        default: break
        }
        return usage
    }

    private static func add(_ left: (Quantity, String)?, _ right: (Quantity, String)) -> (Quantity, String) {
        guard let left else { return right }
        let sum = Quantity(
            thousandths: left.0.thousandths.addingReportingOverflow(right.0.thousandths).partialValue)
        return (sum, QuantityText.text(sum, like: right.1))
    }

    /// The resources that a quota's names may be about.
    static func resources(of names: [String]) -> [ResourceType] {
        ResourceTable.all.filter { type in
            type.isNamespaced && !type.isVirtual
                && names.contains { name in
                    name == "count/\(type.qualifiedName)" || name == counted[type.qualifiedName]
                        || type.qualifiedName == "pods"
                            && (name.hasPrefix("requests.") && name != "requests.storage" || name.hasPrefix("limits.")
                                || ["cpu", "memory"].contains(name))
                        || type.qualifiedName == "services" && name.hasPrefix("services.")
                        || type.qualifiedName == "persistentvolumeclaims" && name == "requests.storage"
                }
        }
    }

    /// What the namespace uses of what the quota bounds.
    func used(_ quota: Value) async -> [String: (Quantity, String)] {
        let hard = (quota[path: "spec", "hard"]?.object ?? Object()).keys
        var sums: [String: (Quantity, String)] = [:]
        for name in hard { sums[name] = (Quantity(thousandths: 0), "0") }
        for type in Self.resources(of: hard) {
            for object in await store.list(type.qualifiedName, namespace: quota.namespace)
            where Self.applies(quota, to: object, type) {
                for (name, value) in Self.usage(of: object, type) where hard.contains(name) {
                    sums[name] = sums[name]?.0.thousandths == 0 ? value : Self.add(sums[name], value)
                }
            }
        }
        return sums
    }

    /// Quotas with scopes count only the pods of those scopes.
    private static func applies(_ quota: Value, to object: Value, _ type: ResourceType) -> Bool {
        let scopes = (quota[path: "spec", "scopes"]?.array ?? []).compactMap(\.string)
        guard !scopes.isEmpty, type.qualifiedName == "pods" else { return scopes.isEmpty }
        let isTerminating = object[path: "spec", "activeDeadlineSeconds"] != nil
        let isBestEffort = Defaults.qualityOfService(object) == "BestEffort"
        return scopes.allSatisfy { scope in
            switch scope {
            case "Terminating": isTerminating
            case "NotTerminating": !isTerminating
            case "BestEffort": isBestEffort
            case "NotBestEffort": !isBestEffort
            default: true
            }
        }
    }

    /// Why the object does not fit; nil where it does.
    func problem(of object: Value, _ type: ResourceType, _ quota: Value) async -> String? {
        let hard = quota[path: "spec", "hard"]?.object ?? Object()
        guard Self.applies(quota, to: object, type) else { return nil }
        if type.qualifiedName == "pods", let missing = Self.unspecified(object, hard.keys) {
            return "failed quota: \(quota.name): must specify \(missing)"
        }
        let wanted = Self.usage(of: object, type).filter { hard[$0.key] != nil }
        guard !wanted.isEmpty else { return nil }
        let used = await used(quota)
        let over = wanted.filter { name, value in
            guard let bound = hard[name]?.string.flatMap({ Quantity($0) }) else { return false }
            let sum = (used[name]?.0.thousandths ?? 0).addingReportingOverflow(value.0.thousandths).partialValue
            return bound.thousandths < sum
        }
        guard !over.isEmpty else { return nil }
        let names = over.keys.sorted()
        func shown(_ text: (String) -> String) -> String {
            names.map { "\($0)=\(text($0))" }.joined(separator: ",")
        }
        return
            "exceeded quota: \(quota.name), requested: \(shown { wanted[$0]?.1 ?? "0" }), used: \(shown { used[$0]?.1 ?? "0" }), limited: \(shown { hard[$0]?.string ?? "" })"
    }

    /// Every container must say what it uses of what a quota bounds.
    private static func unspecified(_ pod: Value, _ names: [String]) -> String? {
        var missing: [String] = []
        for name in names.sorted() {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            let part: String
            let resource: String
            if parts.count == 2, parts[0] == "requests" || parts[0] == "limits", parts[1] != "storage" {
                (part, resource) = (parts[0], parts[1])
            } else if name == "cpu" || name == "memory" {
                (part, resource) = ("requests", name)
            } else {
                continue
            }
            let silent = (pod[path: "spec", "containers"]?.array ?? []).filter {
                $0["resources"]?[part]?[resource] == nil
            }.map { $0["name"]?.string ?? "" }
            if !silent.isEmpty { missing.append("\(name) for: \(silent.sorted().joined(separator: ","))") }
        }
        return missing.isEmpty ? nil : missing.joined(separator: "; ")
    }
}
