import Documents
import Kubernetes

/// What limit ranges give to containers and demand of them.
enum LimitRules {
    private static func limits(_ ranges: [Value], _ type: String) -> [Value] {
        ranges.flatMap { $0[path: "spec", "limits"]?.array ?? [] }.filter { $0["type"]?.string == type }
    }

    /// The pod with default limits and requests, and a note of what was set.
    static func defaulted(_ pod: Value, _ ranges: [Value]) -> Value {
        let limits = limits(ranges, "Container")
        guard !limits.isEmpty else { return pod }
        var pod = pod
        var notes: [String] = []
        for (list, noun) in [("containers", "container"), ("initContainers", "init container")] {
            pod.each(["spec", list]) { container in
                var set: [String: [String]] = ["request": [], "limit": []]
                for (kind, part, keys) in [
                    ("request", "requests", ["defaultRequest"]), ("limit", "limits", ["default"]),
                ] {
                    for limit in limits {
                        var given = Object()
                        for key in keys {
                            for member in limit[key]?.object ?? Object() { given[member.key] = member.value }
                        }
                        // What is not asked for by name is asked for up to the limit.
                        if part == "requests" {
                            for member in limit["default"]?.object ?? Object() where given[member.key] == nil {
                                given[member.key] = container["resources"]?["limits"]?[member.key] ?? member.value
                            }
                        }
                        for member in given.sorted()
                        where container["resources"]?[part]?[member.key] == nil {
                            container[Pointer(["resources", part, member.key])] = member.value
                            set[kind]?.append(member.key)
                        }
                    }
                }
                let name = container["name"]?.string ?? ""
                for kind in ["request", "limit"] {
                    guard let names = set[kind], !names.isEmpty else { continue }
                    notes.append("\(names.sorted().joined(separator: ", ")) \(kind) for \(noun) \(name)")
                }
            }
        }
        if !notes.isEmpty {
            pod[Pointer(["metadata", "annotations", "kubernetes.io/limit-ranger"])] = .string(
                "LimitRanger plugin set: " + notes.joined(separator: "; "))
        }
        return pod
    }

    private struct Amounts {
        var requests: [String: (Quantity, String)] = [:]
        var limits: [String: (Quantity, String)] = [:]
    }

    private static func amounts(_ resources: Value?) -> Amounts {
        func read(_ part: String) -> [String: (Quantity, String)] {
            var result: [String: (Quantity, String)] = [:]
            for member in resources?[part]?.object ?? Object() {
                guard let text = member.value.string, let quantity = Quantity(text) else { continue }
                result[member.key] = (quantity, text)
            }
            return result
        }
        return Amounts(requests: read("requests"), limits: read("limits"))
    }

    static func problems(of pod: Value, _ ranges: [Value]) -> [String] {
        var problems: [String] = []
        let containers =
            (pod[path: "spec", "containers"]?.array ?? []) + (pod[path: "spec", "initContainers"]?.array ?? [])
        for range in ranges {
            for limit in range[path: "spec", "limits"]?.array ?? [] {
                switch limit["type"]?.string {
                case "Container":
                    for container in containers {
                        problems += check(limit, amounts(container["resources"]), "Container")
                    }
                case "Pod": problems += check(limit, total(pod[path: "spec", "containers"]?.array ?? []), "Pod")
                default: break
                }
            }
        }
        return problems
    }

    private static func total(_ containers: [Value]) -> Amounts {
        var sum = Amounts()
        for container in containers {
            let one = amounts(container["resources"])
            func add(_ left: inout [String: (Quantity, String)], _ right: [String: (Quantity, String)]) {
                for (name, value) in right {
                    let before = left[name]
                    guard let before else {
                        left[name] = value
                        continue
                    }
                    let quantity = Quantity(
                        thousandths: before.0.thousandths.addingReportingOverflow(value.0.thousandths).partialValue)
                    left[name] = (quantity, QuantityText.text(quantity, like: value.1))
                }
            }
            add(&sum.requests, one.requests)
            add(&sum.limits, one.limits)
        }
        return sum
    }

    private static func check(_ limit: Value, _ amounts: Amounts, _ scope: String) -> [String] {
        var problems: [String] = []
        for member in (limit["min"]?.object ?? Object()).sorted() {
            guard let text = member.value.string, let bound = Quantity(text) else { continue }
            if let request = amounts.requests[member.key] {
                if request.0 < bound {
                    problems.append(
                        "minimum \(member.key) usage per \(scope) is \(text), but request is \(request.1)")
                    continue
                }
            } else {
                problems.append("minimum \(member.key) usage per \(scope) is \(text).  No request is specified")
                continue
            }
            if let given = amounts.limits[member.key], given.0 < bound {
                problems.append("minimum \(member.key) usage per \(scope) is \(text), but limit is \(given.1)")
            }
        }
        for member in (limit["max"]?.object ?? Object()).sorted() {
            guard let text = member.value.string, let bound = Quantity(text) else { continue }
            if let given = amounts.limits[member.key] {
                if bound < given.0 {
                    problems.append("maximum \(member.key) usage per \(scope) is \(text), but limit is \(given.1)")
                    continue
                }
            } else {
                problems.append("maximum \(member.key) usage per \(scope) is \(text).  No limit is specified")
                continue
            }
            if let request = amounts.requests[member.key], bound < request.0 {
                problems.append("maximum \(member.key) usage per \(scope) is \(text), but request is \(request.1)")
            }
        }
        for member in (limit["maxLimitRequestRatio"]?.object ?? Object()).sorted() {
            guard let text = member.value.string, let bound = Quantity(text) else { continue }
            guard let request = amounts.requests[member.key], request.0.thousandths > 0,
                let given = amounts.limits[member.key]
            else {
                problems.append(
                    "\(member.key) max limit to request ratio per \(scope) is \(text), but no request is specified or request is 0"
                )
                continue
            }
            let ratio = Double(given.0.thousandths) / Double(request.0.thousandths)
            if ratio > Double(bound.thousandths) / 1000 {
                let millionths = Int((ratio * 1_000_000).rounded())
                let fraction = String(String(1_000_000 + millionths % 1_000_000).dropFirst())
                problems.append(
                    "\(member.key) max limit to request ratio per \(scope) is \(text), but provided ratio is \(millionths / 1_000_000).\(fraction)"
                )
            }
        }
        return problems
    }
}

/// A sum in the notation of its parts.
enum QuantityText {
    static func text(_ quantity: Quantity, like sample: String) -> String {
        let plain =
            quantity.thousandths % 1000 == 0 ? String(quantity.thousandths / 1000) : "\(quantity.thousandths)m"
        guard sample.hasSuffix("i"), quantity.thousandths % 1_024_000 == 0 else {
            return Quantity.canonical(plain) ?? plain
        }
        return Quantity.canonical("\(quantity.thousandths / 1_024_000)Ki") ?? plain
    }
}
