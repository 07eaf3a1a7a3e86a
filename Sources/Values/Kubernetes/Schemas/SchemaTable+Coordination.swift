extension SchemaTable {
    /// Types of `io.k8s.api.coordination.v1`.
    static let coordination = SchemaTable(
        package: "io.k8s.api.coordination.v1", alias: "coordination",
        text: """
            Lease *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec LeaseSpec={}
            LeaseSpec
              acquireTime microTime, holderIdentity string, leaseDurationSeconds int32, leaseTransitions int32,
              preferredHolder string, renewTime microTime, strategy string
            """)
}
