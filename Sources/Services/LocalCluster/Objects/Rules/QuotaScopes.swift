/// The scopes of quotas.
enum QuotaScopes {
    static let known = [
        "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    ]
    static let opposites = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]

    private static let compute = [
        "pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    ]

    /// Whether objects within `scope` can be counted as `name`; names that quotas do not know are let through.
    static func counts(_ scope: String, _ name: String) -> Bool {
        guard ResourceNameRules.quota(name, "").isEmpty, !name.contains("/") else { return true }
        switch scope {
        case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity":
            return compute.contains(name)
        case "BestEffort": return name == "pods"
        case "VolumeAttributesClass": return ["persistentvolumeclaims", "requests.storage"].contains(name)
        default: return true
        }
    }
}
