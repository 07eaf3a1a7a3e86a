import Documents
import Kubernetes
import KubernetesAPI

/// Which resources may be counted where.
enum ResourceNameRules {
    typealias Cause = FieldError

    static let containers = ["cpu", "memory", "ephemeral-storage"]

    private static let counted = [
        "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
        "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ]

    private static let limits = [
        "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu",
        "limits.memory", "limits.ephemeral-storage",
    ]

    static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }

    static func isContainerStandard(_ name: String) -> Bool { containers.contains(name) || isHugePages(name) }

    private static func isQuotaStandard(_ name: String) -> Bool {
        containers.contains(name) || counted.contains(name) || limits.contains(name) || isHugePages(name)
            || name.hasPrefix("requests.hugepages-")
    }

    private static func isStandard(_ name: String) -> Bool { isQuotaStandard(name) || name == "storage" }

    static func isNative(_ name: String) -> Bool { !name.contains("/") || isOfProject(name) }

    private static func isOfProject(_ name: String) -> Bool { name.contains("kubernetes.io/") }

    private static func isExtended(_ name: String) -> Bool {
        !isNative(name) && !name.hasPrefix("requests.") && NameRules.isLabelKey("requests.\(name)")
    }

    /// Whether only whole numbers of it make sense.
    static func isWhole(_ name: String) -> Bool { counted.contains(name) || isExtended(name) }

    /// Whether more may be promised than there is.
    static func isOvercommitAllowed(_ name: String) -> Bool { isNative(name) && !isHugePages(name) }

    static func any(_ name: String, _ field: String) -> [Cause] {
        let problems = FieldRules.labelKey(name, field)
        guard problems.isEmpty, !name.contains("/"), !isStandard(name) else { return problems }
        return [.invalid(field, .string(name), "must be a standard resource type or fully qualified")]
    }

    static func container(_ name: String, _ field: String) -> [Cause] {
        var causes = any(name, field)
        if !name.contains("/") {
            if !isContainerStandard(name) {
                causes.append(.invalid(field, .string(name), "must be a standard resource for containers"))
            }
        } else if !isNative(name), !isExtended(name) {
            causes.append(.invalid(field, .string(name), "doesn't follow extended resource name standard"))
        }
        return causes
    }

    static func quota(_ name: String, _ field: String) -> [Cause] {
        var causes = any(name, field)
        if !name.contains("/"), !isQuotaStandard(name) {
            causes.append(.invalid(field, .string(name), "must be a standard resource for quota"))
        }
        return causes
    }

    static func amount(_ name: String, _ value: Value, _ field: String) -> [Cause] {
        guard let text = value.string, let quantity = Quantity(text) else { return [] }
        var causes: [Cause] = []
        if quantity.thousandths < 0 { causes.append(.invalid(field, .string(text), WorkloadRules.nonnegative)) }
        if isWhole(name), quantity.thousandths % 1000 != 0 {
            causes.append(.invalid(field, .string(text), "must be an integer"))
        }
        return causes
    }
}
