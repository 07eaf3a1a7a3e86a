import Documents
import Kubernetes
import WaybillCore

extension Validation {
    static func specific(_ object: Value, _ type: ResourceType) -> [APIError.Cause] {
        switch type.qualifiedName {
        case "pods": pod(object["spec"], "spec")
        case "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps": workload(object)
        case "services": service(object)
        case "secrets": secret(object)
        case "configmaps": dataKeys(object, "data") + dataKeys(object, "binaryData")
        case "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            webhooks(object)
        default: []
        }
    }

    private static func workload(_ object: Value) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        if let replicas = object[path: "spec", "replicas"]?.integer, replicas < 0 {
            causes.append(.invalid("spec.replicas", .integer(replicas), "must be greater than or equal to 0"))
        }
        let template = object[path: "spec", "template"]
        let labels = template?["metadata"]?["labels"] ?? [:]
        if let selector = object[path: "spec", "selector"] {
            do {
                let parsed = try LabelSelector(selector)
                let plain = Dictionary((labels.object ?? Object()).map { ($0.key, $0.value.string ?? "") }) {
                    first, _ in first
                }
                if parsed.requirements.isEmpty {
                    causes.append(.invalid("spec.selector", selector, "empty selector is invalid for deployment"))
                } else if !parsed.matches(plain) {
                    causes.append(
                        .invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
                    )
                }
            } catch {
                causes.append(.invalid("spec.selector", selector, error.message))
            }
        }
        causes += self.labels(template?["metadata"]?["labels"], "spec.template.labels")
        causes += pod(template?["spec"], "spec.template.spec")
        if let policy = template?["spec"]?["restartPolicy"]?.string, policy != "Always" {
            causes.append(.unsupported("spec.template.spec.restartPolicy", .string(policy), ["Always"]))
        }
        return causes
    }

    static func pod(_ spec: Value?, _ path: String) -> [APIError.Cause] {
        guard let spec else { return [] }
        var causes: [APIError.Cause] = []
        let containers = spec["containers"]?.array ?? []
        if containers.isEmpty, spec["containers"] != nil { causes.append(.required("\(path).containers")) }
        let volumes = (spec["volumes"]?.array ?? []).compactMap { $0["name"]?.string }
        for (index, name) in volumes.enumerated() where volumes[..<index].contains(name) {
            causes.append(.duplicate("\(path).volumes[\(index)].name", .string(name)))
        }
        var names: [String] = []
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                causes += self.container(container, "\(path).\(list)[\(index)]", volumes, names)
                names.append(container["name"]?.string ?? "")
            }
        }
        if let policy = spec["restartPolicy"]?.string, !["Always", "OnFailure", "Never"].contains(policy) {
            causes.append(.unsupported("\(path).restartPolicy", .string(policy), ["Always", "OnFailure", "Never"]))
        }
        return causes
    }

    private static func container(
        _ container: Value, _ path: String, _ volumes: [String], _ taken: [String]
    ) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        if let name = container["name"]?.string {
            if !NameRules.isLabel(name) {
                causes.append(.invalid("\(path).name", .string(name), NameRules.labelDetail))
            }
            if taken.contains(name) { causes.append(.duplicate("\(path).name", .string(name))) }
        }
        if container["image"]?.string?.isEmpty ?? true { causes.append(.required("\(path).image")) }
        if let policy = container["imagePullPolicy"]?.string, !["Always", "IfNotPresent", "Never"].contains(policy) {
            causes.append(
                .unsupported("\(path).imagePullPolicy", .string(policy), ["Always", "IfNotPresent", "Never"]))
        }
        for (index, port) in (container["ports"]?.array ?? []).enumerated() {
            if let number = port["containerPort"]?.integer, !(1...65535).contains(number) {
                causes.append(
                    .invalid(
                        "\(path).ports[\(index)].containerPort", .integer(number),
                        "must be between 1 and 65535, inclusive"))
            }
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            guard let name = mount["name"]?.string, !volumes.contains(name) else { continue }
            causes.append(
                .init(
                    reason: "FieldValueNotFound", message: "Not found: \"\(name)\"",
                    field: "\(path).volumeMounts[\(index)].name"))
        }
        for (index, variable) in (container["env"]?.array ?? []).enumerated()
        where variable["name"]?.string?.isEmpty ?? true {
            causes.append(.required("\(path).env[\(index)].name"))
        }
        return causes
    }

    private static func service(_ object: Value) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        let type = object[path: "spec", "type"]?.string ?? ""
        if !["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"].contains(type) {
            causes.append(
                .unsupported("spec.type", .string(type), ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]))
        }
        let ports = object[path: "spec", "ports"]?.array ?? []
        let isHeadless = object[path: "spec", "clusterIP"]?.string == "None"
        if ports.isEmpty, !isHeadless, type != "ExternalName" { causes.append(.required("spec.ports")) }
        for (index, port) in ports.enumerated() {
            if let number = port["port"]?.integer, !(1...65535).contains(number) {
                causes.append(
                    .invalid("spec.ports[\(index)].port", .integer(number), "must be between 1 and 65535, inclusive"))
            }
            if ports.count > 1, port["name"]?.string?.isEmpty ?? true {
                causes.append(.required("spec.ports[\(index)].name"))
            }
        }
        return causes
    }

    private static func secret(_ object: Value) -> [APIError.Cause] {
        dataKeys(object, "data")
            + (object["data"]?.object ?? Object()).compactMap { member in
                guard let text = member.value.string, Base64.decode(text) == nil else { return nil }
                return .invalid("data[\(member.key)]", "<secret contents redacted>", "illegal base64 data")
            }
    }

    private static func dataKeys(_ object: Value, _ field: String) -> [APIError.Cause] {
        (object[field]?.object ?? Object()).compactMap { member in
            let isValid =
                !member.key.isEmpty && member.key.utf8.count <= 253 && member.key != "." && !member.key.hasPrefix("..")
                && member.key.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
                }
            guard !isValid else { return nil }
            return .invalid(
                "\(field)[\(member.key)]", .string(member.key),
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            )
        }
    }

    private static func webhooks(_ object: Value) -> [APIError.Cause] {
        (object["webhooks"]?.array ?? []).enumerated().flatMap { index, hook -> [APIError.Cause] in
            var causes: [APIError.Cause] = []
            let path = "webhooks[\(index)]"
            let name = hook["name"]?.string ?? ""
            if !NameRules.isSubdomain(name) || name.split(separator: ".").count < 3 {
                causes.append(
                    .invalid(
                        "\(path).name", .string(name),
                        "should be a domain with at least three segments separated by dots"))
            }
            if let versions = hook["admissionReviewVersions"]?.array, !versions.contains("v1") {
                causes.append(
                    .invalid("\(path).admissionReviewVersions", .array(versions), "must include at least one of v1"))
            }
            if let effects = hook["sideEffects"]?.string, !["None", "NoneOnDryRun"].contains(effects) {
                causes.append(.unsupported("\(path).sideEffects", .string(effects), ["None", "NoneOnDryRun"]))
            }
            let timeout = hook["timeoutSeconds"]?.integer ?? 10
            if !(1...30).contains(timeout) {
                causes.append(
                    .invalid(
                        "\(path).timeoutSeconds", .integer(timeout),
                        "the timeout value must be between 1 and 30 seconds"))
            }
            let client = hook["clientConfig"]
            if (client?["url"] == nil) == (client?["service"] == nil) {
                causes.append(.required("\(path).clientConfig", "exactly one of url or service is required"))
            }
            return causes
        }
    }
}
