import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// What makes kinds unfit that hold data: config maps, secrets, claims, events.
enum DataRules {
    typealias Cause = FieldError

    private static let bytesMax = 1 << 20

    private static func keys(_ object: Value, _ field: String) -> [Cause] {
        (object[field]?.object ?? Object()).sorted().flatMap { member -> [Cause] in
            let place = "\(field)[\(member.key)]"
            var problems: [String] = []
            if member.key.utf8.count > 253 { problems.append("must be no more than 253 characters") }
            let isFit =
                !member.key.isEmpty
                && member.key.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || [45, 46, 95].contains($0)
                }
            if !isFit {
                problems.append(
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                )
            }
            if member.key == "." {
                problems.append("must not be '.'")
            } else if member.key == ".." {
                problems.append("must not be '..'")
            } else if member.key.hasPrefix("..") {
                problems.append("must not start with '..'")
            }
            return problems.map { .invalid(place, .string(member.key), $0) }
        }
    }

    private static func size(_ value: Value?, isBase64: Bool) -> Int {
        (value?.object ?? Object()).reduce(0) { sum, member in
            let count = member.value.string?.utf8.count ?? 0
            return sum + (isBase64 ? count / 4 * 3 : count)
        }
    }

    static func configMap(_ object: Value) -> [Cause] {
        var causes: [Cause] = []
        for member in (object["data"]?.object ?? Object()).sorted() where object["binaryData"]?[member.key] != nil {
            causes.append(
                .invalid("data[\(member.key)]", .string(member.key), "duplicate of key present in binaryData"))
        }
        causes = keys(object, "data") + causes + keys(object, "binaryData")
        if size(object["data"], isBase64: false) + size(object["binaryData"], isBase64: true) > bytesMax {
            causes.append(.tooLong("[]", bytesMax: bytesMax))
        }
        return causes
    }

    static func secret(_ object: Value) -> [Cause] {
        var causes = keys(object, "data")
        if size(object["data"], isBase64: true) > bytesMax { causes.append(.tooLong("data", bytesMax: bytesMax)) }
        func require(_ names: String...) {
            for name in names where object["data"]?[name] == nil { causes.append(.required("data[\(name)]")) }
        }
        func json(_ key: String) {
            guard let text = object["data"]?[key]?.string, let bytes = Base64.decode(text) else { return require(key) }
            do throws(GoJSON.Failure) {
                _ = try GoJSON.read(bytes)
            } catch {
                causes.append(.invalid("data[\(key)]", "<secret contents redacted>", error.message))
            }
        }
        switch object["type"]?.string {
        case "kubernetes.io/service-account-token":
            if object[path: "metadata", "annotations", "kubernetes.io/service-account.name"]?.string?.isEmpty ?? true {
                causes.append(.required("metadata.annotations[kubernetes.io/service-account.name]"))
            }
        case "kubernetes.io/dockercfg": json(".dockercfg")
        case "kubernetes.io/dockerconfigjson": json(".dockerconfigjson")
        case "kubernetes.io/basic-auth":
            if object["data"]?["username"] == nil, object["data"]?["password"] == nil {
                require("username", "password")
            }
        case "kubernetes.io/ssh-auth": require("ssh-privatekey")
        case "kubernetes.io/tls": require("tls.crt", "tls.key")
        default: break
        }
        return causes
    }

    static func claim(_ spec: Value, _ path: String = "spec") -> [Cause] {
        var causes: [Cause] = []
        let modes = spec["accessModes"]?.array ?? []
        let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
        if modes.isEmpty { causes.append(.required("\(path).accessModes", "at least 1 access mode is required")) }
        for mode in modes where !supported.contains(mode.string ?? "") {
            causes.append(.unsupported("\(path).accessModes", mode, supported))
        }
        if let text = spec[path: "resources", "requests", "storage"]?.string {
            if let quantity = Quantity(text), quantity.thousandths <= 0 {
                causes.append(.invalid("\(path).resources[storage]", .string(text), "must be greater than zero"))
            }
        } else {
            causes.append(.required("\(path).resources[storage]"))
        }
        if let mode = spec["volumeMode"]?.string, !["Block", "Filesystem"].contains(mode) {
            causes.append(.unsupported("\(path).volumeMode", .string(mode), ["Block", "Filesystem"]))
        }
        return causes
    }

    static func event(_ event: Value) -> [Cause] {
        var causes: [Cause] = []
        let involved = event[path: "involvedObject", "namespace"]?.string ?? ""
        if involved != event.namespace, !(involved.isEmpty && event.namespace == "default") {
            causes.append(
                .invalid("involvedObject.namespace", .string(involved), "does not match event.namespace"))
        }
        // Those of the newer group name their controller; the older ones have a source.
        let isNew =
            event["eventTime"]?.string != nil
            || event["source"]?["component"] == nil && event["firstTimestamp"]?.string == nil && event["count"] == nil
        guard isNew, event["reason"]?.string?.isEmpty ?? true || event["eventTime"]?.string != nil else {
            return causes
        }
        if event["eventTime"]?.string == nil { causes.append(.required("eventTime")) }
        if event["eventTime"]?.string != nil {
            if event["reportingComponent"]?.string?.isEmpty ?? true { causes.append(.required("reportingController")) }
            if event["reportingInstance"]?.string?.isEmpty ?? true { causes.append(.required("reportingInstance")) }
            if event["action"]?.string?.isEmpty ?? true { causes.append(.required("action")) }
            if event["reason"]?.string?.isEmpty ?? true { causes.append(.required("reason")) }
        }
        let type = event["type"]?.string ?? ""
        if !["Normal", "Warning"].contains(type) {
            causes.append(.invalid("type", "", "has invalid value: \(type)"))
        }
        return causes
    }
}
