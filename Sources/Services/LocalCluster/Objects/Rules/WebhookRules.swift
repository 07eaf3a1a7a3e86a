import Documents
import Foundation
import KubernetesAPI

/// What makes the address of a webhook, and what it is asked about, unfit.
enum WebhookRules {
    typealias Cause = FieldError

    static func client(_ client: Value, _ path: String) -> [Cause] {
        switch (client["url"]?.string, client["service"]) {
        case (nil, nil), (_?, _?): [.required(path, "exactly one of url or service is required")]
        case (let url?, nil): address(url, "\(path).url")
        case (nil, let service?): self.service(service, "\(path).service")
        }
    }

    private static func address(_ text: String, _ field: String) -> [Cause] {
        let form = "; desired format: https://host[/path]"
        guard let url = URLComponents(string: text) else {
            return [.required(field, "url must be a valid URL: parse \"\(text)\": invalid URL\(form)")]
        }
        var causes: [Cause] = []
        func bad(_ shown: String, _ detail: String) { causes.append(.invalid(field, .string(shown), detail)) }
        if url.scheme != "https" { bad(url.scheme ?? "", "'https' is the only allowed URL scheme\(form)") }
        if url.host?.isEmpty ?? true { bad("", "host must be specified\(form)") }
        if let user = url.user {
            bad(url.password.map { "\(user):\($0)" } ?? user, "user information is not permitted in the URL")
        }
        if let fragment = url.fragment, !fragment.isEmpty { bad(fragment, "fragments are not permitted in the URL") }
        if let query = url.query, !query.isEmpty { bad(query, "query parameters are not permitted in the URL") }
        return causes
    }

    private static func service(_ service: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if service.named.isEmpty { causes.append(.required("\(path).name", "service name is required")) }
        if FieldRules.text(service["namespace"]).isEmpty {
            causes.append(.required("\(path).namespace", "service namespace is required"))
        }
        if let port = service["port"]?.integer, !(1...65535).contains(port) {
            causes.append(.invalid("\(path).port", .integer(port), "port is not valid: \(ServiceRules.portDetail)"))
        }
        let target = FieldRules.text(service["path"])
        guard !target.isEmpty, target != "/" else { return causes }
        func bad(_ detail: String) { causes.append(.invalid("\(path).path", .string(target), detail)) }
        guard target != "//" else {
            bad("segment[0] may not be empty")
            return causes
        }
        if !target.hasPrefix("/") { bad("must start with a '/'") }
        var rest = target.dropFirst()
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        for (index, step) in rest.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if step.isEmpty {
                bad("segment[\(index)] may not be empty")
            } else {
                for problem in NameRules.subdomainProblems(String(step)) { bad("segment[\(index)]: \(problem)") }
            }
        }
        return causes
    }

    static let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]

    static func rule(_ rule: Value, _ path: String) -> [Cause] {
        func list(_ key: String) -> [String] { (rule[key]?.array ?? []).compactMap(\.string) }
        var causes: [Cause] = []
        for (key, others) in [
            ("operations", "operations"), ("apiGroups", "API groups"), ("apiVersions", "API versions"),
        ] {
            let words = list(key)
            if words.isEmpty { causes.append(.required("\(path).\(key)")) }
            if words.count > 1, words.contains("*") {
                causes.append(
                    .invalid(
                        "\(path).\(key)", .array(words.map(Value.string)),
                        "if '*' is present, must not specify other \(others)"))
            }
            for (index, word) in words.enumerated() {
                if key == "operations" {
                    causes += FieldRules.supportedWord(.string(word), "\(path).operations[\(index)]", operations)
                } else if key == "apiVersions", word.isEmpty {
                    causes.append(.required("\(path).apiVersions[\(index)]"))
                }
            }
        }
        causes += resources(list("resources"), "\(path).resources")
        return causes
            + FieldRules.optionalWord(rule["scope"], "\(path).scope", ["*", "Cluster", "Namespaced"])
    }

    private static func resources(_ resources: [String], _ path: String) -> [Cause] {
        guard !resources.isEmpty else { return [.required(path)] }
        var causes: [Cause] = []
        var whole: Set<String> = []
        var everywhere: Set<String> = []
        var isPlain = false
        for (index, resource) in resources.enumerated() {
            let field = "\(path)[\(index)]"
            if resource.isEmpty {
                causes.append(.required(field))
                continue
            }
            let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                isPlain = resource != "*"
                continue
            }
            if whole.contains(parts[0]) {
                causes.append(
                    .invalid(
                        field, .string(resource), "if '\(parts[0])/*' is present, must not specify \(resource)"))
            }
            if everywhere.contains(parts[1]) {
                causes.append(
                    .invalid(
                        field, .string(resource), "if '*/\(parts[1])' is present, must not specify \(resource)"))
            }
            if parts[1] == "*" { whole.insert(parts[0]) }
            if parts[0] == "*" { everywhere.insert(parts[1]) }
        }
        let shown = Value.array(resources.map(Value.string))
        if resources.count > 1, resources.contains("*/*") {
            causes.append(.invalid(path, shown, "if '*/*' is present, must not specify other resources"))
        }
        if resources.contains("*"), isPlain {
            causes.append(
                .invalid(
                    path, shown, "if '*' is present, must not specify other resources without subresources"))
        }
        return causes
    }

    static func versions(_ versions: [Value], _ path: String) -> [Cause] {
        let words = versions.compactMap(\.string)
        guard !words.isEmpty else { return [.required(path, "must specify one of v1, v1beta1")] }
        var causes: [Cause] = []
        for (index, word) in words.enumerated() {
            if words[..<index].contains(word) {
                causes.append(.duplicate("\(path)[\(index)]", .string(word)))
                continue
            }
            causes += FieldRules.invalid("\(path)[\(index)]", word, NameRules.oldLabelProblems(word))
        }
        if !words.contains("v1"), !words.contains("v1beta1") {
            causes.append(.invalid(path, .array(versions), "must include at least one of v1, v1beta1"))
        }
        return causes
    }
}
