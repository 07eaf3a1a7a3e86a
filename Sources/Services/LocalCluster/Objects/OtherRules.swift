import Documents
import Kubernetes
import KubernetesAPI

/// What makes the remaining kinds unfit.
enum OtherRules {
    typealias Cause = FieldError

    static func role(_ role: Value, isCluster: Bool) -> [Cause] {
        (role["rules"]?.array ?? []).enumerated().flatMap { index, rule -> [Cause] in
            var causes: [Cause] = []
            func isEmpty(_ key: String) -> Bool { rule[key]?.array?.isEmpty ?? true }
            let path = "rules[\(index)]"
            if isEmpty("verbs") { causes.append(.required("\(path).verbs", "verbs must contain at least one value")) }
            if !isEmpty("nonResourceURLs") {
                if !isCluster {
                    causes.append(
                        .invalid(
                            "\(path).nonResourceURLs", rule["nonResourceURLs"] ?? .null,
                            "namespaced rules cannot apply to non-resource URLs"))
                }
                if !isEmpty("apiGroups") || !isEmpty("resources") || !isEmpty("resourceNames") {
                    causes.append(
                        .invalid(
                            "\(path).nonResourceURLs", rule["nonResourceURLs"] ?? .null,
                            "rules cannot apply to both regular resources and non-resource URLs"))
                }
                return causes
            }
            if isEmpty("apiGroups") {
                causes.append(.required("\(path).apiGroups", "resource rules must supply at least one api group"))
            }
            if isEmpty("resources") {
                causes.append(.required("\(path).resources", "resource rules must supply at least one resource"))
            }
            return causes
        }
    }

    static func roleBinding(_ binding: Value, isCluster: Bool) -> [Cause] {
        var causes: [Cause] = []
        let reference = binding["roleRef"] ?? [:]
        let group = reference["apiGroup"]?.string ?? ""
        if group != "rbac.authorization.k8s.io" {
            causes.append(.unsupported("roleRef.apiGroup", .string(group), ["rbac.authorization.k8s.io"]))
        }
        let kinds = isCluster ? ["ClusterRole"] : ["Role", "ClusterRole"]
        let kind = reference["kind"]?.string ?? ""
        if !kinds.contains(kind) { causes.append(.unsupported("roleRef.kind", .string(kind), kinds)) }
        if reference.named.isEmpty { causes.append(.required("roleRef.name")) }
        for (index, subject) in (binding["subjects"]?.array ?? []).enumerated() {
            let path = "subjects[\(index)]"
            if subject.named.isEmpty { causes.append(.required("\(path).name")) }
            switch subject["kind"]?.string ?? "" {
            case "ServiceAccount":
                if !subject.named.isEmpty {
                    causes += NameRules.subdomainProblems(subject.named).map {
                        .invalid("\(path).name", .string(subject.named), $0)
                    }
                }
                if isCluster, subject["namespace"]?.string?.isEmpty ?? true {
                    causes.append(.required("\(path).namespace"))
                }
            case "User", "Group": break
            case let other:
                causes.append(.unsupported("\(path).kind", .string(other), ["ServiceAccount", "User", "Group"]))
            }
        }
        return causes
    }

    static func autoscaler(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let (low, high) = (spec["minReplicas"]?.integer ?? 1, spec["maxReplicas"]?.integer ?? 0)
        if low < 1 {
            causes.append(.invalid("spec.minReplicas", .integer(low), "must be greater than or equal to 1"))
        }
        if high < 1 { causes.append(.invalid("spec.maxReplicas", .integer(high), "must be greater than 0")) }
        if high < low {
            causes.append(
                .invalid("spec.maxReplicas", .integer(high), "must be greater than or equal to `minReplicas`"))
        }
        let target = spec["scaleTargetRef"] ?? [:]
        if target["kind"]?.string?.isEmpty ?? true { causes.append(.required("spec.scaleTargetRef.kind")) }
        if target.named.isEmpty { causes.append(.required("spec.scaleTargetRef.name")) }
        let version = target["apiVersion"]?.string ?? ""
        if version.isEmpty, target["kind"]?.string != "ReplicationController" {
            causes.append(
                .invalid("spec.scaleTargetRef.apiVersion", .string(version), "apiVersion must specify API group"))
        }
        for (index, metric) in (spec["metrics"]?.array ?? []).enumerated() {
            let type = metric["type"]?.string ?? ""
            let types = ["ContainerResource", "External", "Object", "Pods", "Resource"]
            if type.isEmpty {
                causes.append(.required("spec.metrics[\(index)].type", "must specify a metric source type"))
            } else if !types.contains(type) {
                causes.append(.unsupported("spec.metrics[\(index)].type", .string(type), types))
            }
        }
        return causes
    }

