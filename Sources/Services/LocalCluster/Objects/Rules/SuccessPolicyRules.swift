import Documents
import KubernetesAPI

/// What makes a job's rules about success unfit.
enum SuccessPolicyRules {
    typealias Cause = FieldError

    static func check(_ policy: Value, _ spec: Value, _ path: String) -> [Cause] {
        let rules = policy["rules"]?.array ?? []
        guard spec["completionMode"]?.string == "Indexed" else {
            let shown = rules.map { rule -> Value in
                [
                    "SucceededIndexes": rule["succeededIndexes"] ?? .null,
                    "SucceededCount": rule["succeededCount"] ?? .null,
                ]
            }
            return [
                .invalid(
                    path, ["Rules": policy["rules"] == nil ? .null : .array(shown)],
                    "requires indexed completion mode")
            ]
        }
        var causes: [Cause] = []
        if rules.isEmpty {
            causes.append(
                .required(
                    "\(path).rules", "at least one rules must be specified when the successPolicy is specified"))
        }
        if rules.count > 20 { causes.append(.tooMany("\(path).rules", rules.count, max: 20)) }
        let completions = spec["completions"]?.integer ?? 0
        for (index, rule) in rules.enumerated() {
            causes += self.rule(rule, completions, "\(path).rules[\(index)]")
        }
        return causes
    }

    private static func rule(_ rule: Value, _ completions: Int, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if rule["succeededCount"] == nil, rule["succeededIndexes"] == nil {
            causes.append(
                .required(path, "at least one of succeededCount or succeededIndexes must be specified"))
        }
        var total = 0
        if let text = rule["succeededIndexes"]?.string {
            let field = "\(path).succeededIndexes"
            if text.utf8.count > 65536 { causes.append(.tooLong(field, bytesMax: 65536)) }
            switch IndexList.count(text, completions: completions) {
            case .success(let count): total = count
            case .failure(let problem):
                causes.append(.invalid(field, .string(text), "error parsing succeededIndexes: \(problem.message)"))
            }
        }
        guard let count = rule["succeededCount"]?.integer else { return causes }
        let field = "\(path).succeededCount"
        if count < 0 { causes.append(.invalid(field, .integer(count), WorkloadRules.nonnegative)) }
        if count > completions {
            causes.append(
                .invalid(
                    field, .integer(count),
                    "must be less than or equal to \(completions) (the number of specified completions)"))
        }
        if rule["succeededIndexes"] != nil, count > total {
            causes.append(
                .invalid(
                    field, .integer(count),
                    "must be less than or equal to \(total) (the number of indexes in the specified succeededIndexes field)"
                ))
        }
        return causes
    }
}
