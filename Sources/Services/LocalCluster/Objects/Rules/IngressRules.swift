import Documents
import KubernetesAPI

/// What makes ingresses and their classes unfit.
enum IngressRules {
    typealias Cause = FieldError

    static let pathTypes = ["Exact", "ImplementationSpecific", "Prefix"]

    static func ingress(_ ingress: Value, isNew: Bool) -> [Cause] {
        let spec = ingress["spec"] ?? [:]
        var causes: [Cause] = []
        let rules = spec["rules"]?.array ?? []
        if rules.isEmpty, spec["defaultBackend"] == nil {
            let shown: Value = spec["rules"] == nil ? .null : []
            causes.append(.invalid("spec", shown, "either `defaultBackend` or `rules` must be specified"))
        }
        if let backend = spec["defaultBackend"] { causes += self.backend(backend, "spec.defaultBackend") }
        for (index, rule) in rules.enumerated() { causes += self.rule(rule, "spec.rules[\(index)]") }
        for (index, item) in (spec["tls"]?.array ?? []).enumerated() {
            for (number, host) in (item["hosts"]?.array ?? []).enumerated() {
                causes += self.host(host.string ?? "", "spec.tls[\(index)].hosts[\(number)]")
            }
            causes += FieldRules.optionalSubdomain(item["secretName"], "spec.tls[\(index)].secretName")
        }
        if let name = spec["ingressClassName"]?.string {
            causes += FieldRules.invalid("spec.ingressClassName", name, NameRules.subdomainProblems(name))
        }
        let note = ingress[path: "metadata", "annotations", "kubernetes.io/ingress.class"]?.string
        if isNew, let note, let name = spec["ingressClassName"]?.string, name != note {
            causes.append(
                .invalid(
                    "annotations.kubernetes.io/ingress.class", .string(note),
                    "must match `ingressClassName` when both are specified"))
        }
        return causes
    }

    private static func host(_ host: String, _ field: String) -> [Cause] {
        FieldRules.invalid(
            field, host,
            host.contains("*") ? NameRules.wildcardProblems(host) : NameRules.subdomainProblems(host))
    }

    private static func rule(_ rule: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let name = FieldRules.text(rule["host"])
        if !name.isEmpty {
            if NetworkAddress(name) != nil {
                causes.append(.invalid("\(path).host", .string(name), "must be a DNS name, not an IP address"))
            }
            causes += host(name, "\(path).host")
        }
        guard let http = rule["http"] else { return causes }
        let paths = http["paths"]?.array ?? []
        if paths.isEmpty { causes.append(.required("\(path).http.paths")) }
        for (index, item) in paths.enumerated() { causes += self.path(item, "\(path).http.paths[\(index)]") }
        return causes
    }

    private static func path(_ item: Value, _ place: String) -> [Cause] {
        guard let type = item["pathType"]?.string else {
            return [.required("\(place).pathType", "pathType must be specified")]
        }
        var causes: [Cause] = []
        let text = FieldRules.text(item["path"])
        func bad(_ detail: String) { causes.append(.invalid("\(place).path", .string(text), detail)) }
        switch type {
        case "Exact", "Prefix":
            if !text.hasPrefix("/") { bad("must be an absolute path") }
            for part in ["//", "/./", "/../", "%2f", "%2F"] where text.contains(part) {
                bad("must not contain '\(part)'")
            }
            for end in ["/..", "/."] where text.hasSuffix(end) { bad("cannot end with '\(end)'") }
        case "ImplementationSpecific":
            if !text.isEmpty, !text.hasPrefix("/") { bad("must be an absolute path") }
        default: causes.append(.unsupported("\(place).pathType", .string(type), pathTypes))
        }
        return causes + backend(item["backend"] ?? [:], "\(place).backend")
    }

    private static func backend(_ backend: Value, _ path: String) -> [Cause] {
        switch (backend["resource"], backend["service"]) {
        case (_?, _?): return [.invalid(path, "", "cannot set both resource and service backends")]
        case (nil, nil): return [.invalid(path, "", "resource or service backend is required")]
        case (let resource?, nil): return reference(resource, "\(path).resource")
        case (nil, let service?):
            var causes: [Cause] = []
            let name = service.named
            causes +=
                name.isEmpty
                ? [.required("\(path).service.name")]
                : FieldRules.invalid("\(path).service.name", name, NameRules.labelProblems(name))
            let portName = FieldRules.text(service["port"]?["name"])
            let number = service["port"]?["number"]?.integer ?? 0
            if !portName.isEmpty, number != 0 {
                causes.append(.invalid(path, "", "cannot set both port name & port number"))
            } else if !portName.isEmpty {
                causes += FieldRules.invalid(
                    "\(path).service.port.name", portName, NameRules.portNameProblems(portName))
            } else if number != 0 {
                causes += FieldRules.portNumber(number, "\(path).service.port.number")
            } else {
                causes.append(.required(path, "port name or number is required"))
            }
            return causes
        }
    }

    private static func reference(_ reference: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if let group = reference["apiGroup"]?.string {
            causes += FieldRules.invalid("\(path).apiGroup", group, NameRules.subdomainProblems(group))
        }
        return causes + FieldRules.segment(FieldRules.text(reference["kind"]), "\(path).kind")
            + FieldRules.segment(reference.named, "\(path).name")
    }

    static func ingressClass(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let controller = FieldRules.text(spec["controller"])
        if controller.utf8.count > 250 { causes.append(.tooLong("spec.controller", bytesMax: 250)) }
        causes += FieldRules.domainPath(controller, "spec.controller")
        guard let parameters = spec["parameters"] else { return causes }
        let path = "spec.parameters"
        causes += reference(parameters, path)
        guard let scope = parameters["scope"]?.string else { return causes + [.required("\(path).scope")] }
        causes += FieldRules.supportedWord(.string(scope), "\(path).scope", ["Cluster", "Namespace"])
        let namespace = parameters["namespace"]?.string
        if scope == "Namespace" {
            if let namespace {
                causes += FieldRules.invalid("\(path).namespace", namespace, NameRules.labelProblems(namespace))
            } else {
                causes.append(.required("\(path).namespace", "`parameters.scope` is set to 'Namespace'"))
            }
        } else if scope == "Cluster", namespace != nil {
            causes.append(.forbidden("\(path).namespace", "`parameters.scope` is set to 'Cluster'"))
        }
        return causes
    }
}
