extension SchemaTable {
    /// Types of `io.k8s.api.storage.v1`.
    static let storage = SchemaTable(
        package: "io.k8s.api.storage.v1", alias: "storage",
        text: """
            CSIDriver *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! CSIDriverSpec={}
            CSIDriverSpec
              attachRequired bool, fsGroupPolicy string, nodeAllocatableUpdatePeriodSeconds int64, podInfoOnMount
              bool, preventPodSchedulingIfMissing bool, requiresRepublish bool, seLinuxMount bool,
              serviceAccountTokenInSecrets bool, storageCapacity bool, tokenRequests [TokenRequest],
              volumeLifecycleModes [string]set
            CSINode *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! CSINodeSpec={}
            CSINodeDriver
              allocatable VolumeNodeResources, name! string, nodeID! string, topologyKeys [string]
            CSINodeSpec
              drivers! [CSINodeDriver]map(name)~name
            CSIStorageCapacity *
              apiVersion string, capacity quantity, kind string, maximumVolumeSize quantity, metadata
              meta.ObjectMeta={}, nodeTopology meta.LabelSelector, storageClassName! string
            StorageClass *
              allowVolumeExpansion bool, allowedTopologies [core.TopologySelectorTerm], apiVersion string, kind
              string, metadata meta.ObjectMeta={}, mountOptions [string], parameters {string}, provisioner! string,
              reclaimPolicy string, volumeBindingMode string
            TokenRequest
              audience! string, expirationSeconds int64
            VolumeAttachment *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! VolumeAttachmentSpec={}, status
              VolumeAttachmentStatus={}
            VolumeAttachmentSource
              inlineVolumeSpec core.PersistentVolumeSpec, persistentVolumeName string
            VolumeAttachmentSpec
              attacher! string, nodeName! string, source! VolumeAttachmentSource={}
            VolumeAttachmentStatus
              attachError VolumeError, attached! bool, attachmentMetadata {string}, detachError VolumeError
            VolumeAttributesClass *
              apiVersion string, driverName! string, kind string, metadata meta.ObjectMeta={}, parameters {string}
            VolumeError
              errorCode int32, message string, time time
            VolumeNodeResources
              count int32
            """)
}
