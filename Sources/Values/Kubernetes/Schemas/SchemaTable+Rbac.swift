extension SchemaTable {
    /// Types of `io.k8s.api.rbac.v1`.
    static let rbac = SchemaTable(
        package: "io.k8s.api.rbac.v1", alias: "rbac",
        text: """
            AggregationRule
              clusterRoleSelectors [meta.LabelSelector]
            ClusterRole *
              aggregationRule AggregationRule, apiVersion string, kind string, metadata meta.ObjectMeta={}, rules
              [PolicyRule]=null
            ClusterRoleBinding *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, roleRef! RoleRef={}, subjects [Subject]
            PolicyRule
              apiGroups [string], nonResourceURLs [string], resourceNames [string], resources [string], verbs!
              [string]
            Role *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, rules [PolicyRule]=null
            RoleBinding *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, roleRef! RoleRef={}, subjects [Subject]
            RoleRef atomic
              apiGroup string="", kind! string, name! string
            Subject atomic
              apiGroup string, kind! string, name! string, namespace string
            """)
}
