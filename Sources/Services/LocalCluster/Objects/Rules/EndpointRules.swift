import Documents
import KubernetesAPI

/// What makes endpoints and their slices unfit.
enum EndpointRules {
    typealias Cause = FieldError

    static func endpoints(_ object: Value) -> [Cause] {
        var causes: [Cause] = []
        for (index, subset) in (object["subsets"]?.array ?? []).enumerated() {
            let path = "subsets[\(index)]"
            let lists = ["addresses", "notReadyAddresses"]
            if lists.allSatisfy({ subset[$0]?.array?.isEmpty ?? true }) {
                causes.append(.required(path, "must specify `addresses` or `notReadyAddresses`"))
            }
            for list in lists {
                for (number, item) in (subset[list]?.array ?? []).enumerated() {
                    causes += address(item, "\(path).\(list)[\(number)]")
                }
            }
            let ports = subset["ports"]?.array ?? []
            for (number, item) in ports.enumerated() {
                causes += port(item, "\(path).ports[\(number)]", requiresName: ports.count > 1)
            }
        }
        return causes
    }

    private static func address(_ address: Value, _ path: String) -> [Cause] {
        let ip = FieldRules.text(address["ip"])
        var causes = FieldRules.address(ip, "\(path).ip")
        let host = FieldRules.text(address["hostname"])
        if !host.isEmpty { causes += FieldRules.invalid("\(path).hostname", host, NameRules.labelProblems(host)) }
        if let node = address["nodeName"]?.string {
            causes += FieldRules.invalid("\(path).nodeName", node, NameRules.subdomainProblems(node))
        }
        return causes + special(ip, "\(path).ip")
    }

    /// Addresses that stand for no peer.
    static func special(_ text: String, _ field: String) -> [Cause] {
        guard let address = NetworkAddress(text) else {
            return [.invalid(field, .string(text), "must be a valid IP address")]
        }
        var problems: [String] = []
        if address.isUnspecified { problems.append("may not be unspecified (\(text))") }
        if address.isLoopback { problems.append("may not be in the loopback range (127.0.0.0/8, ::1/128)") }
        if address.isLinkLocal {
            problems.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
        }
        if address.isLinkLocalMulticast {
            problems.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        }
        return FieldRules.invalid(field, text, problems)
    }

    private static func port(_ port: Value, _ path: String, requiresName: Bool) -> [Cause] {
        var causes: [Cause] = []
        if port.named.isEmpty {
            if requiresName { causes.append(.required("\(path).name")) }
        } else {
            causes += FieldRules.invalid("\(path).name", port.named, NameRules.labelProblems(port.named))
        }
        causes += FieldRules.portNumber(port["port"]?.integer ?? 0, "\(path).port")
        causes += FieldRules.word(port["protocol"], "\(path).protocol", ServiceRules.protocols)
        if let name = port["appProtocol"]?.string { causes += FieldRules.labelKey(name, "\(path).appProtocol") }
        return causes
    }

    static func slice(_ slice: Value) -> [Cause] {
        let type = FieldRules.text(slice["addressType"])
        var causes = FieldRules.word(slice["addressType"], "addressType", ["FQDN", "IPv4", "IPv6"])
        for (index, endpoint) in (slice["endpoints"]?.array ?? []).enumerated() {
            causes += self.endpoint(endpoint, type, "endpoints[\(index)]")
        }
        var names: Set<String> = []
        for (index, port) in (slice["ports"]?.array ?? []).enumerated() {
            let path = "ports[\(index)]"
            let name = port.named
            if !name.isEmpty { causes += FieldRules.invalid("\(path).name", name, NameRules.labelProblems(name)) }
            if !names.insert(name).inserted { causes.append(.duplicate("\(path).name", .string(name))) }
            causes += FieldRules.word(port["protocol"], "\(path).protocol", ServiceRules.protocols)
            if let name = port["appProtocol"]?.string { causes += FieldRules.labelKey(name, "\(path).appProtocol") }
        }
        return causes
    }

    private static func endpoint(_ endpoint: Value, _ type: String, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let addresses = endpoint["addresses"]?.array ?? []
        if addresses.isEmpty {
            causes.append(.required("\(path).addresses", "must contain at least 1 address"))
        } else if addresses.count > 100 {
            causes.append(.tooMany("\(path).addresses", addresses.count, max: 100))
        }
        for (number, item) in addresses.enumerated() {
            let field = "\(path).addresses[\(number)]"
            let text = item.string ?? ""
            switch type {
            case "IPv4", "IPv6":
                let address = NetworkAddress(text)
                if address == nil || address?.isIPv6 != (type == "IPv6") {
                    causes.append(.invalid(field, item, "must be a valid \(type) address"))
                }
                causes += special(text, field)
            case "FQDN":
                let name = text.hasSuffix(".") ? String(text.dropLast()) : text
                let problems = NameRules.subdomainProblems(name)
                causes += FieldRules.invalid(field, name, problems)
                if problems.isEmpty, name.split(separator: ".").count < 2 {
                    causes.append(
                        .invalid(
                            field, .string(name), "should be a domain with at least two segments separated by dots")
                    )
                }
            default: break
            }
        }
        if let node = endpoint["nodeName"]?.string {
            causes += FieldRules.invalid("\(path).nodeName", node, NameRules.subdomainProblems(node))
        }
        if let host = endpoint["hostname"]?.string {
            causes += FieldRules.invalid("\(path).hostname", host, NameRules.labelProblems(host))
        }
        return causes
    }
}
