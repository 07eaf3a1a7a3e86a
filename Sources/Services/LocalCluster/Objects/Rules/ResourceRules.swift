import Documents
import Kubernetes
import KubernetesAPI

/// What containers ask for and are held to.
enum ResourceRules {
    typealias Cause = FieldError

    static func check(_ resources: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let limits = resources["limits"]?.object ?? Object()
        let requests = resources["requests"]?.object ?? Object()
        for member in limits.sorted() { causes += one(member, "\(path).limits[\(member.key)]") }
        for member in requests.sorted() {
            causes += one(member, "\(path).requests[\(member.key)]")
            guard let text = member.value.string, let request = Quantity(text) else { continue }
            let isFree = ResourceNameRules.isOvercommitAllowed(member.key)
            if let bound = limits[member.key]?.string, let limit = Quantity(bound) {
                if !isFree, request != limit {
                    causes.append(
                        .invalid("\(path).requests", .string(text), "must be equal to \(member.key) limit of \(bound)"))
                } else if limit < request {
                    causes.append(
                        .invalid(
                            "\(path).requests", .string(text),
                            "must be less than or equal to \(member.key) limit of \(bound)"))
                }
            } else if !isFree {
                causes.append(.required("\(path).limits", "Limit must be set for non overcommitable resources"))
            }
        }
        let names = (limits.map(\.key) + requests.map(\.key))
        if names.contains(where: ResourceNameRules.isHugePages), !names.contains("cpu"), !names.contains("memory") {
            causes.append(.forbidden(path, "HugePages require cpu or memory"))
        }
        return causes
    }

    private static func one(_ member: Object.Member, _ field: String) -> [Cause] {
        ResourceNameRules.container(member.key, field) + ResourceNameRules.amount(member.key, member.value, field)
    }
}
