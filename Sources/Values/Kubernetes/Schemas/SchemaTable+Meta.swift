extension SchemaTable {
    /// Types of `io.k8s.apimachinery.pkg.apis.meta.v1`.
    static let meta = SchemaTable(
        package: "io.k8s.apimachinery.pkg.apis.meta.v1", alias: "meta",
        text: """
            Condition
              lastTransitionTime! time, message! string, observedGeneration int64, reason! string, status! string,
              type! string
            DeleteOptions
              apiVersion string, dryRun [string], gracePeriodSeconds int64,
              ignoreStoreReadErrorWithClusterBreakingPotential bool, kind string, orphanDependents bool, preconditions
              Preconditions, propagationPolicy string
            FieldSelectorRequirement
              key! string, operator! string, values [string]
            LabelSelector atomic
              matchExpressions [LabelSelectorRequirement], matchLabels {string}
            LabelSelectorRequirement
              key! string, operator! string, values [string]
            ListMeta
              continue string, remainingItemCount int64, resourceVersion string, selfLink string, shardInfo ShardInfo
            ManagedFieldsEntry
              apiVersion string, fieldsType string, fieldsV1 any, manager string, operation string, subresource
              string, time time
            ObjectMeta
              annotations {string}, creationTimestamp time, deletionGracePeriodSeconds int64, deletionTimestamp time,
              finalizers [string]set~, generateName string, generation int64, labels {string}, managedFields
              [ManagedFieldsEntry], name string, namespace string, ownerReferences [OwnerReference]map(uid)~uid,
              resourceVersion string, selfLink string, uid string
            OwnerReference atomic
              apiVersion! string, blockOwnerDeletion bool, controller bool, kind! string, name! string, uid! string
            Preconditions
              resourceVersion string, uid string
            ShardInfo
              selector! string
            Status
              apiVersion string, code int32, details StatusDetails, kind string, message string, metadata ListMeta={},
              reason string, status string
            StatusCause
              field string, message string, reason string
            StatusDetails
              causes [StatusCause], group string, kind string, name string, retryAfterSeconds int32, uid string
            """)
}
