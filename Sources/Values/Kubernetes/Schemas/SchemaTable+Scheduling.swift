extension SchemaTable {
    /// Types of `io.k8s.api.scheduling.v1`.
    static let scheduling = SchemaTable(
        package: "io.k8s.api.scheduling.v1", alias: "scheduling",
        text: """
            PriorityClass *
              apiVersion string, description string, globalDefault bool, kind string, metadata meta.ObjectMeta={},
              preemptionPolicy string, value int32=0
            """)
}
