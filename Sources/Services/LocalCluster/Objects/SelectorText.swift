import Documents
import Kubernetes
import KubernetesAPI

/// What the real server's parser says about a selector that it cannot read.
enum SelectorText {
    static func problem(_ text: String) -> String {
        var rest = Array(text)[...]
        func skip() { while rest.first == " " { rest = rest.dropFirst() } }
        func word() -> String {
            skip()
            var result = ""
            while let character = rest.first, !"=!,()<> ".contains(character) {
                result.append(character)
                rest = rest.dropFirst()
            }
            return result
        }
        func symbol() -> String {
            skip()
            for length in [2, 1] {
                let candidate = String(rest.prefix(length))
                if ["==", "!=", "=", "!", ",", "(", ")", "<", ">"].contains(candidate) {
                    rest = rest.dropFirst(candidate.count)
                    return candidate
                }
            }
            return ""
        }
        while true {
            skip()
            if rest.first == "!" { rest = rest.dropFirst() }
            let key = word()
            if key.isEmpty { return "found '\(symbol())', expected: identifier" }
            skip()
            let sign = symbol()
            switch sign {
            case "=", "==", "!=", "<", ">":
                skip()
                if let next = rest.first, "=!(<>".contains(next) {
                    return "found '\(symbol())', expected: identifier"
                }
                let value = word()
                if sign == "<" || sign == ">", Int(value) == nil {
                    return
                        "values[0][\(key)]: Invalid value: \"\(value)\": for 'Gt', 'Lt' operators, the value must be an integer"
                }
            case ",", "":
                let operation = sign.isEmpty ? word() : ""
                if operation == "in" || operation == "notin" {
                    if symbol() != "(" { return "found '\(word())', expected: '('" }
                    while true {
                        _ = word()
                        let next = symbol()
                        if next == "," { continue }
                        if next == ")" { break }
                        return "found '\(next)', expected: ',' or ')'"
                    }
                } else if !operation.isEmpty {
                    return
                        "found '\(operation)', expected: in, notin, =, ==, !=, gt, lt"
                }
            default: return "found '\(sign)', expected: identifier"
            }
            skip()
            if rest.isEmpty { return "found '', expected: identifier" }
            if sign != ",", symbol() != "," { return "found '\(word())', expected: ',' or 'end of string'" }
        }
    }

    /// What is wrong with the keys and values of a selector that was read.
    static func problem(_ selector: LabelSelector) -> String? {
        for requirement in selector.requirements {
            let (key, values): (String, [String]) =
                switch requirement {
                case .equals(let key, let value), .notEquals(let key, let value): (key, [value])
                case .isIn(let key, let values), .isNotIn(let key, let values): (key, values)
                case .exists(let key), .doesNotExist(let key), .greaterThan(let key, _), .lessThan(let key, _):
                    (key, [])
                }
            let problems = NameRules.labelKeyProblems(key)
            if !problems.isEmpty { return invalid("key", key, problems) }
            for (index, value) in values.enumerated() where !NameRules.isLabelValue(value) {
                return invalid("values[\(index)][\(key)]", value, [NameRules.labelValueProblem(value)])
            }
        }
        return nil
    }

    private static func invalid(_ field: String, _ text: String, _ problems: [String]) -> String {
        "\(field): \(FieldError.invalid(field, .string(text), problems.joined(separator: "; ")).message)"
    }
}
