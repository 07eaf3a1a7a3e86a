import Documents
import Kubernetes
import KubernetesAPI

/// Checks that many kinds share, with the real server's words.
enum FieldRules {
    typealias Cause = FieldError

    static func text(_ value: Value?) -> String { value?.string ?? "" }

    /// One cause for each of `problems`.
    static func invalid(_ field: String, _ text: String, _ problems: [String]) -> [Cause] {
        problems.map { .invalid(field, .string(text), $0) }
    }

    static func required(_ object: Value?, _ keys: String..., at path: String) -> [Cause] {
        keys.filter { text(object?[$0]).isEmpty }.map { .required("\(path).\($0)") }
    }

    /// Missing or not among `supported`.
    static func word(_ value: Value?, _ field: String, _ supported: [String]) -> [Cause] {
        text(value).isEmpty ? [.required(field)] : supportedWord(value, field, supported)
    }

    static func supportedWord(_ value: Value?, _ field: String, _ supported: [String]) -> [Cause] {
        supported.contains(text(value)) ? [] : [.unsupported(field, .string(text(value)), supported)]
    }

    /// Present and not among `supported`.
    static func optionalWord(_ value: Value?, _ field: String, _ supported: [String]) -> [Cause] {
        value == nil ? [] : supportedWord(value, field, supported)
    }

    static func optionalSubdomain(_ value: Value?, _ field: String) -> [Cause] {
        text(value).isEmpty ? [] : invalid(field, text(value), NameRules.subdomainProblems(text(value)))
    }

    static func labelKey(_ key: String, _ field: String) -> [Cause] {
        invalid(field, key, NameRules.labelKeyProblems(key))
    }

    static func labelValue(_ value: String, _ field: String) -> [Cause] {
        NameRules.isLabelValue(value) ? [] : [.invalid(field, .string(value), NameRules.labelValueProblem(value))]
    }

    /// A label selector, nil for the one that is left out.
    static func selector(_ selector: Value?, _ path: String) -> [Cause] {
        guard let selector else { return [] }
        var causes = Validation.labels(selector["matchLabels"], "\(path).matchLabels")
        for (index, expression) in (selector["matchExpressions"]?.array ?? []).enumerated() {
            let place = "\(path).matchExpressions[\(index)]"
            let values = (expression["values"]?.array ?? []).compactMap(\.string)
            causes += operands(text(expression["operator"]), values.count, place)
            causes += labelKey(text(expression["key"]), "\(place).key")
            for (number, value) in values.enumerated() {
                causes += labelValue(value, "\(place).values[\(number)]")
            }
        }
        return causes
    }

    /// How many values an operator takes.
    static func operands(_ word: String, _ count: Int, _ path: String) -> [Cause] {
        switch word {
        case "In", "NotIn":
            count > 0 ? [] : [.required("\(path).values", "must be specified when `operator` is 'In' or 'NotIn'")]
        case "Exists", "DoesNotExist":
            count == 0
                ? []
                : [.forbidden("\(path).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
        default: [.invalid("\(path).operator", .string(word), "not a valid selector operator")]
        }
    }

    static func portNumber(_ number: Int, _ field: String) -> [Cause] {
        (1...65535).contains(number) ? [] : [.invalid(field, .integer(number), ServiceRules.portDetail)]
    }

    /// A port by number or by name.
    static func port(_ port: Value?, _ field: String) -> [Cause] {
        if let name = port?.string { return invalid(field, name, NameRules.portNameProblems(name)) }
        return portNumber(port?.integer ?? 0, field)
    }

    static func address(_ text: String, _ field: String) -> [Cause] {
        NetworkAddress(text) == nil ? [.invalid(field, .string(text), ServiceRules.addressDetail)] : []
    }

    static func block(_ text: String, _ field: String) -> [Cause] {
        NetworkBlock(text) == nil
            ? [
                .invalid(
                    field, .string(text), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
            ] : []
    }

    static func segment(_ text: String, _ field: String) -> [Cause] {
        text.isEmpty ? [.required(field)] : invalid(field, text, NameRules.segmentProblems(text))
    }

    /// `example.com/what`.
    static func domainPath(_ text: String, _ field: String) -> [Cause] {
        guard !text.isEmpty else { return [.required(field)] }
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex, text.index(after: slash) != text.endIndex
        else {
            return [.invalid(field, .string(text), "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        let host = String(text[..<slash])
        let path = text[text.index(after: slash)...]
        var causes = invalid(field, host, NameRules.subdomainProblems(host))
        let allowed = Set("-._~!$&'()*+,;=:%@/".utf8)
        let isPath = path.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || allowed.contains($0)
        }
        if !isPath {
            causes.append(
                .invalid(
                    field, .string(String(path)),
                    "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"))
        }
        return causes
    }

    /// A path below another: neither absolute nor going up.
    static func descending(_ path: String, _ field: String) -> [Cause] {
        (path.hasPrefix("/") ? [.invalid(field, .string(path), "must be a relative path")] : [])
            + noBacksteps(path, field)
    }

    static func noBacksteps(_ path: String, _ field: String) -> [Cause] {
        path.split(separator: "/").contains("..") ? [.invalid(field, .string(path), "must not contain '..'")] : []
    }

    /// Descending, and not of the names that the kubelet keeps for itself.
    static func unreserved(_ path: String, _ field: String) -> [Cause] {
        var causes = descending(path, field)
        if path.hasPrefix(".."), !path.hasPrefix("../") {
            causes.append(.invalid(field, .string(path), "must not start with '..'"))
        }
        return causes
    }
}
