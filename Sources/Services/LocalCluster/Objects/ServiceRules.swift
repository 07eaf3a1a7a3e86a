import Documents
import Kubernetes
import KubernetesAPI

/// What makes a service unfit.
enum ServiceRules {
    typealias Cause = FieldError

    static let portDetail = "must be between 1 and 65535, inclusive"
    static let protocols = ["SCTP", "TCP", "UDP"]
    static let addressDetail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"

    static func isAddress(_ text: String) -> Bool { NetworkAddress(text) != nil }

    static func check(_ service: Value, old: Value?) -> [Cause] {
        let spec = service["spec"] ?? [:]
        // The server gives out addresses before it looks at the rest.
        let addresses = addresses(spec)
        if !addresses.isEmpty { return addresses }
        var causes: [Cause] = []
        let type = spec["type"]?.string ?? ""
        let ports = spec["ports"]?.array ?? []
        let address = spec["clusterIP"]?.string ?? ""
        let isHeadless = address == "None"
        if ports.isEmpty, !isHeadless, type != "ExternalName" { causes.append(.required("spec.ports")) }
        switch type {
        case "LoadBalancer":
            if isHeadless {
                causes.append(
                    .invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services"))
            }
        case "NodePort":
            if isHeadless {
                causes.append(.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for NodePort services"))
            }
        case "ExternalName":
            if !address.isEmpty {
                causes.append(.forbidden("spec.clusterIPs", "may not be set for ExternalName services"))
            }
            let name = spec["externalName"]?.string ?? ""
            let plain = name.hasSuffix(".") ? String(name.dropLast()) : name
            if name.isEmpty {
                causes.append(.required("spec.externalName"))
            } else {
                causes += NameRules.subdomainProblems(plain).map { .invalid("spec.externalName", .string(plain), $0) }
            }
        default: break
        }
        causes += self.ports(ports, requiresName: ports.count > 1, isHeadless: isHeadless)
        causes += Validation.labels(spec["selector"], "spec.selector")
        let affinity = spec["sessionAffinity"]?.string ?? ""
        if affinity.isEmpty {
            causes.append(.required("spec.sessionAffinity"))
        } else if !["ClientIP", "None"].contains(affinity) {
            causes.append(.unsupported("spec.sessionAffinity", .string(affinity), ["ClientIP", "None"]))
        }
        if affinity == "ClientIP",
            let seconds = spec[path: "sessionAffinityConfig", "clientIP", "timeoutSeconds"]?.integer,
            !(1...86400).contains(seconds)
        {
            causes.append(
                .invalid(
                    "spec.sessionAffinityConfig.clientIP.timeoutSeconds", .integer(seconds),
                    "must be greater than 0 and less than 86400"))
        } else if affinity == "None", spec["sessionAffinityConfig"] != nil {
            causes.append(
                .forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None"))
        }
        if type != "ExternalName" {
            for (index, family) in (spec["ipFamilies"]?.array ?? []).enumerated() {
                causes += FieldRules.supportedWord(family, "spec.ipFamilies[\(index)]", ["IPv4", "IPv6"])
            }
            causes += FieldRules.optionalWord(
                spec["ipFamilyPolicy"], "spec.ipFamilyPolicy",
                ["PreferDualStack", "RequireDualStack", "SingleStack"])
        }
        for (index, ip) in (spec["externalIPs"]?.array ?? []).compactMap(\.string).enumerated() {
            let field = "spec.externalIPs[\(index)]"
            let problems = FieldRules.address(ip, field)
            causes += problems.isEmpty ? EndpointRules.special(ip, field) : problems
        }
        let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
        if type.isEmpty {
            causes.append(.required("spec.type"))
        } else if !types.contains(type) {
            causes.append(.unsupported("spec.type", .string(type), types))
        }
        causes += nodePorts(ports, type) + duplicates(ports)
        causes += sourceRanges(service, type)
        if spec["allocateLoadBalancerNodePorts"] != nil, type != "LoadBalancer" {
            causes.append(
                .forbidden(
                    "spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"))
        }
        causes += loadBalancerClass(spec, old?["spec"], type)
        let isOutside =
            type == "NodePort" || type == "LoadBalancer"
            || type == "ClusterIP" && spec["externalIPs"]?.array?.isEmpty == false
        if let policy = spec["externalTrafficPolicy"]?.string, !policy.isEmpty {
            if !isOutside {
                causes.append(
                    .invalid(
                        "spec.externalTrafficPolicy", .string(policy),
                        "may only be set for externally-accessible services"))
            } else if !["Cluster", "Local"].contains(policy) {
                causes.append(.unsupported("spec.externalTrafficPolicy", .string(policy), ["Cluster", "Local"]))
            }
        }
        if spec["healthCheckNodePort"]?.integer ?? 0 != 0,
            type != "LoadBalancer" || spec["externalTrafficPolicy"]?.string != "Local"
        {
            causes.append(
                .invalid(
                    "spec.healthCheckNodePort", spec["healthCheckNodePort"] ?? .null,
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        }
        causes += FieldRules.optionalWord(
            spec["internalTrafficPolicy"], "spec.internalTrafficPolicy", ["Cluster", "Local"])
        return causes
            + FieldRules.optionalWord(
                spec["trafficDistribution"], "spec.trafficDistribution",
                ["PreferClose", "PreferSameZone", "PreferSameNode"])
    }

    private static func nodePorts(_ ports: [Value], _ type: String) -> [Cause] {
        var causes: [Cause] = []
        var seen: Set<Value> = []
        for (index, port) in ports.enumerated() {
            guard let number = port["nodePort"]?.integer, number != 0 else { continue }
            let field = "spec.ports[\(index)].nodePort"
            if type == "ClusterIP" {
                causes.append(.forbidden(field, "may not be used when `type` is 'ClusterIP'"))
            }
        }
        for (index, port) in ports.enumerated() {
            guard let number = port["nodePort"]?.integer, number != 0 else { continue }
            if !seen.insert([port["protocol"] ?? "TCP", .integer(number)]).inserted {
                causes.append(.duplicate("spec.ports[\(index)].nodePort", .integer(number)))
            }
        }
        return causes
    }

    private static func sourceRanges(_ service: Value, _ type: String) -> [Cause] {
        let ranges = (service[path: "spec", "loadBalancerSourceRanges"]?.array ?? []).compactMap(\.string)
        guard !ranges.isEmpty else { return [] }
        let field = "spec.LoadBalancerSourceRanges"
        var causes: [Cause] =
            type == "LoadBalancer" ? [] : [.forbidden(field, "may only be used when `type` is 'LoadBalancer'")]
        for (index, range) in ranges.enumerated() {
            let plain = range.split(separator: " ").joined(separator: " ")
            causes += FieldRules.block(plain, "\(field)[\(index)]")
        }
        return causes
    }

    private static func loadBalancerClass(_ spec: Value, _ old: Value?, _ type: String) -> [Cause] {
        let name = spec["loadBalancerClass"]
        let field = "spec.loadBalancerClass"
        if old?["type"]?.string == "LoadBalancer", type == "LoadBalancer", old?["loadBalancerClass"] != name {
            return [.invalid(field, name ?? .null, "may not change once set")]
        }
        guard let text = name?.string else { return [] }
        guard type == "LoadBalancer" else {
            return [.forbidden(field, "may only be used when `type` is 'LoadBalancer'")]
        }
        return FieldRules.labelKey(text, field)
    }

    private static func addresses(_ spec: Value) -> [Cause] {
        let address = spec["clusterIP"]?.string ?? ""
        guard !address.isEmpty, address != "None", spec["type"]?.string != "ExternalName", !isAddress(address) else {
            return []
        }
        return [.invalid("spec.clusterIPs[0]", .string(address), addressDetail)]
    }

    private static func ports(_ ports: [Value], requiresName: Bool, isHeadless: Bool) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = "spec.ports[\(index)]"
            let name = port.named
            if name.isEmpty {
                if requiresName { causes.append(.required("\(place).name")) }
            } else {
                let problems = NameRules.labelProblems(name)
                causes += problems.map { .invalid("\(place).name", .string(name), $0) }
                if problems.isEmpty, !names.insert(name).inserted {
                    causes.append(.duplicate("\(place).name", .string(name)))
                }
            }
            let number = port["port"]?.integer ?? 0
            if !(1...65535).contains(number) {
                causes.append(.invalid("\(place).port", .integer(number), portDetail))
            }
            let transport = port["protocol"]?.string ?? ""
            if transport.isEmpty {
                causes.append(.required("\(place).protocol"))
            } else if !protocols.contains(transport) {
                causes.append(.unsupported("\(place).protocol", .string(transport), protocols))
            }
            switch port["targetPort"] {
            case .number(let target)?:
                if let value = target.integer, !(1...65535).contains(value) {
                    causes.append(.invalid("\(place).targetPort", .integer(value), portDetail))
                }
            case .string(let target)?:
                causes += NameRules.portNameProblems(target).map {
                    .invalid("\(place).targetPort", .string(target), $0)
                }
            default: break
            }
            if let name = port["appProtocol"]?.string { causes += FieldRules.labelKey(name, "\(place).appProtocol") }
        }
        return causes
    }

    private static func duplicates(_ ports: [Value]) -> [Cause] {
        var seen: Set<Value> = []
        var causes: [Cause] = []
        for (index, port) in ports.enumerated() {
            let key: Value = [
                "Name": "", "Protocol": port["protocol"] ?? "TCP", "AppProtocol": .null, "Port": port["port"] ?? 0,
                "TargetPort": 0, "NodePort": 0,
            ]
            if !seen.insert(key).inserted {
                causes.append(.duplicate("spec.ports[\(index)]", key))
            }
        }
        return causes
    }
}
