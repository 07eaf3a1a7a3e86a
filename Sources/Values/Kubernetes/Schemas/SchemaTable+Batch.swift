extension SchemaTable {
    /// Types of `io.k8s.api.batch.v1`.
    static let batch = SchemaTable(
        package: "io.k8s.api.batch.v1", alias: "batch",
        text: """
            CronJob *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! CronJobSpec={}, status
              CronJobStatus={}
            CronJobSpec
              concurrencyPolicy string, failedJobsHistoryLimit int32, jobTemplate! JobTemplateSpec={}, schedule!
              string, startingDeadlineSeconds int64, successfulJobsHistoryLimit int32, suspend bool, timeZone string
            CronJobStatus
              active [core.ObjectReference], lastScheduleTime time, lastSuccessfulTime time
            Job *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec JobSpec={}, status JobStatus={}
            JobCondition
              lastProbeTime time, lastTransitionTime time, message string, reason string, status! string, type! string
            JobSpec
              activeDeadlineSeconds int64, backoffLimit int32, backoffLimitPerIndex int32, completionMode string,
              completions int32, managedBy string, manualSelector bool, maxFailedIndexes int32, parallelism int32,
              podFailurePolicy PodFailurePolicy, podReplacementPolicy string, selector meta.LabelSelector,
              successPolicy SuccessPolicy, suspend bool, template! core.PodTemplateSpec={}, ttlSecondsAfterFinished
              int32
            JobStatus
              active int32, completedIndexes string, completionTime time, conditions [JobCondition]~type, failed
              int32, failedIndexes string, ready int32, startTime time, succeeded int32, terminating int32,
              uncountedTerminatedPods UncountedTerminatedPods
            JobTemplateSpec
              metadata meta.ObjectMeta={}, spec JobSpec={}
            PodFailurePolicy
              rules! [PodFailurePolicyRule]
            PodFailurePolicyOnExitCodesRequirement
              containerName string, operator! string, values! [int32]set
            PodFailurePolicyOnPodConditionsPattern
              status string="", type! string
            PodFailurePolicyRule
              action! string, onExitCodes PodFailurePolicyOnExitCodesRequirement, onPodConditions
              [PodFailurePolicyOnPodConditionsPattern]
            SuccessPolicy
              rules! [SuccessPolicyRule]
            SuccessPolicyRule
              succeededCount int32, succeededIndexes string
            UncountedTerminatedPods
              failed [string]set, succeeded [string]set
            """)
}
