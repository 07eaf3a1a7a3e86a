import Documents
import KubernetesAPI

extension PodRules {
    /// What makes the settings of a pod's resolver unfit.
    static func names(_ spec: Value, _ path: String) -> [Cause] {
        let config = spec["dnsConfig"]
        let servers = (config?["nameservers"]?.array ?? []).compactMap(\.string)
        if spec["dnsPolicy"]?.string == "None" {
            if config == nil { return [.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")] }
            if servers.isEmpty {
                return [
                    .required(
                        "\(path).nameservers",
                        "must provide at least one DNS nameserver when `dnsPolicy` is None")
                ]
            }
        }
        guard let config else { return [] }
        var causes: [Cause] = []
        if servers.count > 3 {
            causes.append(
                .invalid(
                    "\(path).nameservers", config["nameservers"] ?? .null, "must not have more than 3 nameservers"))
        }
        for (index, server) in servers.enumerated() {
            causes += FieldRules.address(server, "\(path).nameservers[\(index)]")
        }
        let searches = (config["searches"]?.array ?? []).compactMap(\.string)
        if searches.count > 32 {
            causes.append(
                .invalid("\(path).searches", config["searches"] ?? .null, "must not have more than 32 search paths"))
        }
        if searches.joined(separator: " ").utf8.count > 2048 {
            causes.append(
                .invalid(
                    "\(path).searches", config["searches"] ?? .null,
                    "must not have more than 2048 characters (including spaces) in the search list"))
        }
        for (index, search) in searches.enumerated() where search != "." {
            let name = search.hasSuffix(".") ? String(search.dropLast()) : search
            causes += FieldRules.invalid(
                "\(path).searches[\(index)]", name, NameRules.underscoredSubdomainProblems(name))
        }
        for (index, option) in (config["options"]?.array ?? []).enumerated() where option.named.isEmpty {
            causes.append(.required("\(path).options[\(index)]", "must not be empty"))
        }
        return causes
    }
}
