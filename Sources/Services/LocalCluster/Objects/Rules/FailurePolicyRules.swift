import Documents
import KubernetesAPI

/// What makes a job's rules about failed pods unfit.
enum FailurePolicyRules {
    typealias Cause = FieldError

    static func check(_ policy: Value, _ spec: Value, _ path: String) -> [Cause] {
        let rules = policy["rules"]?.array ?? []
        var causes: [Cause] = rules.count > 20 ? [.tooMany("\(path).rules", rules.count, max: 20)] : []
        let template = spec[path: "template", "spec"]
        let names = ((template?["containers"]?.array ?? []) + (template?["initContainers"]?.array ?? [])).map(\.named)
        for (index, rule) in rules.enumerated() { causes += self.rule(rule, spec, names, "\(path).rules[\(index)]") }
        return causes
    }

    private static let actions = ["Count", "FailIndex", "FailJob", "Ignore"]

    private static func rule(_ rule: Value, _ spec: Value, _ names: [String], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let action = FieldRules.text(rule["action"])
        if action.isEmpty {
            causes.append(.required("\(path).action", valid(actions)))
        } else if action == "FailIndex", spec["backoffLimitPerIndex"] == nil {
            causes.append(
                .invalid("\(path).action", .string(action), "requires the backoffLimitPerIndex to be set"))
        } else {
            causes += FieldRules.supportedWord(rule["action"], "\(path).action", actions)
        }
        if let codes = rule["onExitCodes"] { causes += self.codes(codes, names, "\(path).onExitCodes") }
        let conditions = rule["onPodConditions"]?.array ?? []
        if conditions.count > 20 { causes.append(.tooMany("\(path).onPodConditions", conditions.count, max: 20)) }
        for (index, condition) in conditions.enumerated() {
            let place = "\(path).onPodConditions[\(index)]"
            causes += FieldRules.labelKey(FieldRules.text(condition["type"]), "\(place).type")
            let statuses = ["False", "True", "Unknown"]
            if FieldRules.text(condition["status"]).isEmpty {
                causes.append(.required("\(place).status", valid(statuses)))
            } else {
                causes += FieldRules.supportedWord(condition["status"], "\(place).status", statuses)
            }
        }
        if rule["onExitCodes"] != nil, !conditions.isEmpty {
            causes.append(
                .invalid(path, "specifying both OnExitCodes and OnPodConditions is not supported"))
        } else if rule["onExitCodes"] == nil, conditions.isEmpty {
            causes.append(.invalid(path, "specifying one of OnExitCodes and OnPodConditions is required"))
        }
        return causes
    }

    private static func valid(_ words: [String]) -> String {
        "valid values: [\(words.map { "\"\($0)\"" }.joined(separator: " "))]"
    }

    private static func codes(_ codes: Value, _ names: [String], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if FieldRules.text(codes["operator"]).isEmpty {
            causes.append(.required("\(path).operator", valid(["In", "NotIn"])))
        } else {
            causes += FieldRules.supportedWord(codes["operator"], "\(path).operator", ["In", "NotIn"])
        }
        if let name = codes["containerName"]?.string, !names.contains(name) {
            causes.append(
                .invalid(
                    "\(path).containerName", .string(name),
                    "must be one of the container or initContainer names in the pod template"))
        }
        let values = (codes["values"]?.array ?? []).compactMap(\.integer)
        let shown = codes["values"] ?? .null
        if values.isEmpty {
            causes.append(.invalid("\(path).values", shown, "at least one value is required"))
        } else if values.count > 255 {
            causes.append(.tooMany("\(path).values", values.count, max: 255))
        }
        var seen: Set<Int> = []
        for (index, value) in values.enumerated() {
            let field = "\(path).values[\(index)]"
            if codes["operator"]?.string == "In", value == 0 {
                causes.append(.invalid(field, 0, "must not be 0 for the In operator"))
            }
            if !seen.insert(value).inserted { causes.append(.duplicate(field, .integer(value))) }
        }
        if zip(values, values.dropFirst()).contains(where: { $0 > $1 }) {
            causes.append(.invalid("\(path).values", shown, "must be ordered"))
        }
        return causes
    }
}
