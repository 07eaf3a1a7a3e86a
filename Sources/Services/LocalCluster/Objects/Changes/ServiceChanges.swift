import Documents
import KubernetesAPI

/// What may not change of a service: its first address and family stay while it has them.
enum ServiceChanges {
    typealias Cause = FieldError

    static func check(_ service: Value, _ old: Value) -> [Cause] {
        let (spec, before) = (service["spec"] ?? [:], old["spec"] ?? [:])
        var causes = list("clusterIPs", spec, before) + list("ipFamilies", spec, before)
        if needsHealthCheck(before), needsHealthCheck(spec),
            spec["healthCheckNodePort"] != before["healthCheckNodePort"]
        {
            causes.append(.forbidden("spec.healthCheckNodePort", "field is immutable"))
        }
        return causes
    }

    private static func list(_ key: String, _ spec: Value, _ before: Value) -> [Cause] {
        let field = "spec.\(key)[0]"
        if spec["type"] == "ExternalName" || before["type"] == "ExternalName" { return [] }
        let given = spec[key]?.array ?? []
        guard let first = before[key]?.array?.first, let now = given.first, now != first else { return [] }
        return [.invalid(field, .array(given), "may not change once set")]
    }

    private static func needsHealthCheck(_ spec: Value) -> Bool {
        spec["type"] == "LoadBalancer" && spec["externalTrafficPolicy"] == "Local"
    }
}
