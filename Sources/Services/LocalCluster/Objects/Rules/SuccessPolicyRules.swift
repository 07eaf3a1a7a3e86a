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

/// A list of indexes and ranges of them: `1,3-5`.
enum IndexList {
    struct Problem: Error { var message: String }

    static func count(_ text: String, completions: Int) -> Result<Int, Problem> {
        guard !text.isEmpty else { return .success(0) }
        var total = 0
        var last: Int?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count <= 2 else {
                return .failure(
                    Problem(
                        message:
                            "the fragment \"\(part)\" violates the requirement that an index interval can have at most two parts separated by '-'"
                    ))
            }
            var numbers: [Int] = []
            for end in ends {
                guard let number = Int(end), number <= Int(Int32.max) else {
                    return .failure(Problem(message: "cannot convert string to integer for index: \"\(end)\""))
                }
                guard number < completions else { return .failure(Problem(message: "too large index: \"\(end)\"")) }
                numbers.append(number)
            }
            let (first, end) = (numbers[0], numbers[numbers.count - 1])
            if numbers.count == 2, first >= end {
                return .failure(Problem(message: "non-increasing order, previous: \(first), current: \(end)"))
            }
            if let last, last >= first {
                return .failure(Problem(message: "non-increasing order, previous: \(last), current: \(first)"))
            }
            total += end - first + 1
            last = end
        }
        return .success(total)
    }
}
