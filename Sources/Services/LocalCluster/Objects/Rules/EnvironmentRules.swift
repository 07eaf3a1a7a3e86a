import Documents
import KubernetesAPI

/// What makes the variables of containers unfit.
enum EnvironmentRules {
    typealias Cause = FieldError

    static func variables(_ variables: [Value], _ path: String) -> [Cause] {
        variables.enumerated().flatMap { index, variable -> [Cause] in
            let place = "\(path)[\(index)]"
            let name = variable.named
            let causes = name.isEmpty ? [.required("\(place).name")] : self.name(name, "\(place).name")
            guard let source = variable["valueFrom"] else { return causes }
            return causes + self.source(source, variable, "\(place).valueFrom")
        }
    }

    private static func name(_ name: String, _ field: String) -> [Cause] {
        name.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
            ? []
            : [
                .invalid(
                    field, .string(name),
                    "a valid environment variable name must consist only of printable ASCII characters other than '='"
                )
            ]
    }

    private static let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]

    private static func source(_ source: Value, _ variable: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if let reference = source["fieldRef"] { causes += field(reference, fields, "\(path).fieldRef") }
        if let reference = source["resourceFieldRef"] {
            causes += resource(reference, "\(path).resourceFieldRef", isVolume: false)
        }
        for key in ["configMapKeyRef", "secretKeyRef"] {
            guard let reference = source[key] else { continue }
            causes += FieldRules.invalid(
                "\(path).\(key).name", reference.named, NameRules.subdomainProblems(reference.named))
            let member = FieldRules.text(reference["key"])
            causes +=
                member.isEmpty
                ? [.required("\(path).\(key).key")]
                : FieldRules.invalid("\(path).\(key).key", member, NameRules.configKeyProblems(member))
        }
        let given = sources.filter { source[$0] != nil }
        if given.isEmpty {
            causes.append(
                .invalid(
                    path, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                ))
        } else if variable["value"]?.string?.isEmpty == false {
            causes.append(.invalid(path, "", "may not be specified when `value` is not empty"))
        } else if given.count > 1 {
            causes.append(.invalid(path, "", "may not have more than one field specified at a time"))
        }
        return causes
    }

    private static let fields = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]

    /// Names that the API itself can translate, whoever may use them.
    private static let convertible = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
        "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]

    static func field(_ reference: Value, _ supported: [String], _ path: String) -> [Cause] {
        if FieldRules.text(reference["apiVersion"]).isEmpty { return [.required("\(path).apiVersion")] }
        let text = FieldRules.text(reference["fieldPath"])
        guard !text.isEmpty else { return [.required("\(path).fieldPath")] }
        func bad(_ detail: String) -> [Cause] { [.invalid("\(path).fieldPath", .string(text), detail)] }
        if FieldRules.text(reference["apiVersion"]) != "v1" {
            return bad(
                "error converting fieldPath: unsupported pod version: \(FieldRules.text(reference["apiVersion"]))")
        }
        if text.hasSuffix("']"), let start = text.firstRange(of: "['") {
            let base = String(text[..<start.lowerBound])
            let key = String(text[start.upperBound...].dropLast(2))
            switch base {
            case "metadata.annotations": return FieldRules.labelKey(key.lowercased(), path)
            case "metadata.labels": return FieldRules.labelKey(key, path)
            default: return bad("error converting fieldPath: field label does not support subscript: \(text)")
            }
        }
        guard convertible.contains(text) else {
            return bad("error converting fieldPath: field label not supported: \(text)")
        }
        return supported.contains(text) ? [] : [.unsupported("\(path).fieldPath", .string(text), supported)]
    }

    private static let resources = [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
        "requests.memory",
    ]

    static func resource(_ reference: Value, _ path: String, isVolume: Bool) -> [Cause] {
        let name = FieldRules.text(reference["resource"])
        if isVolume, FieldRules.text(reference["containerName"]).isEmpty { return [.required("\(path).containerName")] }
        if name.isEmpty { return [.required("\(path).resource")] }
        guard resources.contains(name) || name.hasPrefix("limits.hugepages-") || name.hasPrefix("requests.hugepages-")
        else { return [.unsupported("\(path).resource", .string(name), resources)] }
        let divisor = FieldRules.text(reference["divisor"])
        guard !divisor.isEmpty, divisor != "0" else { return [] }
        if name.hasSuffix(".cpu") {
            return ["1m", "1"].contains(divisor)
                ? []
                : [
                    .invalid(
                        "\(path).divisor", .string(name),
                        "only divisor's values 1m and 1 are supported with the cpu resource")
                ]
        }
        let sizes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]
        guard !sizes.contains(divisor) else { return [] }
        let what =
            name.hasSuffix(".memory") ? "memory" : name.hasSuffix("-storage") ? "local ephemeral storage" : "hugepages"
        return [
            .invalid(
                "\(path).divisor", .string(name),
                "only divisor's values \(sizes.joined(separator: ", ")) are supported with the \(what) resource")
        ]
    }

    static func groups(_ groups: [Value], _ path: String) -> [Cause] {
        groups.enumerated().flatMap { index, group -> [Cause] in
            var causes: [Cause] = []
            let place = "\(path)[\(index)]"
            let prefix = FieldRules.text(group["prefix"])
            if !prefix.isEmpty { causes += name(prefix, "\(place).prefix") }
            let given = ["configMapRef", "secretRef"].filter { group[$0] != nil }
            for key in given {
                let name = group[key]?.named ?? ""
                causes +=
                    name.isEmpty
                    ? [.required("\(place).\(key).name")]
                    : FieldRules.invalid("\(place).\(key).name", name, NameRules.subdomainProblems(name))
            }
            if given.isEmpty {
                causes.append(.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
            } else if given.count > 1 {
                causes.append(.invalid(path, "", "may not have more than one field specified at a time"))
            }
            return causes
        }
    }
}
