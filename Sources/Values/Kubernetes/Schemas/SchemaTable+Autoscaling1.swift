extension SchemaTable {
    /// Types of `io.k8s.api.autoscaling.v1`.
    static let autoscaling1 = SchemaTable(
        package: "io.k8s.api.autoscaling.v1", alias: "autoscaling1",
        text: """
            CrossVersionObjectReference atomic
              apiVersion string, kind! string, name! string
            HorizontalPodAutoscaler *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! HorizontalPodAutoscalerSpec={},
              status HorizontalPodAutoscalerStatus={}
            HorizontalPodAutoscalerSpec
              maxReplicas! int32, minReplicas int32, scaleTargetRef! CrossVersionObjectReference={},
              targetCPUUtilizationPercentage int32
            HorizontalPodAutoscalerStatus
              currentCPUUtilizationPercentage int32, currentReplicas! int32, desiredReplicas! int32, lastScaleTime
              time, observedGeneration int64
            Scale *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ScaleSpec={}, status ScaleStatus={}
            ScaleSpec
              replicas int32=0
            ScaleStatus
              replicas! int32, selector string
            """)
}
