extension SchemaTable {
    /// Types of `io.k8s.api.node.v1`.
    static let node = SchemaTable(
        package: "io.k8s.api.node.v1", alias: "node",
        text: """
            Overhead
              podFixed {quantity}
            RuntimeClass *
              apiVersion string, handler! string, kind string, metadata meta.ObjectMeta={}, overhead Overhead,
              scheduling Scheduling
            Scheduling
              nodeSelector {string}atomic, tolerations [core.Toleration]
            """)
}