    static func disruptionBudget(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            causes.append(
                .invalid(
                    "spec",
                    [
                        "MinAvailable": spec["minAvailable"] ?? .null, "Selector": spec["selector"] ?? .null,
                        "MaxUnavailable": spec["maxUnavailable"] ?? .null,
                        "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"] ?? .null,
                    ], "minAvailable and maxUnavailable cannot be both set"))
        }
        for key in ["minAvailable", "maxUnavailable"] {
            causes += WorkloadRules.countOrPercent(spec[key], "spec.\(key)")
            causes += WorkloadRules.atMostAll(spec[key], "spec.\(key)")
        }
        return causes
    }

    static func ingress(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let rules = spec["rules"]?.array ?? []
        if rules.isEmpty, spec["defaultBackend"] == nil {
            causes.append(.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified"))
        }
        func backend(_ backend: Value?, _ path: String) {
            let service = backend?["service"]
            if service == nil, backend?["resource"] == nil {
                causes.append(.required(path, "must specify service or resource backend"))
            }
            guard let service else { return }
            if service.named.isEmpty { causes.append(.required("\(path).service.name")) }
            let port = service["port"]
            if port?["number"]?.integer ?? 0 == 0, port?["name"]?.string?.isEmpty ?? true {
                causes.append(.required("\(path).service", "port name or number is required"))
            }
        }
        if spec["defaultBackend"] != nil { backend(spec["defaultBackend"], "spec.defaultBackend") }
        for (index, rule) in rules.enumerated() {
            if let host = rule["host"]?.string, !host.isEmpty, !host.hasPrefix("*.") {
                causes += NameRules.subdomainProblems(host).map {
                    .invalid("spec.rules[\(index)].host", .string(host), $0)
                }
            }
            for (number, path) in (rule["http"]?["paths"]?.array ?? []).enumerated() {
                let place = "spec.rules[\(index)].http.paths[\(number)]"
                let types = ["Exact", "ImplementationSpecific", "Prefix"]
                switch path["pathType"]?.string {
                case nil: causes.append(.required("\(place).pathType", "pathType must be specified"))
                case let type? where !types.contains(type):
                    causes.append(.unsupported("\(place).pathType", .string(type), types))
                case let type?:
                    let text = path["path"]?.string ?? ""
                    if type != "ImplementationSpecific", !text.hasPrefix("/") {
                        causes.append(.invalid("\(place).path", .string(text), "must be an absolute path"))
                    }
                }
                backend(path["backend"], "\(place).backend")
            }
        }
        return causes
    }

    static func networkPolicy(_ spec: Value) -> [Cause] {
        var causes: [Cause] = Validation.labels(spec["podSelector"]?["matchLabels"], "spec.podSelector.matchLabels")
        for (direction, side) in [("ingress", "from"), ("egress", "to")] {
            for (index, rule) in (spec[direction]?.array ?? []).enumerated() {
                for (number, port) in (rule["ports"]?.array ?? []).enumerated() {
                    let place = "spec.\(direction)[\(index)].ports[\(number)]"
                    let transport = port["protocol"]?.string ?? "TCP"
                    if !ServiceRules.protocols.contains(transport) {
                        causes.append(.unsupported("\(place).protocol", .string(transport), ServiceRules.protocols))
                    }
                    if let value = port["port"]?.integer, !(1...65535).contains(value) {
                        causes.append(.invalid("\(place).port", .integer(value), ServiceRules.portDetail))
                    }
                }
                for (number, peer) in (rule[side]?.array ?? []).enumerated() {
                    let place = "spec.\(direction)[\(index)].\(side)[\(number)]"
                    let given = ["podSelector", "namespaceSelector", "ipBlock"].filter { peer[$0] != nil }
                    if given.isEmpty { causes.append(.required(place, "must specify a peer")) }
                    if given.contains("ipBlock"), given.count > 1 {
                        causes.append(.forbidden(place, "may not specify both ipBlock and another peer"))
                    }
                }
            }
        }
        let types = (spec["policyTypes"]?.array ?? []).compactMap(\.string)
        if types.count > 2 {
            causes.append(
                .invalid(
                    "spec.policyTypes", .array(types.map(Value.string)), "may not specify more than two policyTypes"))
        }
        for (index, type) in types.enumerated() where !["Egress", "Ingress"].contains(type) {
            causes.append(.unsupported("spec.policyTypes[\(index)]", .string(type), ["Egress", "Ingress"]))
        }
        return causes
    }

    static func lease(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if let seconds = spec["leaseDurationSeconds"]?.integer, seconds <= 0 {
            causes.append(.invalid("spec.leaseDurationSeconds", .integer(seconds), "must be greater than 0"))
        }
        if let count = spec["leaseTransitions"]?.integer, count < 0 {
            causes.append(.invalid("spec.leaseTransitions", .integer(count), WorkloadRules.nonnegative))
        }
        return causes
    }

    static func endpointSlice(_ slice: Value) -> [Cause] {
        var causes: [Cause] = []
        let type = slice["addressType"]?.string ?? ""
        if type.isEmpty {
            causes.append(.required("addressType"))
        } else if !["FQDN", "IPv4", "IPv6"].contains(type) {
            causes.append(.unsupported("addressType", .string(type), ["FQDN", "IPv4", "IPv6"]))
        }
        for (index, endpoint) in (slice["endpoints"]?.array ?? []).enumerated() {
            let addresses = endpoint["addresses"]?.array ?? []
            if addresses.isEmpty {
                causes.append(
                    .required("endpoints[\(index)].addresses", "must contain at least 1 address"))
            }
            for (number, address) in addresses.enumerated() where type.hasPrefix("IP") {
                if let text = address.string, !ServiceRules.isAddress(text) {
                    causes.append(
                        .invalid(
                            "endpoints[\(index)].addresses[\(number)]", address, ServiceRules.addressDetail))
                }
            }
        }
        return causes
    }

    static func priorityClass(_ value: Value) -> [Cause] {
        var causes: [Cause] = []
        let system = ["system-cluster-critical", "system-node-critical"]
        if value.name.hasPrefix("system-"), !system.contains(value.name) {
            causes.append(
                .forbidden(
                    "metadata.name",
                    "priority class names with 'system-' prefix are reserved for system use only. error: \(value.name) is not a known system priority class"
                ))
        } else if let number = value["value"]?.integer, number > 1_000_000_000, !system.contains(value.name) {
            causes.append(
                .forbidden(
                    "value", "maximum allowed value of a user defined priority is 1000000000"))
        }
        if let policy = value["preemptionPolicy"]?.string, !["Never", "PreemptLowerPriority"].contains(policy) {
            causes.append(.unsupported("preemptionPolicy", .string(policy), ["Never", "PreemptLowerPriority"]))
        }
        return causes
    }

    static func storageClass(_ value: Value) -> [Cause] {
        var causes: [Cause] = []
        if value["provisioner"]?.string?.isEmpty ?? true { causes.append(.required("provisioner")) }
        if let policy = value["reclaimPolicy"]?.string, !["Delete", "Retain"].contains(policy) {
            causes.append(.unsupported("reclaimPolicy", .string(policy), ["Delete", "Retain"]))
        }
        if let mode = value["volumeBindingMode"]?.string, !["Immediate", "WaitForFirstConsumer"].contains(mode) {
            causes.append(.unsupported("volumeBindingMode", .string(mode), ["Immediate", "WaitForFirstConsumer"]))
        }
        return causes
    }
}
