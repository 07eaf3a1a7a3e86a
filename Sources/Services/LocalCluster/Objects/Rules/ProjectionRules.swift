import Documents
import KubernetesAPI

/// What makes the parts of projected volumes unfit.
enum ProjectionRules {
    typealias Cause = FieldError

    static func item(_ item: Value, _ path: String) -> [Cause] {
        FieldRules.required(item, "key", "path", at: path)
            + FieldRules.unreserved(FieldRules.text(item["path"]), "\(path).path")
            + VolumeSourceRules.mode(item["mode"], "\(path).mode")
    }

    private static let fields = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ]

    static func downward(_ item: Value, _ path: String) -> [Cause] {
        var causes = FieldRules.required(item, "path", at: path)
        causes += FieldRules.unreserved(FieldRules.text(item["path"]), "\(path).path")
        if let reference = item["fieldRef"] {
            causes += EnvironmentRules.field(reference, fields, "\(path).fieldRef")
            if item["resourceFieldRef"] != nil {
                causes.append(
                    .invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
            }
        } else if let reference = item["resourceFieldRef"] {
            causes += EnvironmentRules.resource(reference, "\(path).resourceFieldRef", isVolume: true)
        } else {
            causes.append(.required(path, "one of fieldRef and resourceFieldRef is required"))
        }
        return causes + VolumeSourceRules.mode(item["mode"], "\(path).mode")
    }

    static func check(_ source: Value, _ path: String) -> [Cause] {
        var causes = VolumeSourceRules.mode(source["defaultMode"], "\(path).defaultMode")
        var paths: Set<String> = []
        func occupy(_ target: String, shown: String) {
            guard !target.isEmpty, !paths.insert(target).inserted else { return }
            causes.append(.invalid(path, .string(shown), "conflicting duplicate paths"))
        }
        for (index, part) in (source["sources"]?.array ?? []).enumerated() {
            let place = "\(path).sources[\(index)]"
            for key in ["secret", "configMap"] {
                guard let own = part[key] else { continue }
                causes += FieldRules.required(own, "name", at: "\(place).\(key)")
                for (number, item) in (own["items"]?.array ?? []).enumerated() {
                    causes += self.item(item, "\(place).\(key).items[\(number)]")
                    occupy(FieldRules.text(item["path"]), shown: own.named)
                }
            }
            for item in part["downwardAPI"]?["items"]?.array ?? [] {
                causes += downward(item, "\(place).downwardAPI")
                occupy(FieldRules.text(item["path"]), shown: FieldRules.text(item["path"]))
            }
            if let token = part["serviceAccountToken"] { causes += self.token(token, place, path) }
            let given = [
                "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate",
            ].filter { part[$0] != nil }
            if given.count > 1 {
                causes.append(.forbidden(place, "may not specify more than 1 volume type per source"))
            }
        }
        return causes
    }

    private static func token(_ token: Value, _ place: String, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let field = "\(place).serviceAccountToken.expirationSeconds"
        let seconds = token["expirationSeconds"]?.integer ?? 0
        if seconds < 600 {
            causes.append(
                .invalid(field, .integer(seconds), "may not specify a duration less than 10 minutes"))
        }
        if seconds > 1 << 32 {
            causes.append(
                .invalid(field, .integer(seconds), "may not specify a duration larger than 2^32 seconds"))
        }
        let target = FieldRules.text(token["path"])
        return causes
            + (target.isEmpty ? [.required("\(path).path")] : FieldRules.unreserved(target, "\(path).path"))
    }
}
