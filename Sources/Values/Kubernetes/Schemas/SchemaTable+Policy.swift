extension SchemaTable {
    /// Types of `io.k8s.api.policy.v1`.
    static let policy = SchemaTable(
        package: "io.k8s.api.policy.v1", alias: "policy",
        text: """
            Eviction *
              apiVersion string, deleteOptions meta.DeleteOptions, kind string, metadata meta.ObjectMeta={}
            PodDisruptionBudget *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec PodDisruptionBudgetSpec={}, status
              PodDisruptionBudgetStatus={}
            PodDisruptionBudgetSpec
              maxUnavailable intOrString, minAvailable intOrString, selector meta.LabelSelector,
              unhealthyPodEvictionPolicy string
            PodDisruptionBudgetStatus
              conditions [meta.Condition]map(type)~type, currentHealthy int32=0, desiredHealthy int32=0, disruptedPods
              {time}, disruptionsAllowed int32=0, expectedPods int32=0, observedGeneration int64
            """)
}
