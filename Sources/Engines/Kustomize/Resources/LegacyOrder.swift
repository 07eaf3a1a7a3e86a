/// The order in which a build is written when its kustomization does not choose one.
enum LegacyOrder {
    private static let first = [
        "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy",
        "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service",
        "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet",
        "CronJob",
        "PodDisruptionBudget",
    ]
    private static let last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

    static func sorted(_ items: [Item], first: [String] = first, last: [String] = last) -> [Item] {
        func rank(_ kind: String) -> Int {
            if let index = first.firstIndex(of: kind) { return index - first.count }
            return last.firstIndex(of: kind).map { $0 + 1 } ?? 0
        }
        let keyed = items.enumerated().map { (offset: $0.offset, item: $0.element, id: $0.element.id) }
        return keyed.sorted { left, right in
            let ranks = (rank(left.id.kind), rank(right.id.kind))
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            let kinds = (kindText(left.id), kindText(right.id))
            if kinds.0 != kinds.1 {
                // Kubernetes' own namespaces stand before those of other groups.
                if left.id.kind == "Namespace", left.id.group.isEmpty || right.id.group.isEmpty {
                    return kinds.1.utf8.lexicographicallyPrecedes(kinds.0.utf8)
                }
                return kinds.0.utf8.lexicographicallyPrecedes(kinds.1.utf8)
            }
            let names = (nameText(left.id), nameText(right.id))
            if names.0 != names.1 { return names.0.utf8.lexicographicallyPrecedes(names.1.utf8) }
            return left.offset < right.offset
        }.map(\.item)
    }

    // Missing parts sort behind all letters.
    private static func kindText(_ id: ResourceID) -> String {
        "\(id.group.isEmpty ? "~G" : id.group)_\(id.version.isEmpty ? "~V" : id.version)_\(id.kind)"
    }

    private static func nameText(_ id: ResourceID) -> String {
        "\(id.namespace.isEmpty ? "~X" : id.namespace)|\(id.name.isEmpty ? "~N" : id.name)"
    }
}
