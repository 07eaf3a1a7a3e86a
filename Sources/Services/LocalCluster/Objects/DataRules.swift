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
            return NameRules.configKeyProblems(member.key).map { .invalid(place, .string(member.key), $0) }
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
        for member in (object["data"]?.object ?? Object()).sorted() {
            causes += FieldRules.invalid(
                "data[\(member.key)]", member.key, NameRules.configKeyProblems(member.key))
            if object["binaryData"]?[member.key] != nil {
                causes.append(
                    .invalid("data[\(member.key)]", .string(member.key), "duplicate of key present in binaryData"))
            }
        }
        causes += keys(object, "binaryData")
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
