import Documents
import KubernetesAPI

/// What makes ranges and addresses of services unfit.
enum AddressRules {
    typealias Cause = FieldError

    static func serviceRange(_ object: Value) -> [Cause] {
        let field = "spec.cidrs"
        let ranges = (object[path: "spec", "cidrs"]?.array ?? []).compactMap(\.string)
        if ranges.isEmpty { return [.required(field, "at least one CIDR required")] }
        if ranges.count > 2 {
            return [
                .invalid(
                    field, .array(ranges.map { .string($0) }), "may only hold up to 2 values")
            ]
        }
        var causes = ranges.enumerated().flatMap { FieldRules.block($0.element, "\(field)[\($0.offset)]") }
        if ranges.count == 2, ranges[0].contains(":") == ranges[1].contains(":") {
            causes.append(
                .invalid(
                    field, .array(ranges.map { .string($0) }),
                    "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96"))
        }
        return causes
    }

    static func address(_ object: Value) -> [Cause] {
        let path = "spec.parentRef"
        guard let parent = object[path: "spec", "parentRef"] else { return [.required(path)] }
        var causes: [Cause] = []
        let group = FieldRules.text(parent["group"])
        if !group.isEmpty { causes += FieldRules.invalid("\(path).group", group, NameRules.subdomainProblems(group)) }
        for key in ["resource", "name", "namespace"] {
            let text = FieldRules.text(parent[key])
            if text.isEmpty {
                if key != "namespace" { causes.append(.required("\(path).\(key)")) }
            } else {
                causes += FieldRules.invalid("\(path).\(key)", text, NameRules.segmentProblems(text))
            }
        }
        return causes
    }
}
